using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Forest;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Discovery.Matching;

namespace Almagest.Bench.Matching;

/// <summary><c>bench crossmatch</c>: the positional join beside STILTS' tskymatch2, on the same files, row by row.</summary>
internal static class CrossMatchSuite
{
    public static Suite Suite { get; } =
        new(
            "crossmatch",
            "positional join beside STILTS' tskymatch2, compared row by row",
            $"""
                  --sizes N[,N…]                stars of each made table (default 100k,1M; with --quick 20k)
                  --table A,B[,ARCSEC]          catalogue files instead, of any format (radius 1 if left out)
            """,
            RunAsync
        );

    private static Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--sizes", "--table"], ["--quick"]);
        var page = new StringBuilder("# Cross-matching beside STILTS\n\n").AppendLine(
            CultureInfo.InvariantCulture,
            $"{Machine.Describe()}\n"
        );
        page.AppendLine(
            "Median of 3. *Join* is our join alone, of positions in memory; *all* also reads both files (ours: CSV; STILTS: the same "
                + "as FITS, its fastest) and writes the pairs. STILTS runs with `runner=parallel`, in a JVM that it starts; times of "
                + "both are of the whole command in column *all*. `best` keeps nearest neighbours of each other, whichever table "
                + "comes first; STILTS keeps more where stars compete (docs/guide/crossmatch.md).\n"
        );
        page.AppendLine(
            "| tables | stars | radius | find | pairs | join, ms | all, s | STILTS, s | ratio | pairs that differ |\n| --- | ---: | "
                + "---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
        );
        using var folder = new TemporaryFolder();
        if (arguments["--table"] is { } tables)
        {
            var parts = tables.Split(',');
            var radius = parts.Length > 2 ? double.Parse(parts[2], CultureInfo.InvariantCulture) : 1;
            foreach (var find in Enum.GetValues<MatchFind>())
                Add(page, folder.Path, $"{Path.GetFileName(parts[0])} and {Path.GetFileName(parts[1])}", parts[0], parts[1], radius, find);
        }
        else
        {
            foreach (var size in arguments.Numbers("--sizes", arguments.Has("--quick") ? "20k" : "100k,1M"))
            {
                var (a, b) = Make(folder.Path, size);
                foreach (var find in new[] { MatchFind.Best, MatchFind.All })
                    Add(page, folder.Path, "made, a third in clumps", a, b, 2, find);
            }
        }
        arguments.Publish(page.ToString());
        return Task.FromResult(0);
    }

    private static void Add(
        StringBuilder page,
        string folder,
        string name,
        string first,
        string second,
        double radiusArcsec,
        MatchFind find
    )
    {
        var (joins, wholes, rivals) = (new List<double>(), new List<double>(), new List<double>());
        PositionPair[] pairs = [];
        var (a, b) = (Read(first), Read(second));
        var (fits1, fits2) = (Convert(folder, a, "1"), Convert(folder, b, "2"));
        var result = Path.Combine(folder, "pairs.csv");
        for (var pass = 0; pass < 3; pass++)
        {
            var whole = Stopwatch.StartNew();
            (a, b) = (Read(first), Read(second));
            var join = Stopwatch.StartNew();
            pairs = PositionMatcher.Match(a, b, radiusArcsec / 3600, find);
            joins.Add(join.Elapsed.TotalMilliseconds);
            using (var writer = new StreamWriter(Path.Combine(folder, "ours.csv")))
                foreach (var pair in pairs)
                    writer.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"{pair.First},{pair.Second},{pair.SeparationDeg * 3600:R}")
                    );
            wholes.Add(whole.Elapsed.TotalSeconds);
            var rival = Stopwatch.StartNew();
            ChildProcess.Run(
                "stilts",
                [
                    "-Xmx3g",
                    "tskymatch2",
                    $"in1={fits1}",
                    $"in2={fits2}",
                    "ra1=ra",
                    "dec1=dec",
                    "ra2=ra",
                    "dec2=dec",
                    string.Create(CultureInfo.InvariantCulture, $"error={radiusArcsec}"),
                    $"find={find.ToString().ToLowerInvariant()}",
                    "runner=parallel",
                    "join=1and2",
                    $"out={result}",
                    "ofmt=csv",
                ]
            );
            rivals.Add(rival.Elapsed.TotalSeconds);
        }
        var theirs = Pairs(result);
        var differ = pairs.Select(p => ((long)p.First, (long)p.Second)).ToHashSet();
        differ.SymmetricExceptWith(theirs);
        static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {name} | {a.Count:N0} + {b.Count:N0} | {radiusArcsec}\" | {find.ToString().ToLowerInvariant()} | {pairs.Length:N0} | "
                + $"{Median(joins):N0} | {Median(wholes):N2} | {Median(rivals):N2} | {Median(rivals) / Median(wholes):N1} | "
                + $"{differ.Count:N0} |"
        );
    }

    private static SkyPositions Read(string path)
    {
        using var table = CatalogFile.Open(path);
        var reader = new StarReader(table, ColumnMapping.Automatic(table.Columns));
        var (ra, dec) = (new List<double>(), new List<double>());
        foreach (var batch in reader.ReadBatches())
        {
            for (var i = 0; i < batch.Count; i++)
            {
                ra.Add(batch.RaDeg[i]);
                dec.Add(batch.DecDeg[i]);
            }
        }
        return new SkyPositions([.. ra], [.. dec]);
    }

    /// <summary>The positions with their row numbers, for STILTS.</summary>
    private static string Convert(string folder, SkyPositions positions, string side)
    {
        var path = Path.Combine(folder, $"{side}.fits");
        CatalogColumn[] columns =
        [
            new($"row_{side}", ColumnType.Int64),
            new("ra", ColumnType.Double, "deg"),
            new("dec", ColumnType.Double, "deg"),
        ];
        var rows = Enumerable
            .Range(0, positions.Count)
            .Select(i => new object?[] { (long)i, positions.RaDeg[i], positions.DecDeg[i] })
            .Chunk(5000);
        using var stream = File.Create(path);
        new Almagest.Catalog.Writing.ExportTable(columns, [], rows.ToAsyncEnumerable())
            .WriteAsync(stream, Almagest.Catalog.Writing.TableFormat.Fits)
            .GetAwaiter()
            .GetResult();
        return path;
    }

    private static IEnumerable<(long, long)> Pairs(string csv)
    {
        var header = File.ReadLines(csv).First().Split(',');
        var (first, second) = (Array.IndexOf(header, "row_1"), Array.IndexOf(header, "row_2"));
        return File.ReadLines(csv)
            .Skip(1)
            .Select(l => l.Split(','))
            .Select(c => (long.Parse(c[first], CultureInfo.InvariantCulture), long.Parse(c[second], CultureInfo.InvariantCulture)));
    }

    /// <summary>
    /// Two tables of which nine stars in ten are the same, moved by up to two arc seconds; a third of them is in clumps, where
    /// neighbours are close.
    /// </summary>
    private static (string First, string Second) Make(string folder, int size)
    {
        var random = new Random(size);
        var (a, b) = (Path.Combine(folder, $"a{size}.csv"), Path.Combine(folder, $"b{size}.csv"));
        using var first = new StreamWriter(a);
        using var second = new StreamWriter(b);
        first.WriteLine("source_id,ra,dec");
        second.WriteLine("source_id,ra,dec");
        for (var i = 0; i < size; i++)
        {
            var clump = i % 3 == 0;
            var (ra, dec) = clump
                ? (i / 3 % 100 * 3.6 + random.NextDouble() * 0.3, i / 3 % 50 * 3.0 - 75 + random.NextDouble() * 0.3)
                : (random.NextDouble() * 360, Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI);
            first.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i},{ra:R},{dec:R}"));
            if (i % 10 == 0)
                (ra, dec) = (random.NextDouble() * 360, Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI);
            dec = Math.Clamp(dec + (random.NextDouble() - 0.5) / 1800, -90, 90);
            ra = (ra + (random.NextDouble() - 0.5) / 1800 / Math.Max(1e-3, Math.Cos(dec * Math.PI / 180)) + 360) % 360;
            second.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i},{ra:R},{dec:R}"));
        }
        return (a, b);
    }
}
