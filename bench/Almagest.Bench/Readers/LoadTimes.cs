using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Forest;
using Almagest.Catalog.Writing;
using Almagest.Ledger.Datasets;
using Npgsql;

namespace Almagest.Bench.Readers;

/// <summary>
/// Loading a CSV end to end beside psql's <c>\copy</c> of the rows that this made into the same table, alternating, each into an empty
/// table.
/// </summary>
internal static class LoadTimes
{
    private const string Database = "almagest_bench_readers";

    private const string Columns =
        "dataset_id, source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color, "
        + "radial_velocity_km_s, ruwe, healpix_29, extra";

    public static async Task<string> TableAsync(string server, MadeSky sky, int loads, TextWriter log)
    {
        await using var database = await BenchDatabase.CreateAsync(server, Database);
        await using var connection = await database.Ledger.ConnectAsync();
        var page = new StringBuilder();
        var version = (string)(await ScalarAsync(connection, "select current_setting('server_version')"))!;
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"""
            ## Loading

            *Ingest*: from a CSV of {sky.Rows:N0} stars to a dataset that is committed and analyzed: checksum, parsing, units,
            checks, repeated ids, HEALPix cells. *\copy*: `psql` copies the same rows, made ready by that ingest (cells, JSON),
            from a CSV into the same emptied table, with the same indexes and triggers. PostgreSQL {version}; in turn, {loads} of
            each after one of each to warm up; median, and the least of each.

            | catalogue | ingest, s | \copy, s | ratio | least ingest, s | least \copy, s | ratio |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: |
            """
        );
        foreach (
            var (name, file, map) in new[]
            {
                ("11 columns, all of them fields of a star", sky.Stars, new Dictionary<string, string>()),
                (
                    "14 columns, three kept as JSON",
                    sky.Files[TableFormat.Csv],
                    new Dictionary<string, string>
                    {
                        ["label_outlier"] = "none",
                        ["label_kind"] = "none",
                        ["label_cluster"] = "none",
                    }
                ),
            }
        )
        {
            var (ours, theirs) = (new List<double>(), new List<double>());
            for (var pass = 0; pass <= loads; pass++)
            {
                await EmptyAsync(connection);
                var watch = Stopwatch.StartNew();
                var report = await new CatalogIngestor(database.Ledger).IngestAsync(
                    [file],
                    new IngestOptions
                    {
                        Map = map,
                        DatasetName = $"bench {Path.GetFileName(file)} {pass}",
                        Force = true,
                    }
                );
                var ingest = watch.Elapsed.TotalSeconds;
                if (report.Rows != sky.Rows)
                    throw new InvalidOperationException($"{report.Rows} stars were loaded where there are {sky.Rows}");

                var rows = Path.Combine(Path.GetDirectoryName(file)!, "rows.csv");
                if (pass == 0)
                    Psql(server, $"\\copy (select {Columns} from public.stars order by star_id) to '{rows}' csv");
                await EmptyAsync(connection);
                watch.Restart();
                Psql(server, $"\\copy public.stars ({Columns}) from '{rows}' csv");
                var copy = watch.Elapsed.TotalSeconds;
                if ((long)(await ScalarAsync(connection, "select count(*) from public.stars"))! != sky.Rows)
                    throw new InvalidOperationException("\\copy did not copy every row");
                await log.WriteLineAsync($"{name}: ingest {ingest:N2} s, \\copy {copy:N2} s");
                if (pass == 0)
                    continue;
                ours.Add(ingest);
                theirs.Add(copy);
            }
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {Median(ours):N2} | {Median(theirs):N2} | {Median(ours) / Median(theirs):N2} | {ours.Min():N2} | "
                    + $"{theirs.Min():N2} | {ours.Min() / theirs.Min():N2} |"
            );
        }
        return page.ToString();
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    /// <summary>No stars, nothing that a load before left to be written, and the pages that it had made warm.</summary>
    private static async Task EmptyAsync(NpgsqlConnection connection)
    {
        await ScalarAsync(connection, "truncate public.stars, public.star_labels");
        await ScalarAsync(connection, "checkpoint");
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteScalarAsync();
    }

    private static void Psql(string server, string command)
    {
        var target = new NpgsqlConnectionStringBuilder(server);
        var words = new List<string> { $"host='{target.Host}'", $"port={target.Port}", $"dbname={Database}" };
        if (target.Username is { } user)
            words.Add($"user='{user}'");
        if (target.Password is { } password)
            words.Add($"password='{password}'");
        ChildProcess.Run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", string.Join(' ', words), "-c", command]);
    }
}
