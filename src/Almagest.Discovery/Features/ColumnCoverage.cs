namespace Almagest.Discovery.Features;

/// <summary>How many stars of a selection have each catalogue column.</summary>
/// <param name="Stars">stars of the selection</param>
/// <param name="Known">by column; a column that is not named is known of no star</param>
/// <param name="Distances">stars whose parallax is fit to divide by: at least <see cref="FeaturePipeline.MinDistanceParallaxMas"/></param>
public sealed record ColumnCoverage(long Stars, IReadOnlyDictionary<StarColumn, long> Known, long Distances)
{
    /// <summary>Stars that have every feature, by the name of the recipe; a recipe that is not named was not counted.</summary>
    public IReadOnlyDictionary<string, long> Usable { get; init; } = new Dictionary<string, long>();

    /// <summary>Stars that have the column, as the feature takes it.</summary>
    public long Of(StarColumn column, bool asDistance) =>
        asDistance && column == StarColumn.Parallax ? Distances : Known.GetValueOrDefault(column);
}
