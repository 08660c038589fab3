using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>What many runs say of one star together.</summary>
/// <param name="Flagged">runs that flag it</param>
/// <param name="Analysed">runs that analysed it</param>
/// <param name="FlaggedDraws">sum of its draws, each the mean of the flags of the runs that share its detector</param>
/// <param name="Draws">draws that analysed it</param>
/// <param name="Posterior">of the rate of its one question; the plain mean of the rates, without intervals, where there are several</param>
/// <param name="Rates">the posterior mean of each question's rate; null where the question did not analyse it</param>
public sealed record StarConsensus(
    long StarId,
    int Flagged,
    int Analysed,
    double FlaggedDraws,
    int Draws,
    FlagPosterior Posterior,
    IReadOnlyList<double?> Rates
);

/// <summary>What was asked of the stars, however often.</summary>
/// <param name="Runs">the runs that ask it, by their places</param>
/// <param name="Draws">independent draws among them: fitted detectors</param>
/// <param name="MeanRate">mean over the stars of the rate at which draws flag them</param>
public sealed record ConsensusQuestion(IReadOnlyList<int> Runs, int Draws, double MeanRate);

/// <summary>Ranks the stars that any of several runs flags by how surely further runs of the same kinds flag them.</summary>
/// <remarks>
/// Runs that share a fitted detector are one draw, other seeds are independent draws given the star, and what else differs is another
/// question: <c>docs/statistics.md</c>. Each star is judged by the questions that analysed it; one that did not look has no say. Memory:
/// one bit for each flagged star and run.
/// </remarks>
public sealed class ConsensusRanking
{
    private readonly ConsensusOptions _options;
    private readonly IReadOnlyList<ConsensusRun> _runs;
    private readonly Question[] _questions;
    private readonly (int Question, double Share)[] _part;
    private readonly StarIndex _stars;
    private readonly int _words;
    private readonly ulong[] _flaggedBy;

