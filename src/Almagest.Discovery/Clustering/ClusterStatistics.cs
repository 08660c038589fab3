using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Where a cluster is, how it moves and how large it is, over those of its members that have the value. Errors are standard errors of the
/// mean.
/// </summary>
/// <param name="Position">null where the members have no mean direction</param>
/// <param name="Parallax">mas</param>
/// <param name="Distance">pc, from the mean parallax; null where that is no distance</param>
/// <param name="Pmra">mas/yr, times cos(dec); where north turns among the members of motions carried to the position
/// (<see cref="MeridianTurn"/>)</param>
/// <param name="Pmdec">mas/yr; likewise</param>
public sealed record ClusterStatistics(
    int ClusterId,
    int Size,
    MeanDirection? Position,
    MeanWithError? Parallax,
    MeanWithError? Distance,
    MeanWithError? Pmra,
    MeanWithError? Pmdec
)
{
    /// <summary>A parallax of fewer errors than this gives no distance.</summary>
    public const double LeastParallaxOverError = 5;

    /// <summary>One of each cluster, by its number.</summary>
    /// <param name="labels">number of the cluster from 0, or -1; of the stars in their order</param>
    /// <param name="parallaxErrors">mas, of the stars in their order, NaN = not known; empty = none is</param>
    public static IReadOnlyList<ClusterStatistics> Of(StarColumns stars, int[] labels, int clusters, double[] parallaxErrors)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(parallaxErrors);
        var sizes = new int[clusters];
        foreach (var label in labels)
            if (label >= 0)
                sizes[label]++;
        var members = Array.ConvertAll(sizes, size => new int[size]);
        Array.Clear(sizes);
        for (var row = 0; row < labels.Length; row++)
            if (labels[row] is >= 0 and var label)
                members[label][sizes[label]++] = row;
        return [.. members.Select((rows, id) => Of(id, rows, stars, parallaxErrors))];
    }

    private static ClusterStatistics Of(int id, int[] rows, StarColumns stars, double[] parallaxErrors)
    {
        var parallax = Parallaxes(rows, stars.ParallaxMas, parallaxErrors);
        var position = MeanDirection.Of(rows, stars.RaDeg, stars.DecDeg);
        var (pmra, pmdec) =
            position is not null && MeridianTurn.MedianDeg(position, rows, stars) > MeridianTurn.LeastDeg
                ? MeridianTurn.Carried(position, rows, stars)
                : (Known(rows, stars.PmraMasYr), Known(rows, stars.PmdecMasYr));
        return new ClusterStatistics(
            id,
            rows.Length,
            position,
            parallax,
            DistanceOf(parallax),
            MeanWithError.Of(pmra),
            MeanWithError.Of(pmdec)
        );
    }

    // With errors of every one they are weighted by them; else the scatter says all that is known.
    private static MeanWithError? Parallaxes(int[] rows, double[] parallaxes, double[] errors)
    {
        if (errors.Length == 0)
            return MeanWithError.Of(Known(rows, parallaxes));
        var with = Array.FindAll(rows, row => double.IsFinite(parallaxes[row]));
        return Array.TrueForAll(with, row => errors[row] > 0 && double.IsFinite(errors[row]))
            ? MeanWithError.Of(Known(with, parallaxes), Known(with, errors))
            : MeanWithError.Of(Known(with, parallaxes));
    }

    // First order: at five errors the next term is a few per cent of the error.
    private static MeanWithError? DistanceOf(MeanWithError? parallax) =>
        parallax is { Mean: > 0 and var mean, Error: { } error } && mean >= LeastParallaxOverError * error
            ? new MeanWithError(1000 / mean, 1000 * error / (mean * mean))
            : null;

    private static double[] Known(int[] rows, double[] column) => [.. rows.Select(row => column[row]).Where(double.IsFinite)];
}
