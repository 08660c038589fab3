using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;
using Almagest.Sky;

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
    /// <param name="parallaxErrors">mas, of the stars in their order, NaN = not known; null = none is</param>
    public static IReadOnlyList<ClusterStatistics> Of(StarColumns stars, ClusterResult found, Sequence<double>? parallaxErrors)
    {
        ArgumentNullException.ThrowIfNull(stars);
        ArgumentNullException.ThrowIfNull(found);
        return [.. ClusterGroups.Of(stars, found, parallaxErrors).Select(c => Of(c.Cluster, c.Stars))];
    }

    private static ClusterStatistics Of(int id, StarGroup members)
    {
        var parallax = Parallaxes(members);
        var position = MeanDirection.Of(members);
        var (pmra, pmdec) =
            position is not null && MeridianTurn.MedianDeg(position, members) > MeridianTurn.LeastDeg
                ? MeridianTurn.Carried(position, members)
                : (MeanWithError.Over(members.Known(s => s.PmraMasYr)), MeanWithError.Over(members.Known(s => s.PmdecMasYr)));
        return new ClusterStatistics(id, (int)members.Count, position, parallax, DistanceOf(parallax), pmra, pmdec);
    }

    // With errors of every one they are weighted by them; else the scatter says all that is known. Marks of missing values are left out,
    // which a run that does not use parallaxes puts into clusters, too.
    private static MeanWithError? Parallaxes(StarGroup members)
    {
        var with = members.Stars().Where(s => KnownStars.CanBeParallax(s.ParallaxMas));
        return with.All(s => s.ParallaxErrorMas > 0 && double.IsFinite(s.ParallaxErrorMas))
            ? MeanWithError.Over(with.Select(s => (s.ParallaxMas, s.ParallaxErrorMas)))
            : MeanWithError.Over(with.Select(s => s.ParallaxMas));
    }

    // First order: at five errors the next term is a few per cent of the error.
    private static MeanWithError? DistanceOf(MeanWithError? parallax) =>
        parallax is { Mean: > 0 and var mean, Error: { } error } && mean >= LeastParallaxOverError * error
            ? new MeanWithError(1000 / mean, 1000 * error / (mean * mean))
            : null;
}
