using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Adql;
using Almagest.Adql.Schema;
using Almagest.Adql.Sql;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Bench.Cones;

/// <summary>Stars spread evenly over the sky, cones at random positions; every way of asking must find the same stars.</summary>
internal static class ConeBench
{
    private static readonly double[] s_radii = [0.01, 0.1, 1, 5];

    private sealed record Way(string Name, Func<double, double, double, Task<long>> CountAsync);

    private sealed record Row(double Radius, double Found, IReadOnlyList<(string Name, double Median, double P99)> Times);

    public static async Task<string> RunAsync(LedgerDatabase ledger, int stars, int cones, TextWriter log)
    {
        var load = await FillAsync(ledger, stars, log);
        var withQ3c = await TryAsync(ledger, "create extension q3c");
        if (withQ3c)
            await ExecuteAsync(ledger, "create index bench_q3c on public.stars (q3c_ang2ipix(ra_deg, dec_deg))");
        await ExecuteAsync(ledger, "create index bench_dec on public.stars (dec_deg)");
        await ExecuteAsync(ledger, "vacuum analyze public.stars");
        var sizes = await SizesAsync(ledger);

        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = null,
            }
        );
        using var client = new HttpClient { BaseAddress = AlmagestServer.AddressOf(app) };
        await using var connection = await ledger.ConnectAsync();
        var loader = new SelectionLoader(ledger);
        var dataset = await ScalarAsync<long>(connection, "select dataset_id from public.datasets");
        List<Way> ways =
        [
            new("ADQL", (ra, dec, r) => CountAsync(connection, Translate(dataset, ra, dec, r))),
            new(
                "filter cone=",
                (ra, dec, r) =>
                    loader.CountAsync(
                        dataset,
                        StarFilterText.Parse(string.Create(CultureInfo.InvariantCulture, $"cone={ra:R},{dec:R},{r}"))
                    )
            ),
            new("whole cone search by HTTP", (ra, dec, r) => RowsAsync(client, ra, dec, r)),
        ];
        if (withQ3c)
            ways.Add(
                new(
                    "q3c",
                    (ra, dec, r) =>
                        CountAsync(
                            connection,
                            "select count(*) from public.stars where q3c_radial_query(ra_deg, dec_deg, $1, $2, $3)",
                            ra,
                            dec,
                            r
                        )
                )
            );
        ways.Add(
            new(
                "index on dec",
                (ra, dec, r) =>
                    CountAsync(
                        connection,
                        "select count(*) from public.stars where dec_deg between $2 - $3 and $2 + $3 and power(sind((dec_deg - $2) / "
                            + "2), 2) + cosd(dec_deg) * cosd($2) * power(sind((ra_deg - $1) / 2), 2) <= power(sind($3 / 2), 2)",
                        ra,
                        dec,
                        r
                    )
            )
        );

        var rows = new List<Row>();
        foreach (var radius in s_radii)
            rows.Add(await MeasureAsync(ways, radius, cones, log));
        await app.StopAsync();
        return Report(
            rows,
            stars,
            cones,
            load,
            sizes,
            withQ3c,
            await ScalarAsync<string>(connection, "select current_setting('server_version')")
        );
    }

    private static async Task<Row> MeasureAsync(List<Way> ways, double radius, int cones, TextWriter log)
    {
        var random = new Random(7);
        var centres = Enumerable.Range(0, cones).Select(_ => Position(random)).ToList();
        var times = ways.ToDictionary(w => w.Name, _ => new List<double>());
        long found = 0;
        for (var i = -10; i < cones; i++)
        {
            var (ra, dec) = centres[Math.Abs(i) % cones];
            long? expected = null;
            // Each cone by every way in turn, another one first each time: what one of them brings into memory serves all alike.
            for (var k = 0; k < ways.Count; k++)
            {
                var way = ways[(k + Math.Abs(i)) % ways.Count];
                // A strip of declination is slow: fewer cones tell enough.
                if (way.Name == "index on dec" && i % 10 != 0)
                    continue;
                var watch = Stopwatch.StartNew();
                var count = await way.CountAsync(ra, dec, radius);
                var elapsed = watch.Elapsed.TotalMilliseconds;
                if (i >= 0)
                    times[way.Name].Add(elapsed);
                if (expected is { } other && other != count)
                    throw new InvalidOperationException(
                        $"{way.Name} finds {count} stars within {radius} of ({ra}, {dec}), another way {other}"
                    );
                expected = count;
            }
            if (i >= 0)
                found += expected!.Value;
        }
        var row = new Row(
            radius,
            (double)found / cones,
            [.. ways.Select(w => (w.Name, Quantile(times[w.Name], 0.5), Quantile(times[w.Name], 0.99)))]
        );
        await log.WriteLineAsync($"{radius} deg: {string.Join(", ", row.Times.Select(t => $"{t.Name} {t.Median:N2} ms"))}");
        return row;
    }

    private static double Quantile(List<double> values, double part)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, (int)(part * values.Count))];
    }

    private static (double Ra, double Dec) Position(Random random) =>
        (360 * random.NextDouble(), Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI);

    private static SqlQuery Translate(long dataset, double ra, double dec, double radius)
    {
        PublishedColumn[] columns =
        [
            new("ra_deg", PublishedType.Double, "{0}.ra_deg"),
            new("dec_deg", PublishedType.Double, "{0}.dec_deg"),
        ];
        var table = new PublishedTable(
            "dataset",
            "bench",
            "",
            new PublishedRows("(select * from public.stars where dataset_id = {0})", dataset),
            columns,
            new SkyIndex("ra_deg", "dec_deg", "{0}.healpix_29")
        );
        return AdqlTranslator.Translate(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT COUNT(*) FROM bench WHERE 1 = CONTAINS(POINT(ra_deg, dec_deg), CIRCLE({ra:R}, {dec:R}, {radius}))"
            ),
            new PublishedCatalogue([], [table], [])
        );
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, SqlQuery query) =>
        await CountAsync(connection, query.Text, [.. query.Parameters]);

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> RowsAsync(HttpClient client, double ra, double dec, double radius)
    {
        var text = await client.GetStringAsync(
            new Uri(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"/vo/datasets/bench/cone?RA={ra:R}&DEC={dec:R}&SR={radius}&RESPONSEFORMAT=csv&VERB=1"
                ),
                UriKind.Relative
            )
        );
        return text.AsSpan().Count('\n') - 1;
    }

    /// <summary>
    /// Loads the stars, a million of them a second time without cells and without their index; seconds of both, and of computing the
    /// cells alone.
    /// </summary>
    private static async Task<(double With, double Without, double Cells, int Stars)> FillAsync(
        LedgerDatabase ledger,
        int stars,
        TextWriter log
    )
    {
        await ExecuteAsync(
            ledger,
            $"insert into public.datasets (name, source, checksum, column_mapping, star_count, rejected_count) values ('bench', '[]', "
                + $"'none', '{{}}', {stars}, 0)"
        );
        await using var connection = await ledger.ConnectAsync();
        var dataset = await ScalarAsync<long>(connection, "select dataset_id from public.datasets");
        var compared = Math.Min(stars, 1_000_000);
        // The same rows, into empty tables that are alike but for the cell and its index; the faster of two rounds, after a small one
        // that warms up.
        var (with, without) = (double.MaxValue, double.MaxValue);
        foreach (var size in new[] { Math.Min(compared, 20_000), compared, compared })
        {
            await ExecuteAsync(
                ledger,
                """
                create table public.bench_with (like public.stars including all);
                create table public.bench_without (like public.stars including all);
                alter table public.bench_without drop column healpix_29
                """
            );
            var (slow, fast) = (
                await CopyAsync(connection, "public.bench_with", dataset, size, true),
                await CopyAsync(connection, "public.bench_without", dataset, size, false)
            );
            if (size == compared)
                (with, without) = (Math.Min(with, slow), Math.Min(without, fast));
            await ExecuteAsync(ledger, "drop table public.bench_with, public.bench_without");
        }
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        long sum = 0;
        for (var i = 0; i < compared; i++)
        {
            var (ra, dec) = Position(random);
            sum ^= Healpix.AngToPix(Healpix.MaxOrder, ra, dec);
        }
        var cells = watch.Elapsed.TotalSeconds;
        await log.WriteLineAsync($"{compared} stars: {with:N1} s with cells, {without:N1} s without; cells alone {cells:N2} s ({sum & 1})");
        await log.WriteLineAsync($"loaded {stars} stars in {await CopyAsync(connection, "public.stars", dataset, stars, true):N0} s");
        return (with, without, cells, compared);
    }

    private static async Task<double> CopyAsync(NpgsqlConnection connection, string table, long dataset, int stars, bool withCells)
    {
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        await using var writer = await connection.BeginBinaryImportAsync(
            $"copy {table} (dataset_id, source_id, ra_deg, dec_deg, parallax_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, "
                + $"color{(withCells ? ", healpix_29" : "")}) from stdin (format binary)"
        );
        for (var i = 0; i < stars; i++)
        {
            var (ra, dec) = Position(random);
            await writer.StartRowAsync();
            await writer.WriteAsync(dataset);
            await writer.WriteAsync((4_000_000_000_000_000_000 + i).ToString(CultureInfo.InvariantCulture));
            await writer.WriteAsync(ra);
            await writer.WriteAsync(dec);
            for (var k = 0; k < 5; k++)
                await writer.WriteAsync(random.NextDouble());
            if (withCells)
                await writer.WriteAsync(Healpix.AngToPix(Healpix.MaxOrder, ra, dec));
        }
        await writer.CompleteAsync();
        return watch.Elapsed.TotalSeconds;
    }

    private static async Task<string> SizesAsync(LedgerDatabase ledger)
    {
        await using var connection = await ledger.ConnectAsync();
        return await ScalarAsync<string>(
            connection,
            """
            select string_agg(
              format('%s %s',
                case when c.relname = 'bench_q3c' then 'q3c' when c.relname = 'bench_dec' then 'dec' else 'dataset and cell' end,
                pg_size_pretty(pg_relation_size(c.oid))),
              ', ' order by c.relname desc)
            from pg_class c where c.relname in ('bench_q3c', 'bench_dec') or (c.relname like 'ix_stars%healpix%')
            """
        );
    }

    private static string Report(
        List<Row> rows,
        int stars,
        int cones,
        (double With, double Without, double Cells, int Stars) load,
        string sizes,
        bool withQ3c,
        string version
    )
    {
        var culture = CultureInfo.InvariantCulture;
        var page = new StringBuilder();
        page.AppendLine("# Searches by position").AppendLine();
        page.AppendLine(
            culture,
            $"{stars:N0} stars spread evenly over the sky, {cones} cones of each radius at random positions (a tenth of them by the "
                + $"index on the declination). Each cone is counted by every way in turn,"
        );
        page.AppendLine(
                "and all find the same stars. ADQL includes its translation; the whole cone search by HTTP includes routing, the list "
                    + "of datasets, a read-only transaction and the sending of the rows."
            )
            .AppendLine();
        if (!withQ3c)
            page.AppendLine("q3c could not be installed here.").AppendLine();
        page.AppendLine(culture, $"Measured on {Machine.Describe()}, PostgreSQL {version}, {DateTime.UtcNow:yyyy-MM-dd}.").AppendLine();
        page.AppendLine("| radius, deg | stars found | way | median, ms | p99, ms | q3c / this |")
            .AppendLine("| ---: | ---: | --- | ---: | ---: | ---: |");
        foreach (var row in rows)
        {
            var q3c = row.Times.FirstOrDefault(t => t.Name == "q3c").Median;
            foreach (var (name, median, p99) in row.Times)
                page.AppendLine(
                    culture,
                    $"| {row.Radius} | {row.Found:N1} | {name} | {median:N2} | {p99:N2} | "
                        + $"{(q3c > 0 ? (q3c / median).ToString("N2", culture) : "–")} |"
                );
        }
        page.AppendLine().AppendLine(culture, $"Sizes of the indexes: {sizes}.").AppendLine();
        page.AppendLine("## What the cells cost a load").AppendLine();
        page.AppendLine(
            culture,
            $"{load.Stars:N0} stars by binary COPY into an empty table with all its indexes: {load.With:N1} s with the column and its "
                + $"index, {load.Without:N1} s without both ({load.With / load.Without:N2} times);"
        );
        page.AppendLine(culture, $"computing the cells alone, of positions made on the way, takes {load.Cells:N2} s of that.");
        return page.ToString();
    }

    private static async Task<bool> TryAsync(LedgerDatabase ledger, string sql)
    {
        try
        {
            await ExecuteAsync(ledger, sql);
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
    }

    private static async Task ExecuteAsync(LedgerDatabase ledger, string sql)
    {
        await using var connection = await ledger.ConnectAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
