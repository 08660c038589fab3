using Almagest.Ledger.Views;

namespace Almagest.Bench.Views;

/// <summary>What was measured with a number of prior runs.</summary>
/// <param name="PairingMs">what of an anomaly run's maintenance paired it with the others</param>
/// <param name="Refresh">null where mode refresh was not measured</param>
public sealed record CheckPoint(int Prior, IReadOnlyList<CompletionCost> Recent, double PairingMs, RefreshTimes? Refresh)
{
    public double Write(string kind) => Median(kind, c => c.WriteMs);

    public double Views(string kind) => Median(kind, c => c.MarkMs);

    private double Median(string kind, Func<CompletionCost, double> cost)
    {
        var sorted = Recent.Where(c => c.RunType == kind).Select(cost).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>Mode refresh and the conversions, at a check point.</summary>
public sealed record RefreshTimes(IReadOnlyList<ViewRefreshOutcome> Views, double AllMs, double ToRefreshMs, double ToIncrementalMs);
