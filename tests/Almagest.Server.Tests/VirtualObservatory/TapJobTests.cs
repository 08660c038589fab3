using System.Net;
using Almagest.Server.Hosting;
using Almagest.Server.VirtualObservatory.Tap;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>Jobs of TAP are the ledger's: they outlive the server that took them, and every server of the ledger has them.</summary>
public sealed class TapJobTests : IAsyncLifetime
{
    private const string Query = "SELECT TOP 5 star_id FROM almagest.stars ORDER BY star_id";

    private const string Endless =
        "SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c, almagest.stars d, almagest.stars e, "
        + "almagest.stars f, almagest.stars g, almagest.stars h, almagest.stars i";

    private TestServer _server = null!;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await _server.LoadAsync("field", 12);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Another_server_has_a_job_its_result_and_its_list_and_so_has_the_next_one()
    {
        var job = await CreateAsync(_server.Client, ("QUERY", Query), ("PHASE", "RUN"));
        await PhaseAsync(_server.Client, job, "COMPLETED");
        var result = await TextAsync(_server.Client, $"{job}/results/result");
        await using var other = await OtherAsync();
        using var client = ClientOf(other);
        Assert.Equal(result, await TextAsync(client, $"{job}/results/result"));
        Assert.Contains(job, await TextAsync(client, "/vo/tap/async"), StringComparison.Ordinal);
        await _server.App.StopAsync(CancellationToken);
        await using var next = await OtherAsync();
        using var later = ClientOf(next);
        Assert.Equal(result, await TextAsync(later, $"{job}/results/result"));
        Assert.Contains($"size=\"{result.Length}\"", await TextAsync(later, job), StringComparison.Ordinal);
        using var deleted = await later.DeleteAsync(job, CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(job, CancellationToken)).StatusCode);
        Assert.Equal(0L, await CountAsync("select count(*) from tap_job_chunks"));
    }

    [Fact]
    public async Task A_job_whose_server_was_killed_is_done_by_another_with_the_table_that_came_with_it()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("ADQL"), "LANG" },
            { new StringContent("SELECT COUNT(*) AS n FROM TAP_UPLOAD.mine"), "QUERY" },
            { new StringContent("mine,param:table"), "UPLOAD" },
            {
                new ByteArrayContent(
                    """
                    <VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE><TABLE><FIELD name="a" datatype="int"/>
                    <DATA><TABLEDATA><TR><TD>1</TD></TR><TR><TD>2</TD></TR><TR><TD>3</TD></TR></TABLEDATA></DATA>
                    </TABLE></RESOURCE></VOTABLE>
                    """u8.ToArray()
                ),
                "table",
                "table.xml"
            },
        };
        var job = await CreateAsync(_server.Client, form);
        // As a killed server leaves it: at work, and not heard of since.
        await ExecuteAsync(
            "update tap_jobs set phase = 'EXECUTING', started_at = now() - interval '1 hour', worker = gen_random_uuid(), attempts = 1, "
                + "heartbeat_at = now() - interval '1 minute'"
        );
        await using var other = await OtherAsync();
        using var client = ClientOf(other);
        await PhaseAsync(client, job, "COMPLETED");
        Assert.Equal("3", new VoTable(await TextAsync(client, $"{job}/results/result")).Rows.Single()["n"]);
        Assert.Equal(0L, await CountAsync("select count(*) from tap_job_uploads"));
        Assert.Equal(0L, await CountAsync("select sum(upload_bytes)::bigint from tap_jobs"));
    }

    [Fact]
    public async Task A_job_that_has_outlived_three_servers_is_given_up()
    {
        var job = await CreateAsync(_server.Client, ("QUERY", Query));
        await ExecuteAsync(
            "update tap_jobs set phase = 'EXECUTING', worker = gen_random_uuid(), attempts = 3, heartbeat_at = now() - interval '1 minute'"
        );
        await _server.App.Services.GetRequiredService<TapJobs>().TendAsync(CancellationToken);
        Assert.Equal("ERROR", await TextAsync(_server.Client, $"{job}/phase"));
        Assert.Contains("it was begun 3 times", await TextAsync(_server.Client, job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_stops_gives_its_jobs_back_and_another_server_can_abort_them()
    {
        var job = await CreateAsync(_server.Client, ("QUERY", Endless), ("PHASE", "RUN"));
        await PhaseAsync(_server.Client, job, "EXECUTING");
        await using var other = await OtherAsync();
        using var client = ClientOf(other);
        await _server.App.StopAsync(CancellationToken);
        Assert.Equal("QUEUED", await TextAsync(client, $"{job}/phase"));
        Assert.Equal(1L, await CountAsync("select count(*) from tap_jobs where worker is null"));
        await other.Services.GetRequiredService<TapJobs>().TendAsync(CancellationToken);
        await PhaseAsync(client, job, "EXECUTING");
        await using var third = await OtherAsync();
        using var aborting = ClientOf(third);
        using var aborted = await aborting.PostAsync($"{job}/phase", Form(("PHASE", "ABORT")), CancellationToken);
        Assert.Equal("ABORTED", await TextAsync(client, $"{job}/phase"));
        // The one that works on it hears of it, and its place is free.
        await Eventually.HoldsAsync(async () =>
            await CountAsync(
                "select count(*) from pg_stat_activity where state = 'active' and query ilike '%stars%' and query ilike '%count(*)%' "
                    + "and pid <> pg_backend_pid() and datname = current_database()"
            ) == 0
        );
    }

    [Fact]
    public async Task Somebody_who_waits_hears_of_a_change_by_another_server()
    {
        var job = await CreateAsync(_server.Client, ("QUERY", Query));
        await using var other = await OtherAsync();
        using var client = ClientOf(other);
        var waiting = TextAsync(client, $"{job}?WAIT=60");
        using var run = await _server.Client.PostAsync($"{job}/phase", Form(("PHASE", "ABORT")), CancellationToken);
        Assert.Contains(">ABORTED<", await waiting, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_whose_time_has_come_is_gone_with_its_result()
    {
        var job = await CreateAsync(_server.Client, ("QUERY", Query), ("PHASE", "RUN"));
        await PhaseAsync(_server.Client, job, "COMPLETED");
        await ExecuteAsync("update tap_jobs set destruction = now() - interval '1 second'");
        Assert.Equal(HttpStatusCode.NotFound, (await _server.Client.GetAsync(job, CancellationToken)).StatusCode);
        await _server.App.Services.GetRequiredService<TapJobs>().TendAsync(CancellationToken);
        Assert.Equal(0L, await CountAsync("select (select count(*) from tap_jobs) + (select count(*) from tap_job_chunks)"));
    }

    private async Task<WebApplication> OtherAsync() =>
        await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = _server.Ledger,
                Port = 0,
                Workers = 0,
                // The threads of a schedule would outlive the test.
                NightlyCron = null,
            }
        );

    // Redirections are followed by hand: they name the server that answers.
    private static HttpClient ClientOf(WebApplication server) =>
        new(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = AlmagestServer.AddressOf(server) };

    private static Task<string> CreateAsync(HttpClient client, params (string Name, string Value)[] parameters) =>
        CreateAsync(client, Form([("LANG", "ADQL"), .. parameters]));

    private static async Task<string> CreateAsync(HttpClient client, HttpContent form)
    {
        using var plain = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = client.BaseAddress };
        using var created = await plain.PostAsync("/vo/tap/async", form, CancellationToken);
        Assert.Equal(HttpStatusCode.SeeOther, created.StatusCode);
        return created.Headers.Location!.AbsolutePath;
    }

    private static FormUrlEncodedContent Form(params (string Name, string Value)[] parameters) =>
        new(parameters.Select(p => KeyValuePair.Create(p.Name, p.Value)));

    private static Task PhaseAsync(HttpClient client, string job, string phase) =>
        Eventually.HoldsAsync(async () => await TextAsync(client, $"{job}/phase") == phase);

    private static Task<string> TextAsync(HttpClient client, string path) => client.GetStringAsync(path, CancellationToken);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _server.Ledger.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var command = _server.Ledger.DataSource.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(CancellationToken))!;
    }
}
