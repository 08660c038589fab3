using System.Net;
using System.Net.Http.Headers;
using Almagest.Ledger.Access;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>Tokens: who is let in by one, how it is asked for, and when it ends.</summary>
public sealed class TokenTests(KnownLedger known)
{
    private readonly TestServer _server = known.Server;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_token_both_ways_to_send_one_are_offered()
    {
        var answer = await _server.AskAsync(HttpMethod.Get, "/datasets");
        JsonAssert.Problem(answer, HttpStatusCode.Unauthorized);
        Assert.Equal(["Bearer", "Basic"], answer.Headers.WwwAuthenticate.Select(w => w.Scheme));
    }

    [Fact]
    public async Task A_token_is_taken_as_bearer_and_as_the_password_of_any_user()
    {
        var (_, token) = await _server.TokenAsync(AccessScope.Read);
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync("/datasets", AccessServer.Bearer(token)));
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync("/datasets", AccessServer.Basic(token)));
    }

    [Theory]
    [InlineData("Bearer", "almagest_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Bearer", "")]
    [InlineData("Basic", "not base64!")]
    [InlineData("Basic", "bm9jb2xvbg==")]
    [InlineData("Digest", "username=x")]
    public async Task What_is_no_valid_token_lets_nobody_in_not_even_the_account_that_runs_the_server(string scheme, string value)
    {
        await using var server = await AccessServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/datasets");
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {value}");
        using var answer = await server.Client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_that_is_revoked_or_over_is_not_valid()
    {
        await using var server = await AccessServer.StartAsync();
        var (name, revoked) = await server.TokenAsync(AccessScope.Read);
        var (_, over) = await server.TokenAsync(AccessScope.Read, DateTime.UtcNow.AddSeconds(1));
        await new AccessTokens(server.Ledger).RevokeAsync(name, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync("/datasets", AccessServer.Bearer(revoked)));
        await Testing.Eventually.HoldsAsync(async () =>
            await server.StatusAsync("/datasets", AccessServer.Bearer(over)) == HttpStatusCode.Unauthorized
        );
    }

    [Fact]
    public async Task Wrong_tokens_of_one_address_are_limited_and_right_ones_that_are_known_go_on()
    {
        await using var server = await AccessServer.StartAsync();
        var (_, right) = await server.TokenAsync(AccessScope.Read);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync("/datasets", AccessServer.Bearer(right)));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 15; i++)
            answers.Add(await server.StatusAsync("/datasets", AccessServer.Bearer($"guess-{i}")));
        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync("/datasets", AccessServer.Bearer(right)));
    }

    [Fact]
    public async Task One_person_cannot_send_without_end_and_the_servers_own_account_can()
    {
        await using var server = await AccessServer.StartAsync(o => o with { MostUploadBytesADay = 200 });
        var (_, token) = await server.TokenAsync(AccessScope.Write);
        Task<Answer> SendAsync(string name, string body) =>
            server.AskAsync(HttpMethod.Post, $"/datasets?dataset={name}", AccessServer.Bearer(token), body, ("Content-Type", "text/csv"));
        const string Table = "source_id,ra,dec\n1,10,20\n2,11,21\n";
        Assert.Equal(HttpStatusCode.Created, (await SendAsync("first", Table)).Status);
        var refused = JsonAssert.Problem(await SendAsync("second", Table + new string('#', 200)), HttpStatusCode.Conflict);
        Assert.Equal("upload_quota", refused.GetProperty("code").GetString());
        Assert.Equal(200, refused.GetProperty("facts").GetProperty("most_bytes").GetInt32());
        using var body = new StringContent(Table + "3,12,22" + new string(' ', 200), System.Text.Encoding.UTF8, "text/csv");
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Post, "/datasets?dataset=own", body)).Status);
    }

    [Fact]
    public async Task The_ledger_keeps_no_token_but_its_hash_and_when_it_was_used()
    {
        var (name, token) = await _server.TokenAsync(AccessScope.Write);
        await _server.StatusAsync("/datasets", AccessServer.Bearer(token));
        var stored = (await new AccessTokens(_server.Ledger).ListAsync(Cancel)).Single(t => t.Name == name);
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)), stored.TokenHash);
        Assert.True(stored.LastUsedAt >= stored.CreatedAt);
    }

    [Fact]
    public async Task A_token_of_the_start_is_an_administrators()
    {
        var first = new string('x', 40);
        await using var server = await AccessServer.StartAsync(o => o with { FirstToken = first });
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync("/datasets", AccessServer.Bearer(first)));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await server.AskAsync(HttpMethod.Delete, "/datasets/none", AccessServer.Bearer(first))).Status
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await _server.StatusAsync("/datasets", AccessServer.Bearer(first)));
    }

    [Fact]
    public async Task The_name_of_the_token_signs_labels_and_notes_whatever_the_body_says()
    {
        var (name, token) = await _server.TokenAsync(AccessScope.Write);
        var label = await _server.AskAsync(
            HttpMethod.Post,
            $"/stars/{known.Stars[0]}/labels",
            AccessServer.Bearer(token),
            """{"label_set": "signed", "kind": "odd", "by": "somebody else"}"""
        );
        Assert.Equal((HttpStatusCode.Created, name), (label.Status, label.Json.GetProperty("labelled_by").GetString()));
        var note = await _server.AskAsync(
            HttpMethod.Post,
            $"/discovery/runs/{known.Failed}/notes",
            AccessServer.Bearer(token),
            """{"text": "signed", "by": "somebody else"}"""
        );
        Assert.Equal((HttpStatusCode.Created, name), (note.Status, note.Json.GetProperty("written_by").GetString()));
    }

    [Fact]
    public async Task A_run_says_who_started_it()
    {
        await using var server = await AccessServer.StartAsync();
        await server.LoadAsync();
        var (name, token) = await server.TokenAsync(AccessScope.Write);
        const string Run = """{"dataset": "field", "run_type": "anomaly"}""";
        var started = await server.AskAsync(HttpMethod.Post, "/discovery/runs", AccessServer.Bearer(token), Run);
        Assert.Equal((HttpStatusCode.Accepted, name), (started.Status, started.Json.GetProperty("started_by").GetString()));
        var own = await server.PostAsync("/discovery/runs", Run);
        Assert.Equal(Environment.UserName, own.Json.GetProperty("started_by").GetString());
    }

    [Fact]
    public async Task Health_needs_no_token_and_minds_no_wrong_one()
    {
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync("/health/live"));
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync("/health/ready", new AuthenticationHeaderValue("Bearer", "wrong")));
    }

    [Fact]
    public async Task Where_reading_is_open_everybody_reads_and_changes_need_a_token()
    {
        await using var server = await AccessServer.StartAsync(o => o with { AnonymousReads = true });
        Assert.Equal(HttpStatusCode.OK, await server.StatusAsync("/datasets"));
        var refused = await server.AskAsync(HttpMethod.Post, "/analytics/discovery/refresh-views");
        JsonAssert.Problem(refused, HttpStatusCode.Unauthorized);
        var (_, token) = await server.TokenAsync(AccessScope.Write);
        Assert.Equal(
            HttpStatusCode.OK,
            (await server.AskAsync(HttpMethod.Post, "/analytics/discovery/refresh-views", AccessServer.Bearer(token))).Status
        );
    }

    [Fact]
    public async Task A_job_is_its_owners_alone()
    {
        var (_, mine) = await _server.TokenAsync(AccessScope.Read);
        var (_, other) = await _server.TokenAsync(AccessScope.Read);
        var made = await _server.AskAsync(
            HttpMethod.Post,
            "/vo/tap/async?LANG=ADQL&QUERY=select+top+1+run_id+from+almagest.runs",
            AccessServer.Bearer(mine)
        );
        var job = made.Headers.Location!.AbsolutePath;
        Assert.Equal(HttpStatusCode.OK, await _server.StatusAsync(job, AccessServer.Bearer(mine)));
        Assert.Equal(HttpStatusCode.NotFound, await _server.StatusAsync(job, AccessServer.Bearer(other)));
        var id = job.Split('/')[^1];
        Assert.Contains(
            id,
            (await _server.AskAsync(HttpMethod.Get, "/vo/tap/async", AccessServer.Bearer(mine))).Text,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            id,
            (await _server.AskAsync(HttpMethod.Get, "/vo/tap/async", AccessServer.Bearer(other))).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Capabilities_say_how_to_sign_in_to_whoever_has_to()
    {
        Assert.Contains("BasicAA", (await _server.AskAsync(HttpMethod.Get, "/vo/tap/capabilities")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("BasicAA", (await _server.GetAsync("/vo/tap/capabilities")).Text, StringComparison.Ordinal);
    }
}
