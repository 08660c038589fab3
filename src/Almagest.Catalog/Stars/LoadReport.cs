namespace Almagest.Catalog.Stars;

/// <summary>What became of a file: its rows, each of its columns, and what looks wrong in it.</summary>
/// <param name="Rows">rows of the file that were read</param>
/// <param name="Rejected">rows of it that are no stars</param>
/// <param name="Columns">in the order of the file</param>
/// <param name="Suspicions">what a user should look at, in plain words with counts</param>
public sealed record LoadReport(long Rows, long Rejected, IReadOnlyList<ColumnReport> Columns, IReadOnlyList<string> Suspicions)
{
    /// <summary>In what is said of numbers that no star known has.</summary>
    public const string BeyondStars = "beyond that of any star known";

    /// <summary>What was set right since the load: units and missing values, in plain words with the day.</summary>
    public IReadOnlyList<string> Corrections { get; init; } = [];
}

/// <summary>One column of a file as it was read.</summary>
/// <param name="Name">in the file, without a unit in brackets</param>
/// <param name="Type">int64, double, float (numbers that the file has in 32 bits), boolean, text or json</param>
/// <param name="Unit">as the file, its header or the user says it; null where nothing does</param>
/// <param name="Use">the field of a star that it became; null for one that is kept beside</param>
/// <param name="Why">why it was used so, or not; null where its name alone says it</param>
/// <param name="Nulls">rows without a value</param>
/// <param name="Odd">values that are not of the column's type, kept as text</param>
/// <param name="Minimum">the least number; null where there is none</param>
/// <param name="Maximum">the greatest number; null where there is none</param>
public sealed record ColumnReport(
    string Name,
    string Type,
    string? Unit,
    string? Use,
    string? Why,
    long Nulls,
    long Odd,
    double? Minimum,
    double? Maximum
)
{
    /// <summary>What the file says that the column is, as a UCD; null where it says nothing.</summary>
    public string? Ucd { get; init; }

    /// <summary>The same in words.</summary>
    public string? Description { get; init; }
}
