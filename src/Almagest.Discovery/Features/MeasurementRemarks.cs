using System.Globalization;
using Almagest.Sky;

namespace Almagest.Discovery.Features;

/// <summary>What looks like a measurement and hardly is one: marks of missing values that were loaded as numbers, and numbers beyond those
/// of any star. Their stars lead every list of anomalies.</summary>
internal static class MeasurementRemarks
{
    /// <summary>Sentences on the catalogue columns of these features; none where nothing is suspect.</summary>
    public static IReadOnlyList<string> Of(StarColumns stars, IReadOnlyList<Feature> features)
    {
        var remarks = new List<string>();
        foreach (var column in features.SelectMany(f => f.Needs).Distinct().Order())
        {
            if (LimitsOf(column) is not { } limits)
                continue;
            var seen = new ColumnExtremes(limits.Least, limits.Most);
            foreach (var (_, tile) in stars.Tiles())
                seen.Add(tile.Values(column));
            foreach (var mark in seen.Marks())
                remarks.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{mark.Count:N0} of {stars.Count:N0} stars have a {column.ColumnName()} of exactly {mark.Value:R}, far from all "
                            + $"others: more likely a mark of missing values than a measurement. It was taken as a number; what is said of "
                            + $"these stars is no discovery."
                    )
                );
            if (seen.Outside() is var (count, farthest) && count > 0)
                remarks.Add(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{count:N0} of {stars.Count:N0} stars {(count == 1 ? "has" : "have")} a {column.ColumnName()} beyond that of any "
                            + $"star known ({farthest:G6} {limits.Unit}): another unit, or an error of the table. It was taken as a "
                            + $"number; what is said of {(count == 1 ? "this star" : "these stars")} is no discovery."
                    )
                );
        }
        return remarks;
    }

    private static (double Least, double Most, string Unit)? LimitsOf(StarColumn column) =>
        column switch
        {
            StarColumn.Parallax => (-KnownStars.MostParallaxMas, KnownStars.MostParallaxMas, "mas"),
            StarColumn.Pmra or StarColumn.Pmdec => (-KnownStars.MostMotionMasYr, KnownStars.MostMotionMasYr, "mas/yr"),
            StarColumn.RadialVelocity => (-KnownStars.MostRadialVelocityKmS, KnownStars.MostRadialVelocityKmS, "km/s"),
            StarColumn.Magnitude => (KnownStars.BrightestMagnitude, KnownStars.FaintestMagnitude, "mag"),
            StarColumn.Color => (KnownStars.BluestColor, KnownStars.ReddestColor, "mag"),
            _ => null,
        };
}
