using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>Decides which peaks are clusters, clearest first; a peak that belongs to a cluster already taken is passed over.</summary>
internal sealed class ClusterChoice(MotionStars stars, AutoParameters parameters, AlgorithmContext context)
{
    /// <summary>Least probability of a member.</summary>
    public const double Member = 0.5;

    // A peak's stars stand together on the sky where they are nearer to each other than as many of similar motion by this.
    private const double LeastDeviations = 4,
        LeastFactor = 1.12;

    // Or it is so clear that its place on the sky need not speak for it: a near cluster may fill the selection.
    private const double ClearContrast = 20,
        ClearExcess = 12;

    // A group over more of the sky than this is no cluster, and one of most of the stars is the field.
    private const double WidestHalf = 15,
        MostOfAll = 0.5;

    private const double SamePeak = 4.5;

    /// <summary>Why the others were not chosen.</summary>
    public Refusals Refused { get; } = new();

    private readonly SkySpread? _sky = stars.Direction is { } direction ? new SkySpread(direction) : null;

    public List<(Peak Peak, ClusterMixture Mixture)> Choose(IReadOnlyList<Peak> peaks, int mostFits)
    {
        var chosen = new List<(Peak Peak, ClusterMixture Mixture)>();
        var looks = new Look?[peaks.Count];
        var fits = 0;
        for (var i = 0; i < peaks.Count; i++)
        {
            var peak = peaks[i];
            if (chosen.Exists(c => IsSame(c, peak)))
                continue;
            if (looks[i] is null)
                LookAhead(peaks, i, chosen, looks);
            var (standsOut, found) = looks[i]!;
            looks[i] = null;
            if (!standsOut)
            {
                Refused.AddFieldLike();
                continue;
            }

            if (fits++ == mostFits)
                break;
            if (found is not { } mixture)
            {
                Refused.AddFew();
                continue;
            }

            if (chosen.Exists(c => c.Mixture.DistanceOf(mixture.Middle) < SamePeak))
                continue;
            if (!IsCluster(mixture))
            {
                Refuse(mixture);
                continue;
            }

            var refined = mixture.WithErrors(peak, context.CancellationToken);
            chosen.Add((peak, IsCluster(refined) ? refined : mixture));
        }

        return chosen;
    }

    // What a peak is does not depend on the others: each thread looks at one, at the risk that a cluster which is taken meanwhile makes the
    // look idle.
    private void LookAhead(IReadOnlyList<Peak> peaks, int from, List<(Peak Peak, ClusterMixture Mixture)> chosen, Look?[] looks)
    {
        var threads = context.MaxThreads > 0 ? context.MaxThreads : Environment.ProcessorCount;
        var next = new List<int>();
        for (var i = from; i < peaks.Count && next.Count < threads; i++)
            if (looks[i] is null && !chosen.Exists(c => IsSame(c, peaks[i])))
                next.Add(i);
        RowBlocks.For(next.Count, threads, n => looks[next[n]] = LookAt(peaks[next[n]]), context.CancellationToken);
    }

    private Look LookAt(Peak peak) =>
        StandsOut(peak) ? new Look(true, ClusterMixture.Fit(stars, peak, context.CancellationToken)) : new Look(false, null);

    // A box is wider than its middle: at a coarse scale the cluster may lie in its corner.
    private static bool IsSame((Peak Peak, ClusterMixture Mixture) taken, Peak peak) =>
        taken.Mixture.DistanceOf(peak.Centre) < SamePeak
        || Enumerable
            .Range(0, peak.Centre.Length)
            .All(d => Math.Abs(peak.Centre[d] - taken.Mixture.Middle[d]) < 2.5 * peak.Scale + 2 * taken.Mixture.Deviation(d));

    private bool IsCluster(ClusterMixture mixture)
    {
        var members = Members(mixture);
        return members.Length >= parameters.MinMembers
            && members.Length <= MostOfAll * stars.Count
            && mixture.Contrast >= 1
            && (_sky is null || _sky.HalfAngle(members) <= WidestHalf);
    }

    // Counted as what it fails first but for its share: a group of most of the stars that is wide, or thin, is the field.
    private void Refuse(ClusterMixture mixture)
    {
        var members = Members(mixture);
        var halfAngle = members.Length > 0 ? _sky?.HalfAngle(members) : null;
        if (members.Length < parameters.MinMembers)
            Refused.AddFew();
        else if (halfAngle > WidestHalf)
            Refused.AddWide();
        else if (mixture.Contrast < 1)
            Refused.AddFieldLike();
        else
            Refused.AddMost(members.Length, stars.Count, halfAngle);
    }

    private bool StandsOut(Peak peak)
    {
        if (_sky is null || (peak.Contrast >= ClearContrast && peak.Excess >= ClearExcess))
            return true;
        var (box, around) = Split(peak);
        var (deviations, factor) = _sky.Compare(box, around, parameters.RandomState);
        return deviations >= LeastDeviations && factor >= LeastFactor;
    }

    // The stars of the box, and those of the shells around it that have the most similar motions.
    private (int[] Box, int[] Around) Split(Peak peak)
    {
        var box = new List<int>();
        var distances = new double[stars.Count];
        var others = new int[stars.Count];
        var count = 0;
        for (var i = 0; i < stars.Count; i++)
        {
            double farthest = 0;
            for (var d = 0; d < stars.Dimensions; d++)
                farthest = Math.Max(farthest, Math.Abs(stars.Axes[d][i] - peak.Centre[d]));
            if (farthest <= 1.5 * peak.Scale)
                box.Add(i);
            else if (farthest > 2.5 * peak.Scale)
                (distances[count], others[count++]) = (farthest, i);
        }

        var wanted = Math.Min(count, Math.Max(2 * box.Count, 200));
        if (wanted == 0)
            return ([.. box], []);
        // Of a million stars a few thousand are wanted: to sort them all would take longer than the search.
        var limit = OrderStatistics.Select(distances.AsSpan(0, count), wanted - 1);
        var near = new List<(double Distance, int Star)>(wanted);
        for (var i = 0; i < count; i++)
            if (distances[i] <= limit)
                near.Add((distances[i], others[i]));
        near.Sort();
        return ([.. box], [.. near.Take(wanted).Select(n => n.Star)]);
    }

    /// <summary>Whether a peak stands out from its field on the sky, and what was fitted to it then.</summary>
    private sealed record Look(bool StandsOut, ClusterMixture? Mixture);

    private static int[] Members(ClusterMixture mixture) =>
        [.. Enumerable.Range(0, mixture.Region.Length).Where(i => mixture.Probabilities[i] >= Member).Select(i => mixture.Region[i])];
}
