using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Catalog;
using Almagest.Catalog.Files;

namespace Almagest.Server.VirtualObservatory;

/// <summary>
/// A table that came with a query (TAP 1.1, section 2.5): for that query it is <c>TAP_UPLOAD.name</c>. It is never stored: its columns are
/// bound as arrays, as those of TAP_SCHEMA are, so that a query stays one SELECT in a transaction that cannot write.
/// </summary>
internal static class UploadedTable
{
    public const string Schema = "TAP_UPLOAD";

    /// <summary>Most rows of a table.</summary>
    public const int MostRows = 200_000;

    // A reader may unpack far more than was sent; what is kept is bounded by itself.
    private const int MostColumns = 300;
    private const long MostCells = 5_000_000;
    private const long MostCharacters = 32 << 20;

    /// <exception cref="VoException">it is not a VOTable, or larger than a table may be</exception>
    public static PublishedTable Read(string name, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            using var stream = new MemoryStream(content, writable: false);
            using var reader = CatalogFile.Open(stream, name);
            if (!reader.Format.StartsWith("VOTable", StringComparison.Ordinal))
                throw VoException.Invalid($"the table {name} of UPLOAD is {reader.Format}, expected a VOTable");
            return Table(name, reader, cancellationToken);
        }
        catch (CatalogFormatException e)
        {
            throw VoException.Invalid($"the table {name} of UPLOAD cannot be read: {e.Message}");
        }
    }

    private static PublishedTable Table(string name, ICatalogReader reader, CancellationToken cancellationToken)
    {
        if (reader.Columns.Count > MostColumns)
            throw VoException.Invalid($"the table {name} of UPLOAD has {reader.Columns.Count} columns, expected at most {MostColumns}");
        var columns = reader.Columns.Select(Column).ToList();
        long rows = 0;
        long characters = 0;
        foreach (var batch in reader.ReadBatches(cancellationToken: cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (batch.Rejected is [{ } rejected, ..])
                throw VoException.Invalid($"row {rejected.LineNumber} of the table {name} of UPLOAD cannot be read: {rejected.Reason}");
            rows += batch.Count;
            if (rows > MostRows || rows * columns.Count > MostCells)
                throw VoException.Invalid(
                    $"the table {name} of UPLOAD has more than {Math.Min(MostRows, MostCells / columns.Count)} rows, the most that "
                        + $"{columns.Count} columns may have; send fewer columns, or load the table as a dataset"
                );
            for (var i = 0; i < columns.Count; i++)
                characters += columns[i].Add(batch.Columns[i], batch.Count);
            if (characters > MostCharacters)
                throw VoException.Invalid($"the texts of the table {name} of UPLOAD have more than {MostCharacters} characters");
        }
        var arguments = columns.Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"{{{i}}}::{c.SqlType}[]"));
        var names = columns.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"u{i + 1}"));
        return new PublishedTable(
            Schema,
            name,
            "A table that came with the query",
            new PublishedRows(
                $"(select * from unnest({string.Join(", ", arguments)}) as u({string.Join(", ", names)}))",
                [.. columns.Select(c => c.Values())]
            ),
            [
                .. reader.Columns.Select(
                    (c, i) =>
                        new PublishedColumn(
                            c.Name,
                            columns[i].Type,
                            columns[i].Sql(string.Create(CultureInfo.InvariantCulture, $"{{0}}.u{i + 1}")),
                            c.Unit,
                            c.Ucd,
                            c.Description
                        )
                        {
                            IsAsInFile = c.System is not { Name: CoordinateSystem.Icrs },
                            MayHaveUnicode = columns[i].Type == PublishedType.Text && c.DataType != "char",
                            // Whoever sends an int may want it back.
                            IsNarrow = c.DataType is "int" or "short" or "unsignedByte",
                        }
                ),
            ]
        );
    }

    private static UploadedColumn Column(CatalogColumn column) =>
        column.Type switch
        {
            ColumnType.Int64 or ColumnType.Boolean => new UploadedColumn(PublishedType.Integer),
            ColumnType.Double => new UploadedColumn(PublishedType.Double),
            ColumnType.Text when column.XType is "timestamp" or "adql:TIMESTAMP" => new UploadedColumn(PublishedType.Timestamp),
            ColumnType.Json when column is { DataType: "double" or "float", XType: "point" } => new UploadedColumn(PublishedType.Point),
            ColumnType.Json when column is { DataType: "double" or "float", XType: "circle" } => new UploadedColumn(PublishedType.Circle),
            ColumnType.Json when column is { DataType: "double" or "float", XType: "polygon" } => new UploadedColumn(PublishedType.Polygon),
            _ => new UploadedColumn(PublishedType.Text),
        };

    /// <summary>Whether a table may be called that: a regular identifier that is not reserved.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= 100
        && char.IsAsciiLetter(name[0])
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
        && ReservedWords.IsName(name);
}
