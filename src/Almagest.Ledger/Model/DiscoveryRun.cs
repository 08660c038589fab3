using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Clustering;

namespace Almagest.Ledger.Model;

/// <summary>One execution of one algorithm with one set of parameters on one selection. Immutable once complete.</summary>
public sealed class DiscoveryRun
{
    /// <summary>UUID version 7: ordered by time of creation.</summary>
    public Guid RunId { get; set; }

    /// <summary>What somebody calls it; null = nothing. The one thing that may change once it is complete.</summary>
    public string? Name { get; set; }

    /// <summary><see cref="RunTypes.Anomaly"/> or <see cref="RunTypes.Cluster"/>.</summary>
    public required string RunType { get; set; }

    public required string Algorithm { get; set; }

    /// <summary>JSON object of every parameter, defaults included.</summary>
    public required string Parameters { get; set; }

    public long DatasetId { get; set; }

    /// <summary>JSON object, see <c>Selections.StarFilter</c>; <c>{}</c> = the whole dataset.</summary>
    public required string DatasetFilter { get; set; }

    /// <summary>SHA-256 of the selection, 64 hexadecimal digits (<see cref="Selections.SelectionHash"/>); null where an older program
    /// stored it.</summary>
    public string? SelectionHash { get; set; }

    /// <summary>Stars analysed; 0 until known.</summary>
    public long TotalStars { get; set; }

    /// <summary>JSON object: what the run found and how it prepared its data.</summary>
    public string? ResultsSummary { get; set; }

    /// <summary>One of <see cref="RunStatus"/>.</summary>
    public required string Status { get; set; }

    /// <summary>True when all results are stored: set in the transaction that stores them.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Why it failed, in words for the user.</summary>
    public string? Error { get; set; }

    public long? RandomSeed { get; set; }

    public required string ProgramVersion { get; set; }

    /// <summary>Who started it: an account, or the name of a token; null where that is not known.</summary>
    public string? StartedBy { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime? StartedAt { get; set; }

    public DateTime? CompletedAt { get; set; }

    /// <summary>Before this, no worker of the queue takes it: whoever submitted it executes it.</summary>
    public DateTime NotBefore { get; set; }

    /// <summary>How often a worker took it. Also the token by which a worker that lost its run is told from the one that has it.</summary>
    public int Attempts { get; set; }

    /// <summary>How often it was started again because its worker was lost.</summary>
    public int Restarts { get; set; }

    /// <summary>How often that may happen; 0 = a run of a command, which fails with it.</summary>
    public int MaxRestarts { get; set; }

    /// <summary>Who works or worked on it: machine and process.</summary>
    public string? Worker { get; set; }

    /// <summary>The last sign of life of its worker, by the database's clock.</summary>
    public DateTime? HeartbeatAt { get; set; }

    /// <summary>When its cancellation was requested.</summary>
    public DateTime? CancelRequestedAt { get; set; }

    /// <summary><c>load</c>, <c>compute</c> or <c>persist</c>, as of the last heartbeat; null where it has not begun or has
    /// ended.</summary>
    public string? ProgressStage { get; set; }

    /// <summary>Part of the stage that is done, 0 to 1.</summary>
    public double? ProgressFraction { get; set; }

    /// <summary>The run that this one repeats; it may have been deleted since.</summary>
    public Guid? RetryOf { get; set; }

    /// <summary>The sweep that it belongs to.</summary>
    public Guid? GroupId { get; set; }

    /// <summary>SHA-256 of its results, 64 hexadecimal digits (<c>Runs.ResultsHash</c>); null where an older program stored it.</summary>
    public string? ResultsHash { get; set; }

    /// <summary>The rule by which <see cref="ResultsHash"/> was made: 1 = over Almagest's own ids of stars, 2 = over the catalogue's, 3 =
    /// over the rows of results in files; null where there is none.</summary>
    public int? ResultsHashVersion { get; set; }

    /// <summary>The set of stars that it analysed (<see cref="InPlace.AnalysedStars"/>), where the results of all of them are in files and
    /// the table of results has those of the stars that it flagged alone; null where every result is in the ledger.</summary>
    public long? StarSetId { get; set; }

    /// <summary>Where its results are, of a run whose results are in files (<see cref="InPlace.ResultFiles"/>), JSON; null
    /// otherwise.</summary>
    public string? ResultFiles { get; set; }
}

/// <summary>A request that may come twice: what it asked for, and the run that it started.</summary>
public sealed class IdempotencyKey
{
    public required string Key { get; set; }

