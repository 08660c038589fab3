using Almagest.Contract.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Replay;
using Almagest.Runs.Results;

namespace Almagest.Server.Runs;

/// <summary>What to run: which stars, which algorithm, which parameters.</summary>
public sealed record RunRequestBody
{
    /// <summary>anomaly or cluster; may be left out where the algorithm is given.</summary>
    public string? RunType { get; init; }

    /// <summary>Its name; may be left out where the run type is given.</summary>
    public string? Algorithm { get; init; }

    /// <summary>Name of the dataset, or its id as a string or a number; an array of them for stars of several.</summary>
    public JsonElement Dataset { get; init; }

    /// <summary>Conditions that all stars of the selection fulfil; left out = the whole dataset.</summary>
    public JsonElement Filter { get; init; }

    /// <summary>Parameters of the algorithm in scikit-learn's names; what is left out has its default. Without <c>features</c> the recipe is chosen by what columns the stars have, and stored.</summary>
    public JsonElement Parameters { get; init; }
}

/// <summary>One execution of one algorithm with one set of parameters on one selection. Immutable once complete.</summary>
/// <param name="RunId">UUID version 7: in order of creation</param>
/// <param name="RunType">anomaly or cluster</param>
/// <param name="Parameters">every parameter, defaults included</param>
/// <param name="DatasetId">the dataset; of several the first</param>
/// <param name="Dataset">its name</param>
/// <param name="Datasets">names of all datasets of the selection</param>
/// <param name="SelectionHash">SHA-256 of the selection: equal where the same filter meets the same bytes of a catalogue; null where an older program stored the run</param>
/// <param name="Selection">the selection in words</param>
/// <param name="DatasetFilter">the selection; {} = the whole dataset</param>
/// <param name="TotalStars">stars analysed; 0 until known</param>
/// <param name="ResultsSummary">what the run found and how it prepared its data; null until it is complete</param>
/// <param name="Status">pending, running, completed, failed or cancelled</param>
/// <param name="IsComplete">whether all results are stored</param>
/// <param name="Error">why it failed; null where it did not</param>
/// <param name="ProgramVersion">version of Almagest that created it</param>
/// <param name="CompletedAt">when it ended, in whatever way; null before</param>
/// <param name="ResultsHash">SHA-256 of its results in order of star_id, see docs/runs.md: equal for a run and its repetition; null where it has none</param>
/// <param name="RetryOf">the run that it repeats; null where it does not</param>
/// <param name="GroupId">the sweep that it belongs to; null where it does not</param>
/// <param name="Stage">load, compute or persist while it is worked on; null otherwise</param>
/// <param name="Percent">how far it is, 0 to 100, as of the last heartbeat</param>
/// <param name="Attempts">how often a worker took it</param>
/// <param name="HeartbeatAt">last sign of life of its worker, by the database's clock</param>
/// <param name="CancelRequestedAt">when somebody wished it cancelled; null where nobody did</param>
public sealed record RunBody(
    Guid RunId, string RunType, string Algorithm, RawJson Parameters, long DatasetId, string Dataset, IReadOnlyList<string> Datasets, RawJson DatasetFilter, string Selection, string? SelectionHash, long TotalStars,
    RawJson? ResultsSummary, string Status, bool IsComplete, string? Error, long? RandomSeed, string ProgramVersion,
    DateTime CreatedAt, DateTime? StartedAt, DateTime? CompletedAt, string? ResultsHash, Guid? RetryOf, Guid? GroupId,
    string? Stage, double Percent, int Attempts, DateTime? HeartbeatAt, DateTime? CancelRequestedAt)
{
    /// <summary>In the answer to the request that started it: why this recipe of features was taken; null where it was named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FeaturesChosen { get; init; }

    /// <param name="names">of the datasets, by id</param>
    internal static RunBody From(DiscoveryRun r, IReadOnlyDictionary<long, string> names) => new(
        r.RunId, r.RunType, r.Algorithm, new RawJson(r.Parameters), r.DatasetId, names.GetValueOrDefault(r.DatasetId, ""), RunDatasets.Names(r, names), new RawJson(r.DatasetFilter),
        StarFilter.FromJson(r.DatasetFilter).Describe(), r.SelectionHash, r.TotalStars,
        RawJson.From(r.ResultsSummary), r.Status, r.IsComplete, r.Error, r.RandomSeed, r.ProgramVersion, r.CreatedAt, r.StartedAt, r.CompletedAt,
        r.ResultsHash, r.RetryOf, r.GroupId, r.ProgressStage, RunEventBody.PercentOf(r, RunEventBody.StoredProgress(r)), r.Attempts, r.HeartbeatAt, r.CancelRequestedAt);
}

/// <summary>A page of runs.</summary>
/// <param name="Next">give it as after, with the same sort, for the next page; null on the last</param>
public sealed record RunPageBody(IReadOnlyList<RunBody> Items, string? Next);

