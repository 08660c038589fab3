using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog.TextInput;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes a table as a FITS binary table (FITS standard 4.0, section 7.3) behind an empty primary HDU, with units, UCDs and descriptions
/// (<c>TUNITn</c>, <c>TUCDn</c>, <c>TCOMMn</c>), system and epoch of positions (<c>RADESYS</c>, <c>JEPOCH</c>), the provenance as HISTORY,
/// and DATASUM and CHECKSUM. Missing integers are <c>TNULLn</c>, missing numbers NaN, missing truths the byte 0, missing texts empty. What
/// is not printable ASCII in texts is escaped, and <c>TXTESC</c> says so. FITS wants the number of rows and the widths of texts before the
/// first row, so that the rows wait in a temporary file until all are there; memory stays bounded.
/// </summary>
internal static class FitsTableWriter
{
    private const int MostColumns = 999;

    private static readonly JsonSerializerOptions s_readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="InvalidOperationException">more than 999 columns</exception>
    public static async Task<long> WriteAsync(
        ExportTable table,
        Stream stream,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        if (table.Columns.Count is 0 or > MostColumns)
            throw new InvalidOperationException($"a FITS table has 1 to {MostColumns} columns, not {table.Columns.Count}");
        using var spool = new RowSpool(table.Columns);
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
        {
            await spool.AddAsync(batch, cancellationToken);
            progress?.Report(spool.Rows);
        }
        var nulls = table.Columns.Select((c, i) => c.Type == ColumnType.Int64 && spool.HasNull[i] ? spool.Unused(i) : 0).ToArray();
        var sum = new FitsSum();
        foreach (var cells in spool.Fixed(nulls))
        {
            cancellationToken.ThrowIfCancellationRequested();
            sum.Add(cells.Written);
        }
        await stream.WriteAsync(Primary(table), cancellationToken);
        await stream.WriteAsync(Header(table, spool, nulls, out var rowBytes).Close(sum.Value), cancellationToken);
        foreach (var cells in spool.Fixed(nulls))
            await cells.DrainAsync(stream, cancellationToken);
        var rest = spool.Rows * rowBytes % FitsCards.Block;
        if (rest > 0)
            await stream.WriteAsync(new byte[FitsCards.Block - rest], cancellationToken);
        return spool.Rows;
    }

    private static byte[] Primary(ExportTable table)
    {
        var cards = new FitsCards()
            .Logical("SIMPLE", true, "FITS standard 4.0")
            .Integer("BITPIX", 8, "no data here")
            .Integer("NAXIS", 0, "no data here")
            .Logical("EXTEND", true, "a table follows");
        Common(cards, table);
        return cards.Close(0);
    }

    private static void Common(FitsCards cards, ExportTable table)
    {
        cards.Text("LONGSTRN", "OGIP 1.0", "texts may be continued on the next card");
        foreach (var (key, name) in new[] { ("DATE", "exported_at"), ("CREATOR", "program"), ("TITLE", "title"), ("RUN_ID", "run_id") })
        {
            if (table.Provenance[name] is not JsonValue value || !value.TryGetValue(out string? text))
                continue;
            // DATE has no zone: it is UTC (FITS standard 4.0, section 9.1).
            cards.Text(key, key == "DATE" ? text.TrimEnd('Z') : text);
        }
    }

    private static FitsCards Header(ExportTable table, RowSpool spool, long[] nulls, out int rowBytes)
    {
        var widths = table
            .Columns.Select(
                (c, i) =>
                    c.Type switch
                    {
                        ColumnType.Int64 or ColumnType.Double => 8,
                        ColumnType.Boolean => 1,
                        _ => Math.Max(1, spool.Widths[i]),
                    }
            )
            .ToArray();
        rowBytes = widths.Sum();
        var cards = new FitsCards()
            .Text("XTENSION", "BINTABLE", "a binary table")
            .Integer("BITPIX", 8, "bytes")
            .Integer("NAXIS", 2, "rows of bytes")
            .Integer("NAXIS1", rowBytes, "bytes of a row")
            .Integer("NAXIS2", spool.Rows, "rows")
            .Integer("PCOUNT", 0, "no heap")
            .Integer("GCOUNT", 1, "one group")
            .Integer("TFIELDS", table.Columns.Count, "columns")
            .Text("EXTNAME", table.Name, "name of the table");
        for (var i = 0; i < widths.Length; i++)
        {
            var (column, n) = (table.Columns[i], i + 1);
            cards.Text($"TTYPE{n}", column.Name);
            cards.Text(
                $"TFORM{n}",
                column.Type switch
                {
                    ColumnType.Int64 => "K",
                    ColumnType.Double => "D",
                    ColumnType.Boolean => "L",
                    _ => $"{widths[i].ToString(CultureInfo.InvariantCulture)}A",
                }
            );
            if (column.Unit is { } unit)
                cards.Text($"TUNIT{n}", unit);
            if (column.Type == ColumnType.Int64 && spool.HasNull[i])
                cards.Integer($"TNULL{n}", nulls[i], "stands for a missing value");
            if (column.Ucd is { } ucd)
                cards.Text($"TUCD{n}", ucd);
            if (column.Description is { } words)
                cards.Text($"TCOMM{n}", words);
        }
        if (table.System is { } system)
        {
            cards.Text(CoordinateSystem.FitsFrame, system.Name, "system of the positions");
            if (table.Epoch is { } year)
                cards.Real(CoordinateSystem.FitsEpoch, year, "Julian year of the positions (TDB)");
        }
        Common(cards, table);
        if (Array.Exists(spool.Changed, c => c > 0))
            cards.Text("TXTESC", "JSON", @"in texts \uXXXX stands for a UTF-16 unit");
        for (var i = 0; i < widths.Length; i++)
        {
            if (spool.Changed[i] == 0)
                continue;
            table.Losses.Add(
                $"{table.Columns[i].Name}: {spool.Changed[i]} texts had characters beyond printable ASCII, which FITS does not know; each "
                    + @"is written as \uXXXX, as in JSON"
            );
            cards.LongText("COMMENT", table.Losses[^1]);
        }
        if (table.IsCutOff?.Invoke() == true)
            cards.Text("QSTATUS", "OVERFLOW", "cut off at a limit of rows");
        foreach (var (name, value) in table.Provenance)
            if (value is not null)
                // Two names that differ stay two.
                cards.LongText(
                    "HISTORY",
                    TextEscapes.Escape(
                        $"{name}: {(value is JsonValue v && v.TryGetValue(out string? text) ? text : value.ToJsonString(s_readable))}"
                    )
                );
        return cards;
    }
}
