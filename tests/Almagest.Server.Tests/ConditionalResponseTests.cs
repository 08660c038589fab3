using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Validators of HTTP on the answers from views, and what becomes of the answers while a refresh fails.</summary>
public sealed class ConditionalResponseTests : IAsyncLifetime
{
    private const string Root = "/analytics/discovery";
    private TestServer _server = null!;
    private Dataset _dataset = null!;
    private long[] _stars = [];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(o => o with { Workers = 0 });
        _dataset = await _server.LoadAsync("field", 12);
        _stars = await _server.StarIdsAsync(_dataset.DatasetId);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task<Guid> CompleteAsync(bool cluster = false)
    {
        var runs = new RunRepository(_server.Ledger);
        var run = await runs.CreateAsync(
            _dataset.DatasetId,
            cluster ? new DbscanParameters() : new IsolationForestParameters(),
            StarFilter.All,
            CancellationToken
        );
        await using var completion = await runs.BeginCompletionAsync(run.RunId, CancellationToken);
        if (cluster)
            await completion.SaveClustersAsync(_stars, [.. _stars.Select((_, i) => i % 3 - 1)], null, CancellationToken);
        else
            await completion.SaveAnomaliesAsync(_stars, [.. _stars.Select((_, i) => i - 3.5)], CancellationToken);
        await completion.MarkCompleteAsync(_stars.Length, null, CancellationToken);
        await completion.CommitAsync(CancellationToken);
        return run.RunId;
    }

    [Fact]
    public async Task In_mode_auto_a_server_converts_views_whose_refresh_is_slow_while_others_read_them()
    {
        await CompleteAsync();
        await CurrentAsync();
        // Newer than the server's own: these are the last three of each view.
        await using (
            var slow = _server.Ledger.DataSource.CreateCommand(
                "insert into view_refreshes (view_name, reason, started_at, finished_at, duration_ms, row_count, outcome) "
                    + "select view_name, 'run', clock_timestamp() + i * interval '1 hour', clock_timestamp(), 700, 1, 'succeeded' "
                    + "from analytics_views, generate_series(1, 3) i"
            )
        )
            await slow.ExecuteNonQueryAsync(CancellationToken);
        await CompleteAsync();
        await Eventually.HoldsAsync(async () => (await ViewModeState.ReadAsync(_server.Ledger)).Mode == ViewMode.Incremental);
        Assert.Equal(HttpStatusCode.OK, (await AskAsync($"{Root}/stats")).Status);
        // The reading role of queries reads what replaced the views.
        var tap = await AskAsync(
            "/vo/tap/sync?LANG=ADQL&FORMAT=json&QUERY=" + Uri.EscapeDataString("select count(*) as n from almagest.mv_discovery_run_stats")
        );
        Assert.Equal(HttpStatusCode.OK, tap.Status);
        Assert.All(await new ViewVerifier(_server.Ledger).VerifyAsync(), v => Assert.True(v.Agrees && !v.Lags, v.ViewName));
    }

    private Task CurrentAsync() =>
        Eventually.HoldsAsync(async () => (await new ViewStatusReader(_server.Ledger).ReadAsync()).All(v => !v.Lags && !v.IsRefreshing));

    private async Task<Answer> AskAsync(
        string path,
        string? tag = null,
        DateTimeOffset? since = null,
        HttpMethod? method = null,
        string? coding = null
    )
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        if (tag is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        if (coding is not null)
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        request.Headers.IfModifiedSince = since;
        using var response = await _server.Client.SendAsync(request, CancellationToken);
        await using var sent = await response.Content.ReadAsStreamAsync(CancellationToken);
        await using var read = response.Content.Headers.ContentEncoding.Contains("gzip")
            ? new GZipStream(sent, CompressionMode.Decompress)
            : sent;
        using var text = new StreamReader(read);
        return new Answer(response.StatusCode, response.Headers, response.Content.Headers, await text.ReadToEndAsync(CancellationToken));
    }

    private static EntityTagHeaderValue Tag(Answer answer)
    {
        Assert.NotNull(answer.Headers.ETag);
        Assert.False(answer.Headers.ETag.IsWeak);
        return answer.Headers.ETag;
    }

    private static string Lag(Answer answer) => Assert.Single(answer.Headers.GetValues("X-Almagest-View-Lag"));