    /// <exception cref="ArgumentException">runs of one question analysed different stars</exception>
    /// <exception cref="DiscoveryException">an option is out of range</exception>
    public ConsensusRanking(
        IReadOnlyList<ConsensusRun> runs,
        ConsensusOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        _options = options ?? ConsensusOptions.Default;
        _options.Validate();
        _runs = runs;
        _stars = new StarIndex(StarSet.Union(runs.Select(r => r.Marks.Marked)));
        _words = (runs.Count + 63) / 64;
        _flaggedBy = new ulong[(long)_stars.Count * _words];
        for (var r = 0; r < runs.Count; r++)
        {
            foreach (var star in runs[r].Marks.Marked)
                _flaggedBy[(long)_stars.IndexOf(star) * _words + r / 64] |= 1UL << (r % 64);
        }
        var groups = runs.Index().GroupBy(r => r.Item.Question).ToList();
        _part = new (int, double)[runs.Count];
        DrawOf = new int[runs.Count];
        var draw = 0;
        foreach (var (q, group) in groups.Index())
        {
            if (group.Any(r => r.Item.Marks.Analysed.Count != group.First().Item.Marks.Analysed.Count))
                throw new ArgumentException("runs of one question analysed different stars", nameof(runs));
            foreach (var shared in group.GroupBy(r => r.Item.Seed))
            {
                foreach (var (r, _) in shared)
                    (_part[r], DrawOf[r]) = ((q, 1.0 / shared.Count()), draw);
                draw++;
            }
        }
        var counts = groups.ConvertAll(_ => new Dictionary<double, long>());
        var flagged = new double[groups.Count];
        for (var i = 0; i < _stars.Count; i++)
        {
            if (i % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Sum(i, flagged);
            for (var q = 0; q < flagged.Length; q++)
            {
                if (flagged[q] > 0)
                    counts[q][flagged[q]] = counts[q].GetValueOrDefault(flagged[q]) + 1;
            }
        }
        _questions = [.. groups.Select((g, q) => new Question([.. g.Select(r => r.Index)], g.First().Item, Draws(q), counts[q], _options))];

        int Draws(int question) =>
            Enumerable.Range(0, runs.Count).Where(r => _part[r].Question == question).DistinctBy(r => DrawOf[r]).Count();
    }

    /// <summary>In the order of their first runs.</summary>
    public IReadOnlyList<ConsensusQuestion> Questions => [.. _questions.Select(q => new ConsensusQuestion(q.Runs, q.Draws, q.MeanRate))];

    /// <summary>The draw of each run, from 0: runs of one number share a fitted detector.</summary>
    public int[] DrawOf { get; }

    /// <summary>Stars that at least one run flags.</summary>
    public int Count => _stars.Count;

    /// <summary>The surest stars first; of equals the one with more runs, then the lower id.</summary>
    public IReadOnlyList<StarConsensus> Top(int limit, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var judged = new RankedStar[_stars.Count];
        var flagged = new double[_questions.Length];
        for (var i = 0; i < judged.Length; i++)
        {
            if (i % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
            Sum(i, flagged);
            var (rank, asked, runs) = (0.0, 0, 0);
            for (var q = 0; q < _questions.Length; q++)
            {
                if (!_questions[q].Analysed.Contains(_stars[i]))
                    continue;
                var posterior = _questions[q].Of(flagged[q]);
                rank += _options.Order == ConsensusOrder.Mean ? posterior.Mean : posterior.Intervals?.CredibleLow ?? posterior.Mean;
                asked++;
                runs += _questions[q].Runs.Count;
            }
            // Sums in another order differ in their last bits: that must not decide.
            judged[i] = new RankedStar(i, runs, Math.Round(rank / asked, 10));
        }
        Array.Sort(judged);
        return [.. judged.Take(limit).Select(j => Judge(j.Star))];
    }

    private StarConsensus Judge(int star)
    {
        var flagged = new double[_questions.Length];
        Sum(star, flagged);
        var rates = new double?[_questions.Length];
        var (runs, draws, flaggedDraws) = (0, 0, 0.0);
        var found = new List<FlagPosterior>();
        for (var q = 0; q < _questions.Length; q++)
        {
            if (!_questions[q].Analysed.Contains(_stars[star]))
                continue;
            runs += _questions[q].Runs.Count;
            draws += _questions[q].Draws;
            flaggedDraws += flagged[q];
            found.Add(_questions[q].Of(flagged[q]));
            rates[q] = found[^1].Mean;
        }
        var by = Enumerable.Range(0, _runs.Count).Count(r => IsFlaggedBy(star, r));
        var posterior = found.Count == 1 ? found[0] : new FlagPosterior(found.Average(f => f.Mean), null);
        return new StarConsensus(_stars[star], by, runs, flaggedDraws, draws, posterior, rates);
    }

    /// <summary>In how many draws of each question a star is flagged.</summary>
    private void Sum(int star, double[] flagged)
    {
        Array.Clear(flagged);
        for (var r = 0; r < _runs.Count; r++)
        {
            if (IsFlaggedBy(star, r))
                flagged[_part[r].Question] += _part[r].Share;
        }
        // Thirds in another order differ in their last bits, and are one count.
        for (var q = 0; q < flagged.Length; q++)
            flagged[q] = Math.Round(flagged[q], 9);
    }

    private bool IsFlaggedBy(int star, int run) => (_flaggedBy[(long)star * _words + run / 64] >> (run % 64) & 1) != 0;

    private sealed class Question
    {
        private readonly Dictionary<double, FlagPosterior> _posteriors = [];
        private readonly FlagRates? _rates;
        private readonly ConsensusOptions _options;

        public Question(IReadOnlyList<int> runs, ConsensusRun first, int draws, Dictionary<double, long> counts, ConsensusOptions options)
        {
            (Runs, Draws, Analysed, _options) = (runs, draws, first.Marks.Analysed, options);
            var never = Analysed.Count - counts.Values.Sum();
            MeanRate = counts.Sum(c => c.Key * c.Value) / Math.Max(1, Analysed.Count) / draws;
            if (first.Seed is null)
                return;
            _rates = FlagRates.Fit([.. counts.Select(c => (c.Key, c.Value)), (0, never)], draws);
            MeanRate = _rates.Mean;
        }

        public IReadOnlyList<int> Runs { get; }
        public int Draws { get; }
        public StarSet Analysed { get; }
        public double MeanRate { get; }

        public FlagPosterior Of(double flagged)
        {
            if (!_posteriors.TryGetValue(flagged, out var posterior))
                _posteriors.Add(flagged, posterior = _rates?.Of(flagged, _options) ?? new FlagPosterior(flagged / Draws, null));
            return posterior;
        }
    }

    private readonly record struct RankedStar(int Star, int Runs, double Rank) : IComparable<RankedStar>
    {
        public int CompareTo(RankedStar other)
        {
            var byRank = other.Rank.CompareTo(Rank);
            if (byRank != 0)
                return byRank;
            var byRuns = other.Runs.CompareTo(Runs);
            return byRuns != 0 ? byRuns : Star.CompareTo(other.Star);
        }
    }
}
