using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Simulation;

namespace Almagest.Bench.Readers;

/// <summary>One table of a simulated sky in every format that we write.</summary>
/// <param name="Files">by format, each of the same rows and columns</param>
/// <param name="Few">the same formats with ten rows: what a program takes that reads nothing</param>
/// <param name="Stars">a CSV of the stars without their labels: every column is a field of the table of stars</param>
internal sealed record MadeSky(
    int Rows,
    int Columns,
    IReadOnlyDictionary<TableFormat, string> Files,
    IReadOnlyDictionary<TableFormat, string> Few,
    string Stars
)
{
    private static readonly TableFormat[] s_formats =
    [
        TableFormat.Csv,
        TableFormat.Ecsv,
        TableFormat.VoTable,
        TableFormat.VoTableBinary2,
        TableFormat.Fits,
        TableFormat.Parquet,
    ];

    public static async Task<MadeSky> WriteAsync(string folder, int rows, TextWriter log)
    {
        var files = new Dictionary<TableFormat, string>();
        var few = new Dictionary<TableFormat, string>();
        var columns = 0;
        foreach (var (name, count, made) in new[] { ("few", 10, few), ("sky", rows, files) })
        {
            var simulated = Path.Combine(folder, $"{name}-simulated.csv");
            using (var writer = new StreamWriter(simulated))
                SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = count, Clusters = 13 }), writer);
            foreach (var format in s_formats)
            {
                made[format] = Path.Combine(folder, $"{name}-{format.Name()}.{format.Extension()}");
                columns = await ConvertAsync(simulated, made[format], format, int.MaxValue);
                await log.WriteLineAsync($"wrote {Path.GetFileName(made[format])}, {new FileInfo(made[format]).Length / 1e6:N1} MB");
            }
        }
        var stars = Path.Combine(folder, "stars.csv");
        await ConvertAsync(files[TableFormat.Csv], stars, TableFormat.Csv, columns - 3);
        return new MadeSky(rows, columns, files, few, stars);
    }

    private static async Task<int> ConvertAsync(string from, string to, TableFormat format, int mostColumns)
    {
        using var table = CatalogFile.Open(from);
        var columns = table.Columns.Take(mostColumns).ToArray();
        await using var stream = File.Create(to);
        await new ExportTable(columns, [], RowsOf(table, columns.Length).ToAsyncEnumerable()).WriteAsync(stream, format);
        return columns.Length;
    }

    private static IEnumerable<IReadOnlyList<object?[]>> RowsOf(ICatalogReader table, int columns)
    {
        foreach (var batch in table.ReadBatches())
        {
            var rows = new object?[batch.Count][];
            for (var i = 0; i < rows.Length; i++)
                rows[i] = [.. batch.Columns.Take(columns).Select(c => c.IsNull(i) ? null : Value(c, i))];
            yield return rows;
        }
    }

    private static object? Value(CatalogVector vector, int row) =>
        vector switch
        {
            Int64Vector integers => integers.Values[row],
            DoubleVector doubles => doubles.Values[row],
            TextVector texts => texts.Values[row],
            _ => throw new InvalidOperationException($"a simulated sky has no column of {vector.Type}"),
        };
}
