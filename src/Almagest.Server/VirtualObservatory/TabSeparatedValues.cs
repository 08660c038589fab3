using System.Globalization;
using System.Text;
using Almagest.Catalog.Writing;

namespace Almagest.Server.VirtualObservatory;

/// <summary>Writes a table as tab-separated values (IANA text/tab-separated-values): names in the first line; a tab or a line break within
/// a text becomes a blank.</summary>
internal static class TabSeparatedValues
{
    public static async Task<long> WriteAsync(ExportTable table, Stream stream, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(
            stream,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            1 << 16,
            leaveOpen: true
        );
        await writer.WriteAsync(string.Join('\t', table.Columns.Select(c => Plain(c.Name))) + "\n");
        long rows = 0;
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            foreach (var row in batch)
                await writer.WriteAsync(string.Join('\t', row.Select(Field)) + "\n");
            rows += batch.Count;
        }
        return rows;
    }

    private static string Field(object? value) =>
        value switch
        {
            null => "",
            double number => double.IsNaN(number) ? "" : number.ToString("R", CultureInfo.InvariantCulture),
            long number => number.ToString(CultureInfo.InvariantCulture),
            string text => Plain(text),
            _ => value.ToString() ?? "",
        };

    private static string Plain(string text) =>
        text.AsSpan().IndexOfAny("\t\r\n") < 0 ? text : text.Replace('\t', ' ').Replace('\r', ' ').Replace('\n', ' ');
}
