using System.Globalization;
using System.Text;
using Almagest.Bench.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server;
using Almagest.Server.Hosting;
using Npgsql;

namespace Almagest.Bench.Load;

/// <summary>Each analytics route under load, beside the bare endpoint measured just before it.</summary>
internal static class RoutesUnderLoad
{
    private sealed record Question(string Name, string Path, string? Header = null, string? Script = null, bool SameBytes = true);

    private sealed record Row(string Name, LoadResult Route, LoadResult Bare, LoadResult? BareBytes, double Ratio, double? RatioOfBytes);

    /// <summary>
    /// Rounds in which the bare endpoint and the route take turns: a shared machine is faster in one minute than in the next.
    /// </summary>
    private const int Rounds = 5;

    private const string Gzip = "Accept-Encoding: gzip";

    public static async Task<string> RunAsync(string server, int runs, int stars, int seconds, string only, TextWriter log)
    {
        bool Wanted(Question question) => question.Name.Contains(only, StringComparison.OrdinalIgnoreCase);
        // Before a database is filled for it; the names do not depend on what is in there.
        if (!Questions(1, 1, Guid.Empty, "").Any(Wanted))
            throw new FormatException($"no question has '{only}' in its name");
        Wrk.Require();
        var name = $"almagest_load_{runs}x{stars}";
        await ExecuteAsync(server, $"drop database if exists {name} with (force)");
        await ExecuteAsync(server, $"create database {name}");
        try
        {
            await using var ledger = new LedgerDatabase(new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString);
            await ledger.Schema.MigrateAsync();
            await SyntheticHistory.FillAsync(ledger, runs, stars, log);
            var (first, cluster) = (
                await ScalarAsync<long>(ledger, "select min(star_id) from stars"),
                await ScalarAsync<Guid>(ledger, "select run_id from discovery_runs where run_type = 'cluster' limit 1")
            );
            await using var app = await AlmagestServer.StartAsync(
                new ServerOptions
                {
                    Ledger = ledger,
                    Port = 0,
                    Workers = 0,
                    NightlyCron = null,
                }
            );
            await using var bare = await BareServer.StartAsync(ledger, first, stars);
            using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(app) };
            var rows = new List<Row>();
            foreach (var question in Questions(first, stars, cluster, await TagAsync(client, "/analytics/discovery/stats")).Where(Wanted))
            {
                rows.Add(await MeasureAsync(question, client, bare, seconds));
                await log.WriteLineAsync(Line(rows[^1]));
            }
            await app.StopAsync();
            return Report(rows, runs, stars, seconds, await ScalarAsync<string>(ledger, "select current_setting('server_version')"));
        }
        finally
        {
            await ExecuteAsync(server, $"drop database if exists {name} with (force)");
        }
    }

    private static Question[] Questions(long first, int stars, Guid cluster, string tag)
    {
        const string Root = "/analytics/discovery";
        string Each(string path) => $"request = function() return wrk.format('GET', '{Root}{path}') end";
        return
        [
            new("timeline", $"{Root}/timeline"),
            new("statistics of the newest run", $"{Root}/stats?limit=1"),
            new("statistics of the 100 newest runs", $"{Root}/stats"),
            new(
                "frequency of a star, another each time",
                $"{Root}/stars/{first}/frequency",
                Script: Each($"/stars/' .. math.random({first}, {first + stars - 1}) .. '/frequency"),
                SameBytes: false
            ),
            new("clusters of a run with their members", $"{Root}/clusters/{cluster}/sizes"),
            new("the 50 most similar pairs with the shared stars", $"{Root}/overlaps"),
            new("the 50 most similar pairs, to a client that takes gzip", $"{Root}/overlaps", Header: Gzip, SameBytes: false),
            new(
                "10 pairs, another question each time",
                $"{Root}/overlaps?limit=10",
                Script: Each("/overlaps?limit=10&min_similarity=0.0' .. math.random(1, 999999999) .. '"),
                SameBytes: true
            ),
            new("parameter sets", $"{Root}/parameters"),
            new("coverage of the sky, the first page of cells", $"{Root}/coverage"),
            new("coverage of the sky, to a client that takes gzip", $"{Root}/coverage", Header: Gzip, SameBytes: false),
            new("quality against labels", $"{Root}/quality"),
            new("freshness of the views", $"{Root}/views"),
            new("statistics, not modified (304)", $"{Root}/stats", Header: $"If-None-Match: {tag}", SameBytes: false),
        ];
    }

    private static async Task<Row> MeasureAsync(Question question, HttpClient client, BareServer bare, int seconds)
    {
        bare.Bytes = await client.GetByteArrayAsync(new Uri(question.Path, UriKind.Relative));
        var url = new Uri(client.BaseAddress!, question.Path);
        // Warm: code is compiled at its final tier, connections are open, statements prepared.
        foreach (var path in new[] { "row", "bytes" })
            Wrk.Measure(new Uri(bare.Address, path), 1);
        Wrk.Measure(url, 2, question.Header, question.Script);
        var rounds = new List<(LoadResult Row, LoadResult? Bytes, LoadResult Route)>();
        for (var i = 0; i < Rounds; i++)
            rounds.Add(
                (
                    Wrk.Measure(new Uri(bare.Address, "row"), seconds),
                    question.SameBytes ? Wrk.Measure(new Uri(bare.Address, "bytes"), seconds) : null,
                    Wrk.Measure(url, seconds, question.Header, question.Script)
                )
            );
        return new Row(
            question.Name,
            Middle(rounds.ConvertAll(r => r.Route)),
            Middle(rounds.ConvertAll(r => r.Row)),
            question.SameBytes ? Middle(rounds.ConvertAll(r => r.Bytes!)) : null,
            Median(rounds.Select(r => r.Route.Rate / r.Row.Rate)),
            question.SameBytes ? Median(rounds.Select(r => r.Route.Rate / r.Bytes!.Rate)) : null
        );
    }

    private static LoadResult Middle(List<LoadResult> results) => results.OrderBy(r => r.Rate).ElementAt(Rounds / 2);

    private static double Median(IEnumerable<double> ratios) => ratios.Order().ElementAt(Rounds / 2);

    private static string Line(Row r) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {r.Name} | {r.Route.BytesEach / 1024:N1} | {r.Route.Rate:N0} | {r.Route.P50:N2} | {r.Route.P99:N2} | {r.Bare.Rate:N0} "
                + $"| {r.Bare.P50:N2} | {r.Bare.P99:N2} | {r.Ratio:N2} | "
                + $"{r.RatioOfBytes?.ToString("N2", CultureInfo.InvariantCulture) ?? "–"} |"
        );

    private static string Report(List<Row> rows, int runs, int stars, int seconds, string version)
    {
        var text = new StringBuilder();
        text.AppendLine("# Routes under load")
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"`wrk` with {Wrk.Threads} threads and {Wrk.Connections} connections, {Rounds} rounds of {seconds} s each after a "
                    + $"warm-up, over {runs} runs of {stars:N0} stars. The bare endpoint is Kestrel, routing and one"
            )
            .AppendLine(
                "prepared look-up by primary key (a star, another each time) through the same pool, in the same process. It and the "
                    + "route take turns: rates and latencies are those of the middle round, ratios the median of the rounds' own. \"Same"
            )
            .AppendLine(
                "bytes\" is the bare endpoint that answers the bytes of the route after its look-up: what sending them alone costs. "
                    + "Load generator, server and"
            )
            .AppendLine("database share the machine.")
            .AppendLine()
            .AppendLine(
                "Each request waits for the view's version as the database says it after the request came; requests that come while "
                    + "another such look is under way share the next. Rows are asked for again only when the version changed, unless "
                    + "the table says that each question is another."
            )
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"Measured on {Machine.Describe()}, PostgreSQL {version}, {DateTime.UtcNow:yyyy-MM-dd}."
            )
            .AppendLine()
            .AppendLine(
                "| question | KiB | requests/s | p50, ms | p99, ms | bare requests/s | p50, ms | p99, ms | route / bare | route / "
                    + "bare of the same bytes |"
            )
            .AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var row in rows)
            text.AppendLine(Line(row));
        return text.ToString();
    }

    private static async Task<string> TagAsync(HttpClient client, string path)
    {
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return response.EnsureSuccessStatusCode().Headers.ETag!.ToString();
    }

    private static async Task<T> ScalarAsync<T>(LedgerDatabase ledger, string sql)
    {
        await using var command = ledger.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        await using var connection = new NpgsqlConnection(server);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }
}
