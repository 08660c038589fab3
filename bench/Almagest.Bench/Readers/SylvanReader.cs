using System.Globalization;
using Almagest.Catalog;
using Sylvan.Data.Csv;

namespace Almagest.Bench.Readers;

/// <summary>
/// Sylvan.Data.Csv on the same file, every value parsed to its column's type and stored in arrays as our reader stores them.
/// </summary>
internal static class SylvanReader
{
    public static string Name { get; } = $"Sylvan.Data.Csv {typeof(CsvDataReader).Assembly.GetName().Version?.ToString(3)}";

    /// <returns>the number of rows, and the sum of a column of numbers</returns>
    public static (int Rows, double Sum) Read(string file, IReadOnlyList<ColumnType> types, int summed)
    {
        using var csv = CsvDataReader.Create(file, new CsvDataReaderOptions { Culture = CultureInfo.InvariantCulture });
        const int Batch = 8192;
        var (rows, sum) = (0, 0.0);
        var columns = Arrays();
        while (csv.Read())
        {
            var row = rows++ % Batch;
            if (row == 0 && rows > 1)
                columns = Arrays();
            for (var i = 0; i < columns.Length; i++)
            {
                var missing = csv.GetFieldSpan(i).IsEmpty;
                switch (columns[i])
                {
                    case double[] doubles:
                        doubles[row] = missing ? double.NaN : csv.GetDouble(i);
                        break;
                    case long[] integers:
                        integers[row] = missing ? 0 : csv.GetInt64(i);
                        break;
                    case string?[] texts:
                        texts[row] = missing ? null : csv.GetString(i);
                        break;
                }
            }
            sum += ((double[])columns[summed])[row];
        }
        return (rows, sum);

        Array[] Arrays() =>
            [
                .. types.Select(t =>
                    t switch
                    {
                        ColumnType.Double => (Array)new double[Batch],
                        ColumnType.Int64 => new long[Batch],
                        _ => new string?[Batch],
                    }
                ),
            ];
    }
}
