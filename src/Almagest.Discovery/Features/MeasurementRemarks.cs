using System.Globalization;
using Almagest.Sky;

namespace Almagest.Discovery.Features;

/// <summary>What looks like a measurement and hardly is one: marks of missing values that were loaded as numbers, and numbers beyond those
/// of any star. Their stars lead every list of anomalies; of columns that no feature uses, marks stand beside stars like
/// measurements.</summary>
internal static class MeasurementRemarks
{
    // What lists and charts show of every star, whatever the features are.
    private static readonly StarColumn[] s_shown =
    [
        StarColumn.Parallax,
        StarColumn.Pmra,
        StarColumn.Pmdec,
        StarColumn.Magnitude,
        StarColumn.Color,
    ];

    /// <summary>Sentences on the catalogue columns of these features, and on marks in the others; none where nothing is suspect.</summary>
    public static IReadOnlyList<string> Of(StarColumns stars, IReadOnlyList<Feature> features)
    {
        var used = features.SelectMany(f => f.Needs).Distinct().Order().ToList();
        var columns = new List<(StarColumn Column, Limits Limits, ColumnExtremes Seen)>();
        foreach (var column in used.Concat(s_shown.Except(used)))
        {
            if (LimitsOf(column) is { } limits)
                columns.Add((column, limits, new ColumnExtremes(limits.Least, limits.Most)));
        }
        // Once over the stars, which may be in files.
        foreach (var (_, tile) in stars.Tiles())
        foreach (var (column, _, seen) in columns)
            seen.Add(tile.Values(column));
        return
        [
            .. columns.SelectMany(c =>
                used.Contains(c.Column) ? OfUsed(c.Column, c.Limits, c.Seen, stars.Count) : OfShown(c.Column, c.Seen, stars.Count)
            ),
        ];
    }

    private static IEnumerable<string> OfUsed(StarColumn column, Limits limits, ColumnExtremes seen, int stars)
    {
        foreach (var mark in seen.Marks())
            yield return $"{Marked(mark, column, stars)} It was taken as a number; what is said of these stars is no discovery.";
        if (seen.Outside() is var (count, farthest) && count > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{count:N0} of {stars:N0} stars {(count == 1 ? "has" : "have")} a {column.ColumnName()} beyond that of any "
                    + $"star known ({farthest:G6} {limits.Unit}): another unit, or an error of the table. It was taken as a "
                    + $"number; what is said of {(count == 1 ? "this star" : "these stars")} is no discovery."
            );
    }

    private static IEnumerable<string> OfShown(StarColumn column, ColumnExtremes seen, int stars) =>
        seen.Marks()
            .Select(mark =>
                $"{Marked(mark, column, stars)} No feature of the run uses it; beside these stars it is shown as it was loaded."
            );

    private static string Marked((double Value, long Count) mark, StarColumn column, int stars) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{mark.Count:N0} of {stars:N0} stars have a {column.ColumnName()} of exactly {mark.Value:R}, far from all "
                + $"others: more likely a mark of missing values than a measurement."
        );

    private static Limits? LimitsOf(StarColumn column) =>
        column switch
        {
            StarColumn.Parallax => new(-KnownStars.MostParallaxMas, KnownStars.MostParallaxMas, "mas"),
            StarColumn.Pmra or StarColumn.Pmdec => new(-KnownStars.MostMotionMasYr, KnownStars.MostMotionMasYr, "mas/yr"),
            StarColumn.RadialVelocity => new(-KnownStars.MostRadialVelocityKmS, KnownStars.MostRadialVelocityKmS, "km/s"),
            StarColumn.Magnitude => new(KnownStars.BrightestMagnitude, KnownStars.FaintestMagnitude, "mag"),
            StarColumn.Color => new(KnownStars.BluestColor, KnownStars.ReddestColor, "mag"),
            _ => null,
        };

    private sealed record Limits(double Least, double Most, string Unit);
}
