using System.Globalization;

namespace Almagest.Catalog;

/// <summary>What the values of a column are.</summary>
public enum ColumnType
{
    /// <summary>Whole numbers that fit 64 bits, exact.</summary>
    Int64,

    /// <summary>Double-precision numbers; narrower floats of a file are widened.</summary>
    Double,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>Text.</summary>
    Text,

    /// <summary>Arrays and objects, as the text of a JSON document.</summary>
    Json,
}

/// <summary>One column of an open table, as the file describes it.</summary>
/// <param name="Name">unique within the table; a repeated name has <c>_2</c>, <c>_3</c> … appended, an empty one becomes
/// <c>column_N</c></param>
/// <param name="Type">declared by the file, or inferred from its first rows (see <see cref="CatalogVector.Misfit"/>)</param>
/// <param name="Unit">as written in the file, null where it says nothing</param>
/// <param name="Ucd">IVOA unified content descriptor, null where the file has none</param>
/// <param name="Description">null where the file has none</param>
/// <param name="System">the system of coordinates to which the file says that the column belongs, null where it says nothing</param>
public sealed record CatalogColumn(
    string Name,
    ColumnType Type,
    string? Unit = null,
    string? Ucd = null,
    string? Description = null,
    CoordinateSystem? System = null
)
{
    /// <summary>What the first rows of the file hold in it; null where they were not looked at.</summary>
    public ColumnGlance? Glance { get; init; }

    /// <summary>The datatype as a VOTable names it: <c>int</c>, <c>float</c> …; null of other files.</summary>
    public string? DataType { get; init; }

    /// <summary>Numbers that the file has in 32 bits: fewer digits than those of the doubles that they become tell them apart.</summary>
    public bool IsNarrow { get; init; }

    /// <summary>What a VOTable says of it beyond its type (DALI 1.1, section 3.3): <c>timestamp</c>, <c>point</c> …; null where it says
    /// nothing.</summary>
    public string? XType { get; init; }

    /// <summary>What was seen in it, and how the file words or stores it, is no part of what it is.</summary>
    public bool Equals(CatalogColumn? other) =>
        other is not null
        && (Name, Type, Unit, Ucd, Description) == (other.Name, other.Type, other.Unit, other.Ucd, other.Description)
        && Equals(System, other.System);

    public override int GetHashCode() => HashCode.Combine(Name, Type, Unit, Ucd, Description, System);
}

/// <summary>The values of a column in the first rows of a file.</summary>
/// <param name="Rows">how many rows were looked at</param>
/// <param name="Whole">they are all of the file</param>
/// <param name="Nulls">rows without a value</param>
/// <param name="Minimum">the least number; NaN where there is none</param>
/// <param name="Maximum">the greatest number; NaN where there is none</param>
/// <param name="Repeats">a value occurs more than once</param>
public sealed record ColumnGlance(int Rows, bool Whole, int Nulls, double Minimum, double Maximum, bool Repeats);

/// <summary>A system of coordinates as a file names it: VOTable's COOSYS, VizieR's <c>#Coosys</c>, RADESYS and EQUINOX of FITS.</summary>
/// <param name="Name"><c>ICRS</c>, <c>eq_FK5</c>, <c>eq_FK4</c>, <c>galactic</c> …</param>
/// <param name="Equinox"><c>J2000</c>, <c>B1950</c> …</param>
/// <param name="Epoch">for which moment positions hold: <c>J2016.0</c>, <c>1991.25</c> …</param>
public sealed record CoordinateSystem(string Name, string? Equinox = null, string? Epoch = null)
{
    /// <summary>The <see cref="Name"/> of the system that stars are stored and exported in.</summary>
    public const string Icrs = "ICRS";

    /// <summary>What metadata of ECSV call the <see cref="Name"/>.</summary>
    public const string ReferenceFrame = "reference_frame";

    /// <summary>What metadata of ECSV, and the provenance of a table, call the Julian year for which positions hold.</summary>
    public const string ReferenceEpoch = "reference_epoch";

    /// <summary>What FITS calls the <see cref="Name"/> (Calabretta and Greisen 2002, A&amp;A 395, 1077).</summary>
    public const string FitsFrame = "RADESYS";

    /// <summary>What FITS calls a Julian epoch (Rots et al. 2015, A&amp;A 574, A36); its EPOCH of old is an equinox.</summary>
    public const string FitsEpoch = "JEPOCH";

    /// <summary>A Julian year as VOTable writes it: <c>J2016.0</c>.</summary>
    public static string Julian(double year) => string.Create(CultureInfo.InvariantCulture, $"J{year:0.0#####}");
}
