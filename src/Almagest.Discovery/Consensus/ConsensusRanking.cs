using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>By what stars are ranked.</summary>
public enum ConsensusOrder
{
    /// <summary>By the lower end of the credible interval: few runs must agree wholly to outrank many that agree mostly.</summary>
    Low,

    /// <summary>By the posterior mean.</summary>
    Mean,
}

/// <summary>What many runs say of one star together.</summary>
/// <param name="Flagged">runs that flag it</param>
/// <param name="Analysed">runs that analysed it</param>
/// <param name="EffectiveFlagged">sum of the weights of the former, among the runs that analysed it</param>
/// <param name="EffectiveAnalysed">sum of the weights of the latter</param>
public sealed record StarConsensus(long StarId, int Flagged, int Analysed, double EffectiveFlagged, double EffectiveAnalysed, FlagPosterior Posterior);

/// <summary>Ranks the stars that any of several runs flags by how surely they are flagged, whoever looks.</summary>
/// <remarks>
/// Each star is judged by the runs that analysed it, and these are weighted among themselves (<see cref="RunWeights"/>): a run that did not
/// look has no say. Memory: one bit for each star and run.
/// </remarks>
public sealed class ConsensusRanking
{
    readonly IReadOnlyList<MarkedRun> runs;
    readonly RunWeights weights;
    readonly StarSet[] selections;
    readonly int[] selectionOf;
    readonly StarIndex stars;
    readonly int runWords, selectionWords;
    readonly ulong[] flaggedBy, within;

    public ConsensusRanking(IReadOnlyList<MarkedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        this.runs = runs;
        weights = RunWeights.Of(runs);
        selections = [.. runs.Select(r => r.Analysed).Distinct(ReferenceEqualityComparer.Instance).Cast<StarSet>()];
        selectionOf = [.. runs.Select(r => Array.FindIndex(selections, s => ReferenceEquals(s, r.Analysed)))];
        stars = new StarIndex(StarSet.Union(runs.Select(r => r.Marked)));
        runWords = (runs.Count + 63) / 64;
        selectionWords = (selections.Length + 63) / 64;
        flaggedBy = new ulong[(long)stars.Count * runWords];
        within = new ulong[(long)stars.Count * selectionWords];
        for (var r = 0; r < runs.Count; r++)
        {
            foreach (var star in runs[r].Marked) flaggedBy[(long)stars.IndexOf(star) * runWords + r / 64] |= 1UL << (r % 64);
        }
        for (var s = 0; s < selections.Length; s++)
        {
            for (var i = 0; i < stars.Count; i++)
            {
                if (selections[s].Contains(stars[i])) within[(long)i * selectionWords + s / 64] |= 1UL << (s % 64);
            }
        }
    }

    /// <summary>The weights of the runs among all of them.</summary>
    public IReadOnlyList<double> Weights => weights.All();

    /// <summary>Stars that at least one run flags.</summary>
    public int Count => stars.Count;

    /// <summary>The surest stars first; of equals the one with more runs, then the lower id.</summary>
    public IReadOnlyList<StarConsensus> Top(int limit, ConsensusOrder order = ConsensusOrder.Low, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var judged = new Judged[stars.Count];
        var exposures = new Dictionary<int, (double[] Weights, int Runs, double Sum)>(new SameExposure(within, selectionWords));
        var lows = new Dictionary<(double, double), double>();
        for (var i = 0; i < judged.Length; i++)
        {
            if (i % 4096 == 0) cancellation.ThrowIfCancellationRequested();
            if (!exposures.TryGetValue(i, out var exposure)) exposures.Add(i, exposure = Exposure(i));
            var (flagged, effective) = (0, 0.0);
            for (var r = 0; r < runs.Count; r++)
            {
                if ((flaggedBy[(long)i * runWords + r / 64] >> (r % 64) & 1) == 0) continue;
                flagged++;
                effective += exposure.Weights[r];
            }
            // The same sum in the same order: a star that all flag has exactly k = n.
            var analysed = flagged == exposure.Runs ? effective : exposure.Sum;
            var rank = order == ConsensusOrder.Mean ? FlagPosterior.MeanOf(effective, analysed) : Low(effective, analysed);
            // Sums in another order differ in their last bits: that must not decide.
            judged[i] = new Judged(i, flagged, exposure.Runs, effective, analysed, Math.Round(rank, 12));
        }
        Array.Sort(judged);
        return [.. judged.Take(limit).Select(j => new StarConsensus(stars[j.Star], j.Flagged, j.Analysed, j.EffectiveFlagged, j.EffectiveAnalysed,
            FlagPosterior.Of(j.EffectiveFlagged, j.EffectiveAnalysed)))];

        double Low(double k, double n)
        {
            if (!lows.TryGetValue((k, n), out var low)) lows.Add((k, n), low = FlagPosterior.LowOf(k, n));
            return low;
        }
    }

    (double[] Weights, int Runs, double Sum) Exposure(int star)
    {
        var own = weights.Within(r => (within[(long)star * selectionWords + selectionOf[r] / 64] >> (selectionOf[r] % 64) & 1) != 0);
        return (own, own.Count(w => w > 0), own.Sum());
    }

    readonly record struct Judged(int Star, int Flagged, int Analysed, double EffectiveFlagged, double EffectiveAnalysed, double Rank) : IComparable<Judged>
    {
        public int CompareTo(Judged other)
        {
            var byRank = other.Rank.CompareTo(Rank);
            if (byRank != 0) return byRank;
            var byRuns = other.Analysed.CompareTo(Analysed);
            return byRuns != 0 ? byRuns : Star.CompareTo(other.Star);
        }
    }

    /// <summary>Stars that the same runs analysed, by their rows of bits.</summary>
    sealed class SameExposure(ulong[] bits, int words) : IEqualityComparer<int>
    {
        ReadOnlySpan<ulong> Row(int star) => bits.AsSpan(star * words, words);

        public bool Equals(int x, int y) => Row(x).SequenceEqual(Row(y));

        public int GetHashCode(int star)
        {
            var hash = new HashCode();
            foreach (var word in Row(star)) hash.Add(word);
            return hash.ToHashCode();
        }
    }
}
