using Almagest.Discovery.Recovery;
using Almagest.Discovery.Statistics;

namespace Almagest.Contract.Recovery;

/// <summary>How much of what was planted a run's algorithm finds. Shares have Wilson's 95 % interval.</summary>
/// <param name="Settings">all of them, those that were chosen included</param>
/// <param name="Selection">of the run, in words</param>
/// <param name="TotalStars">real stars of the selection</param>
/// <param name="Runs">how often the algorithm ran, once of them without planted stars</param>
/// <param name="Recovery">of all that was planted with a contrast, or of all planted clusters</param>
/// <param name="Seconds">how long it took</param>
public sealed record RecoveryReport(
    Guid RunId,
    string Algorithm,
    string Dataset,
    string Selection,
    RecoverySettings Settings,
    long TotalStars,
    int Runs,
    WilsonInterval Recovery,
    OutlierRecovery? Outliers,
    ClusterRecovery? Clusters,
    IReadOnlyList<string> Notes,
    double Seconds
);

/// <summary>What became of planted outliers. An anomaly run finds a star by flagging it, a cluster run by leaving it out of every
/// cluster.</summary>
/// <param name="Refused">outliers that were not planted, because the selection would hold no such star</param>
/// <param name="ByContrast">each trait at each contrast</param>
/// <param name="ByMagnitude">those with a contrast, by their magnitude</param>
/// <param name="ByDistance">the same by 1000 / parallax, parsecs</param>
/// <param name="Control">ordinary stars that were planted, contrast 0: the rate of false positives; null where there were none</param>
/// <param name="Real">the real stars</param>
public sealed record OutlierRecovery(
    int Refused,
    IReadOnlyList<ContrastRecovery> ByContrast,
    IReadOnlyList<RecoveryBin> ByMagnitude,
    IReadOnlyList<RecoveryBin> ByDistance,
    WilsonInterval? Control,
    RealStarMarks Real
);

/// <param name="Trait">color, magnitude or motion</param>
/// <param name="Contrast">in spreads</param>
/// <param name="Displacement">the same in <paramref name="Unit"/></param>
public sealed record ContrastRecovery(string Trait, double Contrast, double Displacement, string Unit, WilsonInterval Recovery);

/// <summary>What planting does to the real stars; some of them are odd indeed, so that their marks are no more than a limit to false
/// ones.</summary>
/// <param name="MarkedWithout">marked without planted stars</param>
/// <param name="Marked">over all repetitions</param>
/// <param name="MeanGained">stars that are marked only with the planted ones, a repetition</param>
/// <param name="MeanLost">stars that are marked only without them, a repetition</param>
public sealed record RealStarMarks(int MarkedWithout, WilsonInterval Marked, double MeanGained, double MeanLost);

/// <summary>What became of planted clusters. One is found where half of its members are in one cluster, and are half of it.</summary>
/// <param name="ByPlan">each set of properties</param>
/// <param name="MembersByMagnitude">members that are in the cluster that was recovered for theirs</param>
/// <param name="MembersByDistance">the same by 1000 / observed parallax, parsecs</param>
/// <param name="ByContrast">clusters by members to real stars in the sphere of the features that holds half of the members</param>
public sealed record ClusterRecovery(
    IReadOnlyList<PlanRecovery> ByPlan,
    IReadOnlyList<RecoveryBin> MembersByMagnitude,
    IReadOnlyList<RecoveryBin> MembersByDistance,
    IReadOnlyList<RecoveryBin> ByContrast,
    FalseClusters False
);

/// <param name="Planted">members that the selection would hold, mean of the repetitions</param>
/// <param name="MedianContrast">null where half of them or more have no real star around their middle</param>
/// <param name="Completeness">share of the members in the recovered clusters, mean of these; null where none was</param>
/// <param name="Purity">share of members in the recovered clusters, mean of these; the rest of such a cluster is field</param>
public sealed record PlanRecovery(
    ClusterPlan Cluster,
    WilsonInterval Recovery,
    double Planted,
    double? MedianContrast,
    double? Completeness,
    double? Purity
);

/// <param name="ClustersWithout">clusters without anything planted</param>
/// <param name="MeanFalse">clusters, a repetition, that hold no planted cluster and were not there without it</param>
/// <param name="Repetitions">those with any such cluster</param>
public sealed record FalseClusters(int ClustersWithout, double MeanFalse, WilsonInterval Repetitions);
