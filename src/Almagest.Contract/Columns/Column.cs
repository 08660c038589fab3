using Almagest.Catalog;

namespace Almagest.Contract.Columns;

/// <summary>One column as every surface describes it: JSON, tables in any format, TAP, the API document and the docs.</summary>
/// <param name="Name">in snake_case, the same everywhere</param>
/// <param name="Unit">a VOUnit (VOUnits 1.0, written as astropy reads it); null where it has none. Percentages have none: astropy does not
/// know the sign in FITS and VOTable</param>
/// <param name="Ucd">UCD1+ 1.5, of words that its lists have had since 1.3, so that older clients know them, too</param>
/// <param name="Description">what the value is, in one line without a final full stop</param>
public sealed record Column(string Name, ColumnKind Kind, string? Unit, string Ucd, string Description)
{
    /// <summary>The column of a table that is written to a file.</summary>
    public CatalogColumn OfTable => new(Name, Kind.TableType(), Unit, Ucd, Description);

    public static Column Integer(string name, string ucd, string description) => new(name, ColumnKind.Integer, null, ucd, description);

    /// <param name="unit">null = a number without one</param>
    public static Column Double(string name, string? unit, string ucd, string description) =>
        new(name, ColumnKind.Double, unit, ucd, description);

    public static Column Boolean(string name, string ucd, string description) => new(name, ColumnKind.Boolean, null, ucd, description);

    public static Column Flag(string name, string ucd, string description) => new(name, ColumnKind.Flag, null, ucd, description);

    public static Column Text(string name, string ucd, string description) => new(name, ColumnKind.Text, null, ucd, description);

    public static Column UnicodeText(string name, string ucd, string description) =>
        new(name, ColumnKind.UnicodeText, null, ucd, description);

    public static Column Json(string name, string ucd, string description) => new(name, ColumnKind.Json, null, ucd, description);

    public static Column Uuid(string name, string ucd, string description) => new(name, ColumnKind.Uuid, null, ucd, description);

    public static Column Timestamp(string name, string ucd, string description) => new(name, ColumnKind.Timestamp, null, ucd, description);

    public static Column Date(string name, string ucd, string description) => new(name, ColumnKind.Date, null, ucd, description);

    public static Column Integers(string name, string ucd, string description) => new(name, ColumnKind.Integers, null, ucd, description);

    public static Column Uuids(string name, string ucd, string description) => new(name, ColumnKind.Uuids, null, ucd, description);
}
