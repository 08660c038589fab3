using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.Attacks;

/// <summary>
/// One request, or many of one kind, cannot take the server down: what they cost is bounded, as a ratio to an idle request, and others are
/// answered meanwhile. A disk that is full: FullDiskTests. PostgreSQL that goes away: HttpTests, JobTests, KillTests.
/// </summary>
public sealed class OverloadTests(OverloadedServer server) : IClassFixture<OverloadedServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string Sync(string adql) => $"/vo/tap/sync?LANG=ADQL&QUERY={Uri.EscapeDataString(adql)}";

    private static string With(string first, string piece, string between, int times, int levels)
    {
        var query = new StringBuilder($"WITH q0 AS (SELECT {first} AS v FROM almagest.stars)");
        for (var i = 1; i <= levels; i++)
        {
            var named = string.Format(null, piece, $"q{i - 1}");
            query.Append(null, $", q{i} AS (SELECT {string.Join(between, Enumerable.Repeat(named, times))} AS v FROM q{i - 1})");
        }
        return query.Append(null, $" SELECT v FROM q{levels}").ToString();
    }

    [Fact]
    public async Task Queries_that_would_grow_without_end_cost_little_more_than_an_idle_request()
    {
        var bombs = new[]
        {
            With("source_id", "{0}.v", " || ", 8, 12),
            With("source_id", "COALESCE({0}.v, 'x')", " || ", 8, 10),
            With("star_id", "{0}.v", " + ", 8, 12),
            With("source_id", "(SELECT MAX({0}.v) FROM {0})", " || ", 8, 10),
            $"SELECT {string.Join(" || ", Enumerable.Repeat("source_id", 20_000))} AS v FROM almagest.stars",
            $"SELECT {string.Join(",", Enumerable.Range(0, 5000).Select(i => $"star_id AS c{i}"))} FROM almagest.stars",
            "SELECT " + new string('(', 5000) + "1" + new string(')', 5000) + " AS v FROM almagest.stars",
            $"SELECT star_id FROM almagest.stars WHERE {string.Join(" OR ", Enumerable.Range(0, 20_000).Select(i => $"star_id = {i}"))}",
            $"SELECT COUNT(*) AS n FROM {string.Join(", ", Enumerable.Range(0, 200).Select(i => $"almagest.stars AS t{i}"))}",
        };
        await server.BoundedAsync(
            "bombs of ADQL",
            200,
            bombs.Length,
            async () =>
            {
                foreach (var bomb in bombs)
                {
                    using var form = new FormUrlEncodedContent([
                        KeyValuePair.Create("LANG", "ADQL"),
                        KeyValuePair.Create("QUERY", bomb),
                        KeyValuePair.Create("MAXREC", "1"),
                    ]);
                    var (status, text) = await server.AskAsync(HttpMethod.Post, "/vo/tap/sync", form);
                    // Refused with a reason, or answered: a wide or long query is none.
                    Assert.True(status is HttpStatusCode.BadRequest or HttpStatusCode.OK, $"{bomb[..60]}: {status}");
                    if (status != HttpStatusCode.OK)
                        Assert.InRange(text.Length, 1, 5000);
                }
            }
        );
    }

    [Fact]
    public async Task Tables_that_unpack_to_gigabytes_cost_little_more_than_an_idle_request()
    {
        var nested = Packed("<?xml version='1.0'?><VOTABLE version='1.4'><RESOURCE>", "<GROUP>", 6_000_000);
        var longName = Packed(
            "<?xml version='1.0'?><VOTABLE version='1.4'><RESOURCE><TABLE><FIELD name='ra' datatype='double' ucd='",
            "a",
            60_000_000
        );
        var oneLine = Packed("source_id,ra,dec\n1,2,", "3", 200_000_000);
        Assert.All([nested, longName, oneLine], bytes => Assert.InRange(bytes.Length, 1, 400_000));
        await server.BoundedAsync(
            "tables that unpack",
            500,
            6,
            async () =>
            {
                foreach (var table in new[] { nested, longName, oneLine })
                {
                    using var body = new ByteArrayContent(table);
                    var (status, text) = await server.AskAsync(HttpMethod.Post, "/datasets?file=bomb.gz", body);
                    Assert.Equal(HttpStatusCode.BadRequest, status);
                    Assert.InRange(text.Length, 1, 5000);
                    using var form = new MultipartFormDataContent
                    {
                        { new StringContent("ADQL"), "LANG" },
                        { new StringContent("SELECT * FROM TAP_UPLOAD.t"), "QUERY" },
                        { new StringContent("t,param:p"), "UPLOAD" },
                        { new ByteArrayContent(table), "p", "p.vot" },
                    };
                    (status, text) = await server.AskAsync(HttpMethod.Post, "/vo/tap/sync", form);
                    Assert.Equal(HttpStatusCode.BadRequest, status);
                    Assert.InRange(text.Length, 1, 5000);
                }
            }
        );
    }

    [Fact]
    public async Task While_jobs_work_for_long_short_queries_and_cone_searches_are_answered_as_soon()
    {
        const string Endless =
            "SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c, almagest.stars d, almagest.stars e";
        var (query, cone) = (Sync("SELECT TOP 1 star_id FROM almagest.stars"), "/vo/datasets/field/cone?RA=120&DEC=10&SR=0.1");
        var idle = (Query: await server.IdleAsync(query), Cone: await server.IdleAsync(cone));
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Client.BaseAddress };
        var jobs = new List<string>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                using var form = new FormUrlEncodedContent([
                    KeyValuePair.Create("LANG", "ADQL"),
                    KeyValuePair.Create("QUERY", Endless),
                    KeyValuePair.Create("PHASE", "RUN"),
                ]);
                using var made = await client.PostAsync("/vo/tap/async", form, Cancel);
                jobs.Add(made.Headers.Location!.AbsolutePath);
            }
            await Eventually.HoldsAsync(async () =>
                (await Task.WhenAll(jobs.Select(j => server.AskAsync(HttpMethod.Get, $"{j}/phase")))).Count(p => p.Text == "EXECUTING") == 3
            );
            Assert.True(OverloadedServer.IsSoon(await server.TimeAsync(query), idle.Query, 50));
            Assert.True(OverloadedServer.IsSoon(await server.TimeAsync(cone), idle.Cone, 50));
        }
        finally
        {
            foreach (var job in jobs)
                await server.AskAsync(HttpMethod.Delete, job);
        }
    }

    [Fact]
    public async Task A_page_of_another_site_costs_no_more_than_a_refusal()
    {
        var query = Sync("SELECT COUNT(*) FROM almagest.stars a, almagest.stars b, almagest.stars c");
        await server.BoundedAsync(
            "pictures of another site",
            20,
            100,
            async () =>
            {
                for (var i = 0; i < 100; i++)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Get, query);
                    request.Headers.Add("Sec-Fetch-Site", i % 2 == 0 ? "cross-site" : "same-site");
                    request.Headers.Add("Sec-Fetch-Mode", "no-cors");
                    request.Headers.Add("Sec-Fetch-Dest", "image");
                    using var answer = await server.Client.SendAsync(request, Cancel);
                    Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
                }
            }
        );
    }

    [Fact]
    public async Task Sixty_refreshes_at_once_keep_nobody_waiting()
    {
        var idle = (Ready: await server.IdleAsync("/health/ready"), Stats: await server.IdleAsync("/analytics/discovery/stats"));
        var refreshes = Enumerable
            .Range(0, 60)
            .Select(_ => server.AskAsync(HttpMethod.Post, "/analytics/discovery/refresh-views"))
            .ToList();
        Assert.True(OverloadedServer.IsSoon(await server.TimeAsync("/health/ready"), idle.Ready, 100));
        Assert.True(OverloadedServer.IsSoon(await server.TimeAsync("/analytics/discovery/stats"), idle.Stats, 100));
        Assert.All(await Task.WhenAll(refreshes), a => Assert.Equal(HttpStatusCode.OK, a.Status));
    }

    [Fact]
    public async Task Runs_of_minutes_are_cancelled_at_once_and_their_workers_are_free()
    {
        static StringContent Run(int trees, int samples) =>
            new(
                "{\"algorithm\":\"isolation_forest\",\"dataset\":\"field\",\"parameters\":{\"features\":\"sphere\","
                    + $"\"n_estimators\":{trees},\"max_samples\":{samples}}}}}",
                Encoding.UTF8,
                "application/json"
            );
        async Task<string> StartAsync(int trees, int samples)
        {
            var (status, text) = await server.AskAsync(HttpMethod.Post, "/discovery/runs", Run(trees, samples));
            Assert.True(status == HttpStatusCode.Accepted, text);
            return $"/discovery/runs/{JsonDocument.Parse(text).RootElement.GetProperty("run_id").GetString()}";
        }
        async Task<string?> StatusAsync(string run) =>
            JsonDocument.Parse((await server.AskAsync(HttpMethod.Get, run)).Text).RootElement.GetProperty("status").GetString();

        // The server has two workers.
        var long1 = await StartAsync(10_000, OverloadedServer.Stars);
        var long2 = await StartAsync(10_000, OverloadedServer.Stars);
        await Eventually.HoldsAsync(async () => await StatusAsync(long1) == "running" && await StatusAsync(long2) == "running");
        var idle = await server.IdleAsync();
        foreach (var run in new[] { long1, long2 })
            Assert.Equal(HttpStatusCode.Accepted, (await server.AskAsync(HttpMethod.Post, $"{run}/cancel")).Status);
        await Eventually.HoldsAsync(async () => await StatusAsync(long1) == "cancelled" && await StatusAsync(long2) == "cancelled");
        var next = await StartAsync(5, 16);
        await Eventually.HoldsAsync(async () => await StatusAsync(next) == "completed");
        Assert.True(OverloadedServer.IsSoon(await server.TimeAsync("/datasets"), idle, 50));
    }

    private static byte[] Packed(string start, string piece, int times)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(Encoding.ASCII.GetBytes(start));
            var block = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(piece, Math.Min(times, 100_000))));
            for (var left = times; left > 0; left -= 100_000)
                gzip.Write(block);
        }
        return target.ToArray();
    }
}
