using Almagest.Ledger.Model;

namespace Almagest.Runs.Browsing;

/// <summary>A page of the table of runs.</summary>
/// <param name="Runs">runs that fit, on all pages</param>
/// <param name="TotalRows">rows that they make, on all pages</param>
/// <param name="Types">which types of runs are among those that fit</param>
/// <param name="Lacking">numbers that no run of the ledger has: there are no labels, or no judged clusters</param>
/// <param name="Differing">parameters in which runs that fit differ from one another</param>
/// <param name="Parameters">all parameters that runs that fit have</param>
public sealed record RunTablePage(
    IReadOnlyList<RunTableRow> Rows,
    long Runs,
    long TotalRows,
    IReadOnlySet<string> Types,
    IReadOnlySet<string> Lacking,
    IReadOnlyList<string> Differing,
    IReadOnlyList<string> Parameters
);

/// <summary>A run, or the runs of a sweep that fit.</summary>
/// <param name="Run">the run, or the newest of them</param>
/// <param name="Count">how many they are</param>
/// <param name="Statuses">how many have each status</param>
/// <param name="Metrics">by name; those that none of them has are left out</param>
/// <param name="Parameters">by name</param>
/// <param name="Note">the last one; null = none</param>
public sealed record RunTableRow(
    DiscoveryRun Run,
    int Count,
    IReadOnlyDictionary<string, int> Statuses,
    IReadOnlyDictionary<string, MetricSpan> Metrics,
    IReadOnlyDictionary<string, ParameterSpan> Parameters,
    IReadOnlyList<string> Tags,
    string? Note,
    long Notes
)
{
    /// <summary>Whether it stands for several runs.</summary>
    public bool IsSweep => Count > 1;
}

/// <summary>A number of one run, or of several.</summary>
/// <param name="Count">runs that have it</param>
/// <param name="Spread">sample standard deviation; null of one run</param>
public sealed record MetricSpan(int Count, double Mean, double? Spread, double Least, double Most);

/// <summary>A parameter of one run, or of several.</summary>
/// <param name="Values">how many different ones</param>
/// <param name="Least">the least number, or the first text; null where it is not set</param>
/// <param name="Most">the greatest number, or the last text</param>
/// <param name="IsNumber">whether all are numbers</param>
public sealed record ParameterSpan(int Values, string? Least, string? Most, bool IsNumber);
