namespace Almagest.Discovery.Features;

/// <summary>
/// The features of other values of the stars of a selection: by the formulas of the recipe and with the medians, centres and scales of the
/// selection as it was measured. Safe to use from several threads.
/// </summary>
internal sealed class FeatureRows
{
    private readonly ColumnImputer _imputer;
    private readonly Feature[] _features;
    private readonly FeatureStatistics[] _statistics;
    private readonly DistanceRule _distances;

    private FeatureRows(ColumnImputer imputer, Feature[] features, IEnumerable<FeatureStatistics> statistics, DistanceRule distances)
    {
        (_imputer, _features, _distances) = (imputer, features, distances);
        _statistics = [.. statistics];
        UsesDistance = features.Any(f => f.UsesDistance);
        Needs = [.. features.SelectMany(f => f.Needs).Distinct().Order()];
    }

    /// <summary>Whether a feature divides by the parallax.</summary>
    public bool UsesDistance { get; }

    /// <summary>The catalogue columns that the features of the matrix are made of.</summary>
    public IReadOnlyList<StarColumn> Needs { get; }

    /// <param name="prepared">with its stars</param>
    /// <param name="distances">the rule that it was prepared by</param>
    public static FeatureRows Of(PreparedFeatures prepared, DistanceRule distances)
    {
        var features = Named(prepared.Recipe, prepared.Matrix.Names);
        var imputer =
            prepared.Imputer is { } known && known.Distances == distances
                ? known
                : new ColumnImputer(prepared.Stars, prepared.Recipe with { Features = features }, distances);
        return new FeatureRows(imputer, features, prepared.Statistics, distances);
    }

    /// <summary>The same from what is kept of a selection.</summary>
    /// <param name="statistics">centre and scale of each feature of the matrix, in its order</param>
    public static FeatureRows Of(FeatureRecipe recipe, IReadOnlyList<FeatureStatistics> statistics, ColumnImputer imputer) =>
        new(imputer, Named(recipe, [.. statistics.Select(s => s.Name)]), statistics, imputer.Distances);

    private static Feature[] Named(FeatureRecipe recipe, IReadOnlyList<string> names) =>
        [.. names.Select(name => recipe.Features.First(f => f.Name == name))];

    /// <summary>What the catalogue says of a star, medians where it says nothing.</summary>
    /// <param name="stars">of the selection, or some of them</param>
    /// <param name="row">among these</param>
    public StarValues Measured(StarColumns stars, int row) => _imputer.Row(stars, row);

    /// <summary>What another measurement of a star says, with the medians of this selection where it says nothing.</summary>
    /// <param name="values">by <see cref="StarColumn"/>; NaN = not known</param>
    /// <param name="keepsDistance">whether the parallax stands for the distance whatever its error, as of a star that was chosen for
    /// it</param>
    public StarValues Filled(ReadOnlySpan<double> values, double parallaxError, double pmraError, double pmdecError, bool keepsDistance) =>
        _imputer.Filled(values, parallaxError, pmraError, pmdecError, keepsDistance);

    /// <summary>Whether the star's own parallax is its distance.</summary>
    /// <inheritdoc cref="Measured"/>
    public bool HasDistance(StarColumns stars, int row) => _distances.Holds(stars.ParallaxMas[row], stars.ParallaxErrorMas[row]);

    /// <summary>Which features of the matrix change when some measurements do, and which do not.</summary>
    public (int[] Changing, int[] Others) Of(IReadOnlyCollection<StarColumn> measurements)
    {
        var changes = Enumerable.Range(0, _features.Length).ToLookup(f => _features[f].Needs.Any(measurements.Contains));
        return ([.. changes[true]], [.. changes[false]]);
    }

    /// <summary>Writes some of the features of a row of the matrix.</summary>
    public void Derive(in StarValues values, ReadOnlySpan<int> features, Span<double> row)
    {
        foreach (var f in features)
            row[f] = FeaturePipeline.Rescaled(_features[f].Formula(values), _statistics[f]);
    }

    /// <summary>Writes a row of the matrix.</summary>
    public void Derive(in StarValues values, Span<double> row)
    {
        for (var f = 0; f < _features.Length; f++)
            row[f] = FeaturePipeline.Rescaled(_features[f].Formula(values), _statistics[f]);
    }
}
