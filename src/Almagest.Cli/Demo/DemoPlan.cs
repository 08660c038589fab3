using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Clustering.Dbscan;

namespace Almagest.Cli.Demo;

/// <summary>One run of the demonstration.</summary>
/// <param name="Why">what it shows, a few words</param>
internal sealed record PlannedRun(RunParameters Parameters, string Why);

/// <summary>
/// The runs of the demonstration: the same question asked with several thresholds, seeds and views of a star, so that the ledger has
/// something to say across runs.
/// </summary>
internal static class DemoPlan
{
    public static IReadOnlyList<PlannedRun> Runs { get; } =
    [
        new(new IsolationForestParameters { Contamination = 0.02 }, "few"),
        new(new IsolationForestParameters { Contamination = 0.05 }, "the defaults"),
        new(new IsolationForestParameters { Contamination = 0.10 }, "many"),
        new(new IsolationForestParameters { Contamination = 0.05, RandomState = 7 }, "another seed"),
        new(new IsolationForestParameters { Contamination = 0.05, Features = "classic" }, "plain columns"),
        new(new IsolationForestParameters { Contamination = 0.05, Features = "photometric+kinematic" }, "what a star is and how it moves"),
        new(new AutoParameters(), "the default: a search that chooses its scale itself"),
        new(new DbscanParameters { Eps = 0.1, MinSamples = 15 }, "one scale for all clusters"),
    ];
}
