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
/// <param name="Name">unique within the table; a repeated name has <c>_2</c>, <c>_3</c> … appended, an empty one becomes <c>column_N</c></param>
/// <param name="Type">declared by the file, or inferred from its first rows (see <see cref="CatalogVector.Misfit"/>)</param>
/// <param name="Unit">as written in the file, null where it says nothing</param>
/// <param name="Ucd">IVOA unified content descriptor, null where the file has none</param>
/// <param name="Description">null where the file has none</param>
public sealed record CatalogColumn(string Name, ColumnType Type, string? Unit = null, string? Ucd = null, string? Description = null);
