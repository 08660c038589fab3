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
public sealed record StarConsensus(
    long StarId,
    int Flagged,
    int Analysed,
    double EffectiveFlagged,
    double EffectiveAnalysed,
    FlagPosterior Posterior
);

/// <summary>Ranks the stars that any of several runs flags by how surely they are flagged, whoever looks.</summary>
/// <remarks>
/// Each star is judged by the runs that analysed it, and these are weighted among themselves (<see cref="RunWeights"/>): a run that did not
/// look has no say. Memory: one bit for each star and run.
/// </remarks>
public sealed class ConsensusRanking
{
    private readonly IReadOnlyList<MarkedRun> _runs;
    private readonly RunWeights _weights;
    private readonly StarSet[] _selections;
    private readonly int[] _selectionOf;
    private readonly StarIndex _stars;
    private readonly int _runWords,
        _selectionWords;
    private readonly ulong[] _flaggedBy,
        _within;

    public ConsensusRanking(IReadOnlyList<MarkedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        this._runs = runs;
        _weights = RunWeights.Of(runs);
        _selections = [.. runs.Select(r => r.Analysed).Distinct(ReferenceEqualityComparer.Instance).Cast<StarSet>()];
        _selectionOf = [.. runs.Select(r => Array.FindIndex(_selections, s => ReferenceEquals(s, r.Analysed)))];
        _stars = new StarIndex(StarSet.Union(runs.Select(r => r.Marked)));
        _runWords = (runs.Count + 63) / 64;
        _selectionWords = (_selections.Length + 63) / 64;
        _flaggedBy = new ulong[(long)_stars.Count * _runWords];
        _within = new ulong[(long)_stars.Count * _selectionWords];
        for (var r = 0; r < runs.Count; r++)
        {
            foreach (var star in runs[r].Marked)
                _flaggedBy[(long)_stars.IndexOf(star) * _runWords + r / 64] |= 1UL << (r % 64);
        }
        for (var s = 0; s < _selections.Length; s++)
        {
            for (var i = 0; i < _stars.Count; i++)
            {
                if (_selections[s].Contains(_stars[i]))
                    _within[(long)i * _selectionWords + s / 64] |= 1UL << (s % 64);
            }
        }
    }

    /// <summary>The weights of the runs among all of them.</summary>
    public IReadOnlyList<double> Weights => _weights.All();

    /// <summary>Stars that at least one run flags.</summary>
    public int Count => _stars.Count;

    /// <summary>The surest stars first; of equals the one with more runs, then the lower id.</summary>
    public IReadOnlyList<StarConsensus> Top(
        int limit,
        ConsensusOrder order = ConsensusOrder.Low,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var judged = new RankedStar[_stars.Count];
        var exposures = new Dictionary<int, (double[] Weights, int Runs, double Sum)>(new ExposureComparer(_within, _selectionWords));
        var lows = new Dictionary<(double, double), double>();
        for (var i = 0; i < judged.Length; i++)
        {
            if (i % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!exposures.TryGetValue(i, out var exposure))
                exposures.Add(i, exposure = Exposure(i));
            var (flagged, effective) = (0, 0.0);
            for (var r = 0; r < _runs.Count; r++)
            {
                if ((_flaggedBy[(long)i * _runWords + r / 64] >> (r % 64) & 1) == 0)
                    continue;
                flagged++;
                effective += exposure.Weights[r];
            }
            // The same sum in the same order: a star that all flag has exactly k = n.
            var analysed = flagged == exposure.Runs ? effective : exposure.Sum;
            var rank = order == ConsensusOrder.Mean ? FlagPosterior.MeanOf(effective, analysed) : Low(effective, analysed);
            // Sums in another order differ in their last bits: that must not decide.
            judged[i] = new RankedStar(i, flagged, exposure.Runs, effective, analysed, Math.Round(rank, 12));
        }
        Array.Sort(judged);
        return
        [
            .. judged
                .Take(limit)
                .Select(j => new StarConsensus(
                    _stars[j.Star],
                    j.Flagged,
                    j.Analysed,
                    j.EffectiveFlagged,
                    j.EffectiveAnalysed,
                    FlagPosterior.Of(j.EffectiveFlagged, j.EffectiveAnalysed)
                )),
        ];

        double Low(double k, double n)
        {
            if (!lows.TryGetValue((k, n), out var low))
                lows.Add((k, n), low = FlagPosterior.LowOf(k, n));
            return low;
        }
    }

    private (double[] Weights, int Runs, double Sum) Exposure(int star)
    {
        var own = _weights.Within(r => (_within[(long)star * _selectionWords + _selectionOf[r] / 64] >> (_selectionOf[r] % 64) & 1) != 0);
        return (own, own.Count(w => w > 0), own.Sum());
    }

    private readonly record struct RankedStar(
        int Star,
        int Flagged,
        int Analysed,
        double EffectiveFlagged,
        double EffectiveAnalysed,
        double Rank
    ) : IComparable<RankedStar>
    {
        public int CompareTo(RankedStar other)
        {
            var byRank = other.Rank.CompareTo(Rank);
            if (byRank != 0)
                return byRank;
            var byRuns = other.Analysed.CompareTo(Analysed);
            return byRuns != 0 ? byRuns : Star.CompareTo(other.Star);
        }
    }

    /// <summary>Stars that the same runs analysed, by their rows of bits.</summary>
    private sealed class ExposureComparer(ulong[] bits, int words) : IEqualityComparer<int>
    {
        private ReadOnlySpan<ulong> Row(int star) => bits.AsSpan(star * words, words);

        public bool Equals(int x, int y) => Row(x).SequenceEqual(Row(y));

        public int GetHashCode(int star)
        {
            var hash = new HashCode();
            foreach (var word in Row(star))
                hash.Add(word);
            return hash.ToHashCode();
        }
    }
}
