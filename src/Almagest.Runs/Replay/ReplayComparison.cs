using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Replay;

/// <summary>Compares the stored rows of a run with those that were computed again: both sides ascend in star_id, so that one pass and no
/// copy of the stored rows is enough.</summary>
/// <param name="count">rows that were computed</param>
internal sealed class ReplayComparison(DiscoveryRun run, int count, Func<int, StoredResult> recomputed)
{
    private const int MostExamples = 10;

    // Until there were two columns, one number of a membership was stored; what a newer program computes beside it is no difference.
    private readonly bool _oneMembership = run.ResultsHashVersion is not >= 2;
    private readonly List<ReplayDifference> _examples = [];
    private long _rows,
        _equal,
        _different,
        _onlyStored,
        _onlyRecomputed;
    private int _next;

    public void Meet(StoredResult stored)
    {
        _rows++;
        while (_next < count && recomputed(_next).StarId < stored.StarId)
            Miss(recomputed(_next++));
        if (_next == count || recomputed(_next).StarId > stored.StarId)
        {
            _onlyStored++;
            Show(stored.StarId, stored, null);
            return;
        }
        var now = recomputed(_next++);
        if (Same(stored, now))
        {
            _equal++;
            return;
        }
        _different++;
        Show(stored.StarId, stored, now);
    }

    /// <summary>After the last stored row.</summary>
    public void End()
    {
        while (_next < count)
            Miss(recomputed(_next++));
    }

    public ReplayReport Report(string storedHash, string recomputedHash, IReadOnlyList<string> notes) =>
        new(
            run,
            _rows,
            _equal,
            _different,
            _onlyStored,
            _onlyRecomputed,
            _examples,
            storedHash,
            recomputedHash,
            Contract.ProgramVersion.Current,
            notes
        );

    private void Miss(StoredResult row)
    {
        _onlyRecomputed++;
        Show(row.StarId, null, row);
    }

    private void Show(long star, StoredResult? stored, StoredResult? now)
    {
        if (_examples.Count < MostExamples)
            _examples.Add(new ReplayDifference(star, Text(stored), Text(now)));
    }

    private bool Same(StoredResult a, StoredResult b) =>
        a.IsAnomaly == b.IsAnomaly
        && a.ClusterId == b.ClusterId
        && Bits(a.Score) == Bits(b.Score)
        && Bits(a.FlagProbability) == Bits(b.FlagProbability)
        && Bits(a.ScoreSpread) == Bits(b.ScoreSpread)
        && Bits(a.Stability) == Bits(b.Stability)
        && (
            _oneMembership
                ? Bits(StarIdHash.MembershipOf(run.Algorithm, a)) == Bits(StarIdHash.MembershipOf(run.Algorithm, b))
                : Bits(a.Strength) == Bits(b.Strength) && Bits(a.Probability) == Bits(b.Probability)
        );

    private static long? Bits(double? value) => value is { } v ? BitConverter.DoubleToInt64Bits(v) : null;

    private static string? Text(StoredResult? row) =>
        row is not { } r ? null
        : r.Score is { } score
            ? FormattableString.Invariant($"score {score:R}{(r.IsAnomaly ? ", flagged" : "")}")
                + Part("flag probability", r.FlagProbability)
                + Part("spread", r.ScoreSpread)
        : FormattableString.Invariant(
            $"cluster {r.ClusterId}{Part("probability", r.Probability)}{Part("strength", r.Strength)}{Part("stability", r.Stability)}"
        );

    private static string Part(string name, double? value) => value is { } v ? FormattableString.Invariant($", {name} {v:R}") : "";
}
