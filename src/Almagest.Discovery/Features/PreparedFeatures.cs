namespace Almagest.Discovery.Features;

/// <summary>What the pipeline made of a selection, and all that it had to change on the way.</summary>
/// <param name="Recipe">the recipe as asked for; <see cref="LeftOut"/> says which of its features are not in the matrix</param>
/// <param name="Stars">the stars analysed: the selection, or those of it that lack no feature</param>
/// <param name="Excluded">the stars of the selection that are not analysed, by reason; empty where gaps are filled</param>
/// <param name="Matrix">one row for each of <paramref name="Stars"/>, finite throughout</param>
/// <param name="Statistics">one per matrix column, in its order</param>
/// <param name="Imputed">the catalogue columns with values replaced by the median; empty where nothing was missing</param>
/// <param name="FilledStars">how many stars have a value replaced</param>
/// <param name="LeftOut">the recipe's features that this selection cannot give</param>
public sealed record PreparedFeatures(
    FeatureRecipe Recipe,
    StarColumns Stars,
    IReadOnlyList<ExcludedStars> Excluded,
    FeatureMatrix Matrix,
    IReadOnlyList<FeatureStatistics> Statistics,
    IReadOnlyList<ImputedColumn> Imputed,
    int FilledStars,
    IReadOnlyList<LeftOutFeature> LeftOut
)
{
    /// <summary>What was filled in, and by which rule; null of features that the pipeline did not make.</summary>
    internal ColumnImputer? Imputer { get; init; }

    /// <summary>What else is to be known of the features, whole sentences.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>The same as sentences for the user; empty where nothing was imputed, left out or constant.</summary>
    public IReadOnlyList<string> Notes =>
        [
            .. Imputed.Select(i => i.Note),
            .. Remarks,
            .. LeftOut.Select(f => $"Feature {f.Name} is left out: {f.Reason}."),
            .. Statistics.Where(s => s.IsConstant).Select(s => $"Feature {s.Name} is the same for every star and cannot tell them apart."),
        ];

    /// <summary>The value of a feature in its own unit, from the standardised and weighted matrix.</summary>
    public double InUnits(int row, int column)
    {
        var s = Statistics[column];
        return s.IsConstant ? s.Mean : Matrix.Values[row * Matrix.Columns + column] * s.Scale + s.Centre;
    }
}

/// <summary>A feature over the selection, after imputing and before standardising, in the feature's unit.</summary>
/// <param name="StdDev">population standard deviation (divided by n)</param>
/// <param name="Missing">stars for which at least one catalogue value behind the feature was imputed</param>
/// <param name="IsConstant">every star has the same value; a standardised matrix then holds zeros</param>
/// <param name="Centre">what was subtracted</param>
/// <param name="Scale">what was divided by, after subtracting: 1 / weight where not standardised</param>
public sealed record FeatureStatistics(
    string Name,
    string Unit,
    double Mean,
    double StdDev,
    double Median,
    double Min,
    double Max,
    int Missing,
    bool IsConstant,
    double Centre,
    double Scale
);

/// <summary>A catalogue column in which missing values were replaced.</summary>
/// <param name="Column">as the stars table names it</param>
/// <param name="Count">how many were replaced</param>
/// <param name="Of">the number of stars</param>
/// <param name="Median">what they were replaced by</param>
/// <param name="Note">the same as a sentence</param>
public sealed record ImputedColumn(string Column, int Count, int Of, double Median, string Note);

/// <summary>A feature of the recipe that is not in the matrix.</summary>
public sealed record LeftOutFeature(string Name, string Reason);
