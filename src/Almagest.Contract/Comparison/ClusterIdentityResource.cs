namespace Almagest.Contract.Comparison;

/// <summary>Clusters recognised across runs.</summary>
/// <param name="Runs">the runs in order of creation</param>
/// <param name="Identities">clusters found in most runs first, then the larger</param>
/// <param name="Total">identities altogether</param>
/// <param name="Truncated">whether there are more than are listed</param>
public sealed record ClusterIdentityList(
    IReadOnlyList<IdentityRunResource> Runs,
    IReadOnlyList<ClusterIdentityResource> Identities,
    int Total,
    bool Truncated
);

/// <summary>One of the runs.</summary>
/// <param name="MeanAgreement">mean adjusted Rand index with the other runs: the most typical run has the highest</param>
public sealed record IdentityRunResource(Guid RunId, double MeanAgreement);

/// <summary>A cluster that is the same one in several runs.</summary>
/// <param name="Identity">its number in this answer, from 0</param>
/// <param name="Anchor">where it was first seen, taking the most typical run first</param>
/// <param name="FoundInRuns">runs that have it, the anchor's included</param>
/// <param name="CoveredRuns">runs that analysed any of the anchor's stars</param>
/// <param name="Stability">mean, over the other covered runs, of the best Jaccard similarity of any cluster with the anchor (Hennig 2007):
/// 0.75 and more is stable, below 0.5 it dissolves; null where there is no other</param>
/// <param name="CoreSize">stars that belong to it in most of the runs that analysed them (membership probability above one half)</param>
/// <param name="MemberCount">stars that belong to it in any run</param>
/// <param name="Found">its cluster in each run that has it</param>
/// <param name="Events">runs in which it is split, or merged with others</param>
/// <param name="Members">the surest members first, as many as were asked for</param>
public sealed record ClusterIdentityResource(
    int Identity,
    IdentityMatchResource Anchor,
    int FoundInRuns,
    int CoveredRuns,
    double? Stability,
    int CoreSize,
    int MemberCount,
    IReadOnlyList<IdentityMatchResource> Found,
    IReadOnlyList<ClusterEventResource> Events,
    IReadOnlyList<IdentityMember> Members
);

/// <summary>A run's cluster.</summary>
/// <param name="Jaccard">Jaccard similarity with the anchor among the stars that both runs analysed</param>
public sealed record IdentityMatchResource(Guid RunId, int ClusterId, int ClusterSize, double Jaccard);

/// <summary>What became of the identity in a run.</summary>
/// <param name="Kind">split (several clusters are parts of it) or merge (one cluster holds it and others)</param>
/// <param name="ClusterIds">the parts, largest first; or the one cluster</param>
/// <param name="WithIdentities">of a merge: the other identities in that cluster</param>
public sealed record ClusterEventResource(string Kind, Guid RunId, IReadOnlyList<int> ClusterIds, IReadOnlyList<int> WithIdentities);

/// <summary>A star of an identity.</summary>
/// <param name="RunsIn">runs in which it belongs to it</param>
/// <param name="RunsAnalysed">runs that analysed it</param>
/// <param name="MembershipProbability">runs_in / runs_analysed: the share of the runs that have it there, no probability from its
/// errors</param>
public sealed record IdentityMember(
    long StarId,
    string? SourceId,
    double? RaDeg,
    double? DecDeg,
    double? ParallaxMas,
    double? PmraMasYr,
    double? PmdecMasYr,
    double? Magnitude,
    double? Color,
    int RunsIn,
    int RunsAnalysed,
    double MembershipProbability
);