/// <summary>What a run says of one star, with the catalogue's columns of the star.</summary>
/// <param name="IsAnomaly">1 = flagged; 0 throughout a cluster run</param>
/// <param name="AnomalyScore">negative = anomalous (scikit-learn's decision_function); null in a cluster run</param>
/// <param name="ClusterId">number of its cluster from 0, -1 = noise; null in an anomaly run</param>
/// <param name="SourceId">the catalogue's own id</param>
/// <param name="RaDeg">ICRS right ascension, degrees</param>
/// <param name="DecDeg">ICRS declination, degrees</param>
/// <param name="ParallaxMas">parallax, mas</param>
/// <param name="PmraMasYr">proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">proper motion in declination, mas/yr</param>
/// <param name="Magnitude">magnitude in the dataset's main band</param>
/// <param name="Color">colour index, mag</param>
/// <param name="MembershipProbability">strength of the membership in its cluster, 0 to 1, where the algorithm has one (hdbscan); null otherwise</param>
public sealed record ResultBody(
    Guid RunId, long StarId, int IsAnomaly, double? AnomalyScore, int? ClusterId, string SourceId, double RaDeg, double DecDeg,
    double? ParallaxMas, double? PmraMasYr, double? PmdecMasYr, double? Magnitude, double? Color, double? MembershipProbability)
{
    internal static ResultBody From(StarResult r) => new(
        r.RunId, r.StarId, r.IsAnomaly, r.AnomalyScore, r.ClusterId, r.SourceId, r.RaDeg, r.DecDeg, r.ParallaxMas, r.PmraMasYr, r.PmdecMasYr, r.Magnitude, r.Color, r.MembershipProbability);
}

/// <summary>A page of a run's results.</summary>
/// <param name="Next">give it as after for the next page; null on the last</param>
/// <param name="Total">results that the query selects, on all pages</param>
/// <param name="Truncated">whether there are more after this page</param>
public sealed record ResultPageBody(IReadOnlyList<ResultBody> Items, string? Next, long Total, bool Truncated);

/// <summary>How far a run is.</summary>
/// <param name="Stage">load, compute or persist while it runs; null otherwise</param>
/// <param name="Fraction">part of the stage that is done, 0 to 1; null where not known</param>
/// <param name="Percent">how far the whole run is, 0 to 100; it falls only where the run is started again</param>
/// <param name="Error">why it failed; null where it did not</param>
public sealed record RunEventBody(Guid RunId, string Status, string? Stage, double? Fraction, double Percent, string? Error)
{
    /// <param name="live">what this process knows, which is fresher than the ledger; null where another works on it</param>
    internal static RunEventBody From(DiscoveryRun run, RunProgress? live)
    {
        var progress = run.Status == RunStatus.Running ? live ?? StoredProgress(run) : null;
        return new RunEventBody(run.RunId, run.Status, progress?.Stage, progress?.Fraction, PercentOf(run, progress), run.Error);
    }

    internal static RunProgress? StoredProgress(DiscoveryRun run) => run.ProgressStage is null ? null : new RunProgress(run.ProgressStage, run.ProgressFraction ?? 0);

    internal static double PercentOf(DiscoveryRun run, RunProgress? progress) => run.IsComplete ? 100 : Math.Round(progress?.Percent ?? 0, 1);
}

/// <summary>Whether a run came out again as it is stored.</summary>
/// <param name="IsReproduced">whether every stored row came out again to the last bit, and no other</param>
/// <param name="IsIntact">whether the stored rows are those that were stored with the run; null where it has no hash</param>
/// <param name="StoredRows">rows that are stored</param>
/// <param name="EqualRows">rows that are the same</param>
/// <param name="DifferentRows">stars of which the stored and the recomputed row differ</param>
/// <param name="OnlyStored">stars that the selection no longer holds</param>
/// <param name="OnlyRecomputed">stars that the stored run lacks</param>
/// <param name="ResultsHash">the hash kept with the run</param>
/// <param name="StoredRowsHash">the hash of the rows as they are stored now</param>
/// <param name="RecomputedHash">the hash of the rows as they are computed now</param>
/// <param name="RunVersion">version of Almagest that made the run</param>
/// <param name="ProgramVersion">version of Almagest that recomputed it</param>
/// <param name="Examples">the first differences, by star_id; at most ten</param>
/// <param name="Notes">what may explain a difference</param>
public sealed record ReplayBody(
    Guid RunId, bool IsReproduced, bool? IsIntact, long StoredRows, long EqualRows, long DifferentRows, long OnlyStored, long OnlyRecomputed,
    string? ResultsHash, string StoredRowsHash, string RecomputedHash, string RunVersion, string ProgramVersion,
    IReadOnlyList<ReplayDifference> Examples, IReadOnlyList<string> Notes)
{
    internal static ReplayBody From(ReplayReport r) => new(r.Run.RunId, r.IsReproduced, r.IsIntact, r.Rows, r.Equal, r.Different, r.OnlyStored, r.OnlyRecomputed,
        r.Run.ResultsHash, r.StoredRowsHash, r.RecomputedHash, r.Run.ProgramVersion, r.ProgramVersion, r.Examples, r.Notes);
}