    [Fact]
    public async Task Every_view_route_answers_304_to_its_own_tag_and_date_until_the_view_changes()
    {
        await CompleteAsync();
        await CompleteAsync();
        var cluster = await CompleteAsync(cluster: true);
        await CurrentAsync();
        foreach (
            var path in new[]
            {
                "/stats",
                "/stats?limit=1",
                "/timeline",
                "/overlaps",
                $"/stars/{_stars[0]}/frequency",
                $"/clusters/{cluster}/sizes",
            }
        )
        {
            var first = await AskAsync(Root + path);
            Assert.Equal(HttpStatusCode.OK, first.Status);
            Assert.Equal("0", Lag(first));
            Assert.Equal("no-cache, private", first.Headers.CacheControl!.ToString());
            var (tag, date) = (Tag(first), first.ContentHeaders.LastModified!.Value);
            // Kestrel renews its Date header once a second.
            Assert.True(date <= first.Headers.Date!.Value.AddSeconds(1), $"{date} {first.Headers.Date}");

            var again = await AskAsync(Root + path);
            Assert.Equal((first.Text, tag), (again.Text, Tag(again)));
            foreach (
                var same in new[]
                {
                    await AskAsync(Root + path, tag.ToString()),
                    await AskAsync(Root + path, $"\"other\", W/{tag}"),
                    await AskAsync(Root + path, "*"),
                    await AskAsync(Root + path, null, date),
                }
            )
            {
                Assert.Equal((HttpStatusCode.NotModified, ""), (same.Status, same.Text));
                Assert.Equal(tag, Tag(same));
                Assert.Equal("0", Lag(same));
            }
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(Root + path, "\"other\"")).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(Root + path, "nonsense")).Status);
            // Tags go before dates.
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(Root + path, "\"other\"", date)).Status);
            Assert.Equal(HttpStatusCode.OK, (await AskAsync(Root + path, null, date.AddSeconds(-1))).Status);
            var head = await AskAsync(Root + path, method: HttpMethod.Head);
            Assert.Equal((HttpStatusCode.OK, "", tag), (head.Status, head.Text, Tag(head)));
        }

        var old = await AskAsync(Root + "/stats");
        var sizes = Tag(await AskAsync($"{Root}/clusters/{cluster}/sizes")).ToString();
        await CompleteAsync();
        await CurrentAsync();
        foreach (
            var changed in new[]
            {
                await AskAsync(Root + "/stats", Tag(old).ToString()),
                await AskAsync(Root + "/stats", null, old.ContentHeaders.LastModified),
            }
        )
        {
            Assert.Equal(HttpStatusCode.OK, changed.Status);
            Assert.NotEqual(Tag(old), Tag(changed));
            Assert.Equal(4, changed.Json.GetArrayLength());
        }
        // Only what the run touched has changed.
        Assert.Equal(HttpStatusCode.NotModified, (await AskAsync($"{Root}/clusters/{cluster}/sizes", sizes)).Status);
    }

    [Fact]
    public async Task A_long_answer_given_again_is_compressed_for_those_who_take_it()
    {
        for (var i = 0; i < 8; i++)
            await CompleteAsync();
        await CurrentAsync();
        var first = await AskAsync(Root + "/stats", coding: "gzip, deflate, br");
        Assert.True(first.Text.Length > 2048);
        Assert.Empty(first.ContentHeaders.ContentEncoding);
        foreach (var coding in new[] { "gzip, deflate, br", "br, GZIP;q=0.5", "*" })
        {
            var packed = await AskAsync(Root + "/stats", coding: coding);
            Assert.Equal(["gzip"], packed.ContentHeaders.ContentEncoding);
            Assert.True(packed.ContentHeaders.ContentLength < first.Text.Length / 3);
            Assert.Equal(first.Text, packed.Text);
            Assert.Equal(["Accept-Encoding"], packed.Headers.Vary);
            // Another coding is another representation; whoever has either has the answer of now.
            Assert.NotEqual(Tag(first), Tag(packed));
            foreach (var tag in new[] { Tag(first), Tag(packed) })
            {
                var same = await AskAsync(Root + "/stats", tag.ToString(), coding: coding);
                Assert.Equal((HttpStatusCode.NotModified, "", tag), (same.Status, same.Text, Tag(same)));
            }
        }
        foreach (var coding in new[] { null, "identity", "br", "gzip;q=0, *", "nonsense;;" })
        {
            var plain = await AskAsync(Root + "/stats", coding: coding);
            Assert.Empty(plain.ContentHeaders.ContentEncoding);
            Assert.Equal((first.Text, Tag(first)), (plain.Text, Tag(plain)));
            Assert.Equal(["Accept-Encoding"], plain.Headers.Vary);
        }
        // Where it fits into a packet or two, nothing is gained.
        foreach (var _ in "12")
            Assert.Empty((await AskAsync(Root + "/stats?limit=1", coding: "gzip")).ContentHeaders.ContentEncoding);
        await CompleteAsync();
        await CurrentAsync();
        Assert.Equal(9, (await AskAsync(Root + "/stats", Tag(first).ToString(), coding: "gzip")).Json.GetArrayLength());
        Assert.Equal(9, (await AskAsync(Root + "/stats", coding: "gzip")).Json.GetArrayLength());
    }

    [Fact]
    public async Task Different_questions_have_different_tags_and_errors_have_none()
    {
        var run = await CompleteAsync();
        await CurrentAsync();
        var tags = new List<EntityTagHeaderValue>();
        foreach (
            var path in new[]
            {
                "/stats",
                "/stats?limit=100",
                "/stats?limit=99",
                "/timeline",
                "/timeline?period_type=month",
                $"/stars/{_stars[0]}/frequency",
                $"/stars/{_stars[1]}/frequency",
            }
        )
            tags.Add(Tag(await AskAsync(Root + path)));
        Assert.Equal(tags.Count, tags.Distinct().Count());
        foreach (
            var path in new[]
            {
                "/stats?limit=0",
                $"/clusters/{run}/sizes",
                "/stars/999999999/frequency",
                $"/overlaps?run_id={Guid.NewGuid()}",
            }
        )
        {
            var refused = await AskAsync(Root + path, "*");
            Assert.True((int)refused.Status is 400 or 404, path);
            Assert.Null(refused.Headers.ETag);
        }
        // Whether the run exists is no matter of the view: nothing says that this answer stays true.
        var empty = await AskAsync($"{Root}/overlaps?run_id={run}");
        Assert.Equal((HttpStatusCode.OK, "[]", "no-store"), (empty.Status, empty.Text, empty.Headers.CacheControl!.ToString()));
        Assert.Null(empty.Headers.ETag);
    }

    [Fact]
    public async Task A_304_does_not_ask_for_the_rows()
    {
        await CompleteAsync();
        await CurrentAsync();
        var frequency = $"{Root}/stars/{_stars[0]}/frequency";
        var (stats, star) = (Tag(await AskAsync(Root + "/stats")), Tag(await AskAsync(frequency)));
        // Whoever asked for the rows now would wait for this lock until the end of the test.
        await using var connection = await _server.Ledger.ConnectAsync(CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken);
        await using (var block = connection.CreateCommand())
        {
            block.CommandText = "drop materialized view mv_parameter_performance, mv_discovery_run_stats, mv_star_anomaly_frequency";
            await block.ExecuteNonQueryAsync(CancellationToken);
        }
        Assert.Equal(HttpStatusCode.NotModified, (await AskAsync(Root + "/stats", stats.ToString())).Status);
        Assert.Equal(HttpStatusCode.NotModified, (await AskAsync(frequency, star.ToString())).Status);
        // Nor does an answer that this server has given before.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Root + "/stats")).Status);
        await transaction.RollbackAsync(CancellationToken);
    }

    [Fact]
    public async Task A_refresh_that_fails_is_visible_keeps_the_answers_and_is_made_good_without_anyone_asking()
    {
        await CompleteAsync();
        await CurrentAsync();
        var before = await AskAsync(Root + "/stats");
        await ExecuteAsync("drop index ux_mv_discovery_run_stats");
        await CompleteAsync();
        await Eventually.HoldsAsync(async () => (await StatusAsync()).GetProperty("consecutive_failures").GetInt32() >= 2);
        var status = await StatusAsync();
        Assert.Equal("failed", status.GetProperty("last_outcome").GetString());
        Assert.NotEqual("", status.GetProperty("last_error").GetString());
        Assert.True(status.GetProperty("next_retry").GetDateTime() > DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal((true, 1), (status.GetProperty("lags").GetBoolean(), status.GetProperty("missing_runs").GetInt32()));

        var meanwhile = await AskAsync(Root + "/stats");
        Assert.Equal(
            (HttpStatusCode.OK, before.Text, Tag(before), "1"),
            (meanwhile.Status, meanwhile.Text, Tag(meanwhile), Lag(meanwhile))
        );
        Assert.Equal(
            Almagest.Ledger.Views.AnalyticsViews.All.Count - 1,
            (await AskAsync(Root + "/views")).Json.EnumerateArray().Count(v => v.GetProperty("consecutive_failures").GetInt32() == 0)
        );

        await ExecuteAsync("create unique index ux_mv_discovery_run_stats on mv_discovery_run_stats (run_id)");
        await CurrentAsync();
        Assert.Equal(2, (await AskAsync(Root + "/stats", Tag(before).ToString())).Json.GetArrayLength());
        Assert.Equal(0, (await StatusAsync()).GetProperty("consecutive_failures").GetInt32());
    }

    private async Task<System.Text.Json.JsonElement> StatusAsync() =>
        (await AskAsync(Root + "/views"))
            .Json.EnumerateArray()
            .Single(v => v.GetProperty("view_name").GetString() == "mv_discovery_run_stats");

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _server.Ledger.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(CancellationToken);
    }
}
