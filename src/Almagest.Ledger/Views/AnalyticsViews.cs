using Almagest.Contract.Errors;
using Almagest.Ledger.Views.ClusterSizes;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.OverlapMatrix;
using Almagest.Ledger.Views.ParameterPerformance;
using Almagest.Ledger.Views.Quality;
using Almagest.Ledger.Views.RunStats;
using Almagest.Ledger.Views.Sensitivity;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Ledger.Views.Timeline;

namespace Almagest.Ledger.Views;

/// <summary>The views. Each line registers one; they are refreshed, and applied to a new run, in this order: what reads others comes behind
/// them.</summary>
public static class AnalyticsViews
{
    private static readonly List<AnalyticsView> s_registered = [];

    public static AnalyticsView<RunStatsRow> RunStats { get; } = Register(RunStatsView.View);
    public static AnalyticsView<ClusterSizeRow> ClusterSizes { get; } = Register(ClusterSizesView.View);
    public static AnalyticsView<StarFrequencyRow> StarFrequency { get; } = Register(StarFrequencyView.View);
    public static AnalyticsView<OverlapRow> Overlap { get; } = Register(OverlapMatrixView.View);
    public static AnalyticsView<TimelineRow> Timeline { get; } = Register(TimelineView.View);
    public static AnalyticsView<CoverageRow> Coverage { get; } = Register(DatasetCoverageView.View);
    public static AnalyticsView<QualityRow> Quality { get; } = Register(QualityView.View);
    public static AnalyticsView<ParameterPerformanceRow> Parameters { get; } = Register(ParameterPerformanceView.View);
    public static AnalyticsView<SensitivityRow> Sensitivity { get; } = Register(SensitivityView.View);

    public static IReadOnlyList<AnalyticsView> All => s_registered;

    /// <exception cref="LedgerException">no view has that name</exception>
    public static AnalyticsView Get(string name) =>
        All.FirstOrDefault(v => v.Name == name)
        ?? throw LedgerException.Of(
            ErrorCode.ViewNotFound,
            $"there is no view '{name}'",
            $"The views are {string.Join(", ", All.Select(v => v.Name))}."
        );

    private static AnalyticsView<TRow> Register<TRow>(AnalyticsView<TRow> view)
        where TRow : class
    {
        s_registered.Add(view);
        return view;
    }
}
