using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Catalog.Writing;

namespace Almagest.Bench.Readers;

/// <summary>How long whole tables take to read, ours and the yardsticks' one after the other.</summary>
internal static class ReaderTimes
{
    private const string Summed = "ra";

    public static string Table(MadeSky sky, AstropyReader? astropy, string? reason, string? stilts, TextWriter log)
    {
        var rows = new StringBuilder();
        double? expected = null;
        foreach (var (format, file) in sky.Files)
        {
            var bytes = new FileInfo(file).Length;
            var (seconds, sum) = Best(() => Read(file, sky.Rows));
            expected ??= sum;
            if (sum != expected)
                throw new InvalidOperationException($"{format}: the sum of {Summed} is {sum:R}, and {expected:R} in the first format");
            var (checkedSeconds, _) = Best(() => (Stars(file, sky.Rows), 0));
            var theirs = Same(astropy?.Read(format, file), sky.Rows);
            var java = Same(stilts is null ? null : StiltsReader.Read(format, file, sky.Few[format]), sky.Rows);
            Add(rows, Title(format), bytes, seconds, sky.Rows, $"{checkedSeconds:N2}", theirs, java);
            log.WriteLine($"{Title(format)}: {seconds:N2} s; astropy {theirs:N2} s, STILTS {java:N2} s");
            if (format != TableFormat.Csv)
                continue;
            var (sylvan, itsSum) = Best(() => Sylvan(file, sky.Rows));
            if (itsSum != sum)
                throw new InvalidOperationException($"{SylvanReader.Name} sums {Summed} to {itsSum:R}, we to {sum:R}");
            Add(rows, $"the same by {SylvanReader.Name}", bytes, sylvan, sky.Rows, "", null, null);
            rows.Insert(
                0,
                $"CSV takes {Ratio(seconds, sylvan)} of the time of {SylvanReader.Name}, which parses the same values into arrays of "
                    + $"the same types.\n\n"
            );
        }
        // The sentence of the comparison stands before the table.
        var text = rows.ToString();
        var head = text[..(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)];
        return $"""
            ## Reading

            {sky.Rows:N0} rows of {sky.Columns} columns ({sky.Columns - 2} of numbers, two of text) of a simulated sky, in the
            formats that `datasets export` writes. *Ours*: opening the file and reading every value into typed columns, on one
            thread, best of three in one process; *as stars*: the same with columns mapped, checked and made into stars.
            astropy ({astropy?.Name ?? reason}): `Table.read` in a running Python, best of up to three.
            STILTS ({stilts ?? "left out, or not there"}): `tpipe omode=checksum`, which reads every cell, best of three, less
            what it takes for a table of ten rows. Ratios are the yardstick's time over ours. Debian's STILTS does not read ECSV;
            neither it nor Debian's astropy reads Parquet without further packages.

            {head}| format | MB | ours, s | rows/s | MB/s | as stars, s | astropy, s | ratio | STILTS, s | ratio |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            {text[head.Length..]}
            """;
    }

    private static void Add(
        StringBuilder page,
        string name,
        long bytes,
        double seconds,
        int rows,
        string stars,
        double? astropy,
        double? stilts
    ) =>
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"| {name} | {bytes / 1e6:N0} | {seconds:N3} | {rows / seconds:N0} | {bytes / 1e6 / seconds:N0} | {stars} | "
                + $"{Number(astropy)} | {Ratio(astropy, seconds)} | {Number(stilts)} | {Ratio(stilts, seconds)} |"
        );

    private static string Number(double? seconds) => seconds is { } known ? known.ToString("N2", CultureInfo.InvariantCulture) : "–";

    private static string Ratio(double? theirs, double ours) =>
        theirs is { } known ? (known / ours).ToString(known / ours < 10 ? "N2" : "N0", CultureInfo.InvariantCulture) : "–";

    private static double? Same((double Seconds, int Rows)? read, int rows) =>
        read is not { } known ? null
        : known.Rows == rows ? known.Seconds
        : throw new InvalidOperationException($"a yardstick read {known.Rows} rows where there are {rows}");

    private static (double Seconds, double Value) Best(Func<(int Rows, double Value)> read)
    {
        var (best, value) = (double.PositiveInfinity, 0.0);
        for (var pass = 0; pass < 3; pass++)
        {
            GC.Collect();
            var watch = Stopwatch.StartNew();
            value = read().Value;
            best = Math.Min(best, watch.Elapsed.TotalSeconds);
        }
        return (best, value);
    }

    private static (int Rows, double Sum) Read(string file, int expected)
    {
        using var table = CatalogFile.Open(file);
        var summed = table.Columns.Select(c => c.Name).ToList().IndexOf(Summed);
        var (rows, sum) = (0, 0.0);
        foreach (var batch in table.ReadBatches())
        {
            rows += batch.Count;
            var values = ((DoubleVector)batch.Columns[summed]).Values;
            for (var i = 0; i < batch.Count; i++)
                sum += values[i];
        }
        return Whole(file, rows, expected) ? (rows, sum) : default;
    }

    private static int Stars(string file, int expected)
    {
        using var table = CatalogFile.Open(file);
        var rows = new StarReader(table, ColumnMapping.Automatic(table.Columns)).ReadBatches().Sum(b => b.Count);
        return Whole(file, rows, expected) ? rows : 0;
    }

    private static (int Rows, double Sum) Sylvan(string file, int expected)
    {
        List<ColumnType> types;
        int summed;
        using (var table = CatalogFile.Open(file))
        {
            types = [.. table.Columns.Select(c => c.Type)];
            summed = table.Columns.Select(c => c.Name).ToList().IndexOf(Summed);
        }
        var read = SylvanReader.Read(file, types, summed);
        return Whole(SylvanReader.Name, read.Rows, expected) ? read : default;
    }

    private static bool Whole(string what, int rows, int expected) =>
        rows == expected ? true : throw new InvalidOperationException($"{what}: {rows} rows were read where there are {expected}");

    private static string Title(TableFormat format) =>
        format switch
        {
            TableFormat.Csv => "CSV",
            TableFormat.Ecsv => "ECSV",
            TableFormat.VoTable => "VOTable, TABLEDATA",
            TableFormat.VoTableBinary2 => "VOTable, BINARY2",
            TableFormat.Fits => "FITS",
            _ => "Parquet",
        };
}
