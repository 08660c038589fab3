using System.Diagnostics.Metrics;
using Almagest.Ledger.Views;

namespace Almagest.Server.Measuring;

/// <summary>What this server measures of its own work. OpenTelemetry's exporters and <c>/metrics</c> read the same instruments.</summary>
internal sealed class LedgerMeter
{
    public const string Name = "Almagest";
    public const string RunDuration = "almagest.run.duration";
    public const string RefreshDuration = "almagest.view.refresh.duration";

    private readonly Histogram<double> _runs;
    private readonly Histogram<double> _refreshes;

    public LedgerMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _runs = meter.CreateHistogram<double>(RunDuration, "s", "Time from the start of a run's work to its end");
        _refreshes = meter.CreateHistogram<double>(RefreshDuration, "s", "Time that a refresh of a view took");
    }

    /// <param name="outcome"><c>complete</c>, <c>failed</c> or <c>cancelled</c></param>
    public void Run(string algorithm, string outcome, TimeSpan duration) =>
        _runs.Record(duration.TotalSeconds, new("algorithm", algorithm), new("outcome", outcome));

    public void Refreshed(IEnumerable<ViewRefreshOutcome> outcomes)
    {
        foreach (var o in outcomes)
            _refreshes.Record(o.DurationMs / 1000, new("view", o.ViewName), new("outcome", o.Succeeded ? "succeeded" : "failed"));
    }
}
