using System.Text.Json.Serialization;
using Almagest.Contract.Datasets;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Contract.Status;
using Almagest.Ledger.Views.Timeline;

namespace Almagest.Cli.Demo;

/// <summary>What <c>demo --json</c> prints.</summary>
internal sealed record DemoDocument(
    IngestResource Ingest,
    IReadOnlyList<DemoRunDocument> Runs,
    RefreshResource Refresh,
    IReadOnlyList<PersistentStar> MostPersistent,
    IReadOnlyList<RunPair> Overlaps,
    IReadOnlyList<TimelineRow> Timeline,
    double ElapsedMs
)
{
    /// <summary>Where it serves; left out where it does not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Server { get; init; }
}

/// <summary>One run of the demonstration: the fields of the run, and how it stands beside the truth.</summary>
/// <param name="Run">names it in the tables</param>
/// <param name="Error">why it could not be done with this catalogue; null where it was</param>
/// <param name="Precision">of an anomaly run, where outliers are known</param>
/// <param name="Score">the run beside the labels, as <c>runs score</c> gives it; null where there are none</param>
internal sealed record DemoRunDocument(
    string Run,
    Guid? RunId,
    string RunType,
    string Algorithm,
    RawJson Parameters,
    string? FeaturesChosen,
    string? Error,
    long TotalStars,
    long? AnomalyCount,
    double? Precision,
    double? Recall,
    long? ClusterCount,
    long? NoiseCount,
    IReadOnlyList<ClusterDescription> Clusters,
    RunScoreResource? Score,
    IReadOnlyList<string> Notes,
    RunTimings? Timings
)
{
    public static DemoRunDocument Of(DemoRun run) =>
        new(
            run.Letter,
            run.RunId,
            run.Planned.Parameters.Algorithm.RunType,
            run.Planned.Parameters.Algorithm.Name,
            new RawJson(run.Parameters.ToJson()),
            run.Choice?.Reason,
            run.Failure,
            run.Stars,
            run.IsAnomaly ? run.Found : null,
            run.Score?.Anomalies?.Precision.Share,
            run.Score?.Anomalies?.Recall.Share,
            run.IsAnomaly ? null : run.Found,
            run.IsAnomaly ? null : run.Noise,
            run.Clusters,
            run.Score,
            run.Notes,
            run.Timings
        );
}
