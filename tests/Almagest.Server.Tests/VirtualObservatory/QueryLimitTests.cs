using System.Net;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;
using Almagest.Ledger.Schema;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>What one query may take from the others, and from the database.</summary>
public sealed class QueryLimitTests(KnownLedger known)
{
    private const string Endless =
        "SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c, almagest.stars d, almagest.stars e, "
        + "almagest.stars f, almagest.stars g, almagest.stars h, almagest.stars i, almagest.stars j, almagest.stars k";

    private readonly TestServer _server = known.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private async Task<string> StartJobAsync(string adql)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = _server.Client.BaseAddress };
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["LANG"] = "ADQL",
                ["QUERY"] = adql,
                ["PHASE"] = "RUN",
            }
        );
        using var answer = await client.PostAsync("/vo/tap/async", form, Token);
        return answer.Headers.Location!.AbsolutePath;
    }

    private async Task<string> PhaseAsync(string job) => (await _server.GetAsync($"{job}/phase")).Text;

    [Fact]
    public async Task Long_jobs_keep_neither_cone_searches_nor_short_queries_waiting_and_those_behind_them_say_queued()
    {
        var jobs = new List<string>();
        try
        {
            for (var i = 0; i < 8; i++)
                jobs.Add(await StartJobAsync(Endless));
            await Eventually.HoldsAsync(async () => (await Task.WhenAll(jobs.Select(PhaseAsync))).Count(p => p == "EXECUTING") == 3);
            var phases = await Task.WhenAll(jobs.Select(PhaseAsync));
            Assert.Equal(5, phases.Count(p => p == "QUEUED"));
            var waiting = jobs[Array.IndexOf(phases, "QUEUED")];
            // Its time has not begun.
            Assert.DoesNotMatch(new Regex("<uws:startTime>[0-9]"), (await _server.GetAsync(waiting)).Text);

            Assert.Equal(
                HttpStatusCode.OK,
                (await _server.GetAsync("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+1+star_id+FROM+almagest.stars")).Status
            );
            Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync("/vo/datasets/known/cone?RA=10&DEC=10&SR=1")).Status);
        }
        finally
        {
            foreach (var job in jobs)
                await _server.DeleteAsync(job);
        }
        // Their places are free again.
        var next = await StartJobAsync("SELECT TOP 1 star_id FROM almagest.stars");
        await Eventually.HoldsAsync(async () => await PhaseAsync(next) == "COMPLETED");
    }

    [Fact]
    public async Task Queries_are_executed_as_a_role_that_reads_what_is_published_and_nothing_else()
    {
        await using var connection = await _server.Ledger.ConnectAsync(Token);
        await ReadingRole.EnsureAsync(_server.Ledger, Token);
        async Task<string?> RefusalAsync(string sql)
        {
            await using var begin = new NpgsqlCommand($"begin; {ReadingRole.Take}", connection);
            await begin.ExecuteNonQueryAsync(Token);
            try
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync(Token);
                return null;
            }
            catch (PostgresException e)
            {
                return e.SqlState;
            }
            finally
            {
                await using var end = new NpgsqlCommand("rollback", connection);
                await end.ExecuteNonQueryAsync(Token);
            }
        }
        foreach (var relation in ReadingRole.Relations)
            Assert.True(await RefusalAsync($"select * from public.{relation} limit 1") is null, relation);
        const string Forbidden = PostgresErrorCodes.InsufficientPrivilege;
        Assert.Equal(Forbidden, await RefusalAsync("copy (select 1) to program 'true'"));
        Assert.Equal(Forbidden, await RefusalAsync("select pg_read_file('/etc/passwd')"));
        Assert.Equal(Forbidden, await RefusalAsync("delete from public.stars"));
        Assert.Equal(Forbidden, await RefusalAsync("create table public.mine (a int)"));
        Assert.Equal(Forbidden, await RefusalAsync("select * from public.run_notes"));
        Assert.Equal(Forbidden, await RefusalAsync("select * from public.access_tokens"));
        Assert.Equal(Forbidden, await RefusalAsync("select * from public.data_protection_keys"));
        Assert.Equal(Forbidden, await RefusalAsync("select * from pg_catalog.pg_authid"));
    }

    [Fact]
    public async Task A_query_has_no_more_rights_than_the_role()
    {
        await using var server = await TestServer.StartAsync();
        using var file = new StringContent("source_id,ra,dec\n1,10,10\n2,11,11\n");
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/datasets?file=two.csv", file)).Status);
        const string Count = "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+COUNT(*)+AS+n+FROM+almagest.stars";
        Assert.Equal("2", Assert.Single(new VoTable((await server.GetAsync(Count)).Text).Rows)["n"]);
        // A policy that holds for the role alone: the server's own user owns the table.
        await using var connection = await server.Ledger.ConnectAsync(Token);
        await using var command = new NpgsqlCommand(
            $"alter table public.stars enable row level security; create policy one on public.stars to {ReadingRole.Name} "
                + "using (source_id = '1')",
            connection
        );
        await command.ExecuteNonQueryAsync(Token);
        Assert.Equal("1", Assert.Single(new VoTable((await server.GetAsync(Count)).Text).Rows)["n"]);
    }

    [Fact]
    public async Task A_view_that_was_made_anew_or_a_role_that_is_gone_answers_at_once_again()
    {
        await ReadingRole.EnsureAsync(_server.Ledger, Token);
        await using (var connection = await _server.Ledger.ConnectAsync(Token))
        await using (var command = new NpgsqlCommand($"revoke all on public.mv_discovery_run_stats from {ReadingRole.Name}", connection))
            await command.ExecuteNonQueryAsync(Token);
        var answer = await _server.GetAsync("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+run_id+FROM+almagest.mv_discovery_run_stats");
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
    }

    [Fact]
    public async Task Where_the_role_cannot_be_made_the_script_for_an_administrator_is_said()
    {
        var user = $"poor_{Guid.NewGuid():N}";
        await using var connection = await _server.Ledger.ConnectAsync(Token);
        await using (var make = new NpgsqlCommand($"create role {user} nologin", connection))
            await make.ExecuteNonQueryAsync(Token);
        try
        {
            // The role exists on this server already, and a user without rights may not join it.
            await using var poor = new Almagest.Ledger.Database.LedgerDatabase(
                new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Options = $"-c role={user}" }.ConnectionString
            );
            var error = await Assert.ThrowsAsync<LedgerException>(() => ReadingRole.EnsureAsync(poor, Token));
            Assert.Equal(ErrorCode.DatabaseForbidden, error.Code);
            Assert.Contains(
                $"create role {ReadingRole.Name} nologin; grant {ReadingRole.Name} to {user};",
                error.Remedy,
                StringComparison.Ordinal
            );
        }
        finally
        {
            await using var drop = new NpgsqlCommand($"drop role {user}", connection);
            await drop.ExecuteNonQueryAsync(Token);
        }
    }
}
