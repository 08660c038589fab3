using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Cli.Reports;

/// <summary>A stored run in few words, from its row alone.</summary>
internal static class RunSummaryText
{
    /// <summary>E.g. <c>618 flagged</c> or <c>3 clusters</c>; what became of a run that is not complete.</summary>
    public static string ShortFound(DiscoveryRun run) => Found(run).Split(", ")[0];

    /// <summary>E.g. <c>618 flagged</c> or <c>3 clusters, 812 noise</c>; what became of a run that is not complete.</summary>
    public static string Found(DiscoveryRun run)
    {
        if (!run.IsComplete)
            return run.Status;
        return run.RunType == RunTypes.Anomaly
            ? $"{ConsoleText.Count(Of(nameof(ResultsSummary.AnomalyCount)))} flagged"
            : $"{ConsoleText.Plural(Of(nameof(ResultsSummary.ClusterCount)), "cluster", "clusters")}, "
                + $"{ConsoleText.Count(Of(nameof(ResultsSummary.NoiseCount)))} noise";

        long Of(string count) => ResultsSummary.CountIn(run.ResultsSummary, count);
    }

    public static string Selection(DiscoveryRun run) => StarFilter.FromJson(run.DatasetFilter).Describe();

    // A number of hundreds of digits would break any table.
    internal static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? "0.####e+0" : "0.####", CultureInfo.InvariantCulture);
}