    /// <summary>SHA-256 of the request as it was understood, 64 hexadecimal digits.</summary>
    public required string RequestHash { get; set; }

    /// <summary>The run, or the first of the sweep.</summary>
    public Guid RunId { get; set; }

    public DateTime CreatedAt { get; set; }
}

public static class RunTypes
{
    public const string Anomaly = AnomalyAlgorithm.Type;
    public const string Cluster = ClusterAlgorithm.Type;
    public static readonly IReadOnlyList<string> All = [Anomaly, Cluster];
}

public static class RunStatus
{
    public const string Pending = "pending";
    public const string Running = "running";
    public const string Completed = "completed";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
    public static readonly IReadOnlyList<string> All = [Pending, Running, Completed, Failed, Cancelled];
}

/// <summary>How many stars of its selection a run did not analyse for one reason, in one cell of the sky.</summary>
public sealed class DiscoveryExclusion
{
    public Guid RunId { get; set; }

    public long DatasetId { get; set; }

    /// <summary>What they lack, such as <c>no parallax</c>.</summary>
    public required string Reason { get; set; }

    /// <summary>HEALPix cell, nested scheme, order 6.</summary>
    public long Healpix6 { get; set; }

    public long Stars { get; set; }
}

/// <summary>What a run says of one of its clusters. Means are over the members that have the value, errors are standard errors of the
/// mean; null where there is none.</summary>
public sealed class DiscoveryCluster
{
    public Guid RunId { get; set; }

    public int ClusterId { get; set; }

    /// <summary>Stars in it.</summary>
    public long Size { get; set; }

    /// <summary>Of the mean direction, ICRS, degrees; null where the members have none.</summary>
    public double? RaDeg { get; set; }

    /// <summary>Times cos(dec), degrees.</summary>
    public double? RaErrorDeg { get; set; }

    public double? DecDeg { get; set; }

    public double? DecErrorDeg { get; set; }

    public double? ParallaxMas { get; set; }

    public double? ParallaxErrorMas { get; set; }

    /// <summary>From the mean parallax; null where that is no distance.</summary>
    public double? DistancePc { get; set; }

    public double? DistanceErrorPc { get; set; }

    /// <summary>Times cos(dec).</summary>
    public double? PmraMasYr { get; set; }

    public double? PmraErrorMasYr { get; set; }

    public double? PmdecMasYr { get; set; }

    public double? PmdecErrorMasYr { get; set; }

    /// <summary>The angle from the mean direction within which half of the members lie.</summary>
    public double? RadiusDeg { get; set; }

    /// <summary>Density of the members over that of the field around them; null where the algorithm does not judge its clusters.</summary>
    public double? Contrast { get; set; }

    /// <summary>Standard deviations, corrected for having searched; null likewise.</summary>
    public double? Significance { get; set; }
}

/// <summary>What one run says of one star. The key is (run, star).</summary>
public sealed class DiscoveryResult
{
    public Guid RunId { get; set; }

    public long StarId { get; set; }

    /// <summary>0 or 1: an INTEGER and not a BOOLEAN is part of the contract. 0 throughout a cluster run.</summary>
    public int IsAnomaly { get; set; }

    /// <summary>Negative = anomalous (scikit-learn's <c>decision_function</c>); null in a cluster run.</summary>
    public double? AnomalyScore { get; set; }

    /// <summary>-1 = noise; null in an anomaly run.</summary>
    public int? ClusterId { get; set; }

    /// <summary>Probability that it is a member of its cluster, of a star in none that of the likeliest one, where the algorithm
    /// calibrates one (auto); null otherwise.</summary>
    public double? MembershipProbability { get; set; }

    /// <summary>How firmly it stands in its cluster, [0, 1], where the algorithm has such a number (HDBSCAN); null otherwise. No
    /// probability.</summary>
    public double? MembershipStrength { get; set; }

    /// <summary>The chance that its true values are flagged, given what was measured: the share of draws within its errors; null in a
    /// cluster run, and where the star has no errors or the run made no draws.</summary>
    public double? FlagProbability { get; set; }

    /// <summary>Standard deviation of the scores of these draws; null likewise.</summary>
    public double? ScoreSpread { get; set; }

    /// <summary>Of a star in a cluster: the share of draws within its errors that leave it there; null otherwise.</summary>
    public double? MembershipStability { get; set; }
}
