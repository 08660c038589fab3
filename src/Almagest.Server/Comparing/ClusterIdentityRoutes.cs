using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Comparing;

/// <summary>Across which runs to recognise clusters.</summary>
public sealed record ClusterIdentityRequestBody
{
    /// <summary>2 to 100 complete cluster runs over one dataset.</summary>
    public IReadOnlyList<Guid>? RunIds { get; init; }

    /// <summary>Least Jaccard similarity of clusters that are the same one, above 0 and at most 1; 0.2 if left out.</summary>
    public double? MinJaccard { get; init; }

    /// <summary>Most clusters, 1 to 1000; 100 if left out.</summary>
    public int? Limit { get; init; }

    /// <summary>Most members listed of each, 0 to 10000; none if left out. Limit × members is at most 100000.</summary>
    public int? Members { get; init; }
}

/// <summary>Clusters recognised across runs.</summary>
/// <param name="Runs">the runs in order of creation</param>
/// <param name="Identities">clusters found in most runs first, then the larger</param>
/// <param name="Total">identities altogether</param>
/// <param name="Truncated">whether there are more than are listed</param>
public sealed record ClusterIdentitiesBody(IReadOnlyList<IdentityRunBody> Runs, IReadOnlyList<ClusterIdentityBody> Identities, int Total, bool Truncated);

/// <summary>One of the runs.</summary>
/// <param name="MeanAgreement">mean adjusted Rand index with the other runs: the most typical run has the highest</param>
public sealed record IdentityRunBody(Guid RunId, double MeanAgreement);

/// <summary>A cluster that is the same one in several runs.</summary>
/// <param name="Identity">its number in this answer, from 0</param>
/// <param name="Anchor">where it was first seen, taking the most typical run first</param>
/// <param name="FoundInRuns">runs that have it, the anchor's included</param>
/// <param name="CoveredRuns">runs that analysed any of the anchor's stars</param>
/// <param name="Stability">mean, over the other covered runs, of the best Jaccard similarity of any cluster with the anchor (Hennig 2007): 0.75 and more is stable, below 0.5 it dissolves; null where there is no other</param>
/// <param name="CoreSize">stars that belong to it in most of the runs that analysed them (membership probability above one half)</param>
/// <param name="MemberCount">stars that belong to it in any run</param>
/// <param name="Found">its cluster in each run that has it</param>
/// <param name="Events">runs in which it is split, or merged with others</param>
/// <param name="Members">the surest members first, as many as were asked for</param>
public sealed record ClusterIdentityBody(
    int Identity, IdentityMatchBody Anchor, int FoundInRuns, int CoveredRuns, double? Stability, int CoreSize, int MemberCount,
    IReadOnlyList<IdentityMatchBody> Found, IReadOnlyList<ClusterEventBody> Events, IReadOnlyList<IdentityMemberBody> Members);

/// <summary>A run's cluster.</summary>
/// <param name="Jaccard">Jaccard similarity with the anchor among the stars that both runs analysed</param>
public sealed record IdentityMatchBody(Guid RunId, int ClusterId, int ClusterSize, double Jaccard);

/// <summary>What became of the identity in a run.</summary>
/// <param name="Kind">split (several clusters are parts of it) or merge (one cluster holds it and others)</param>
/// <param name="ClusterIds">the parts, largest first; or the one cluster</param>
/// <param name="WithIdentities">of a merge: the other identities in that cluster</param>
public sealed record ClusterEventBody(string Kind, Guid RunId, IReadOnlyList<int> ClusterIds, IReadOnlyList<int> WithIdentities);

/// <summary>A star of an identity.</summary>
/// <param name="RunsIn">runs in which it belongs to it</param>
/// <param name="RunsAnalysed">runs that analysed it</param>
/// <param name="MembershipProbability">runs_in / runs_analysed</param>
public sealed record IdentityMemberBody(
    long StarId, string? SourceId, double? RaDeg, double? DecDeg, double? ParallaxMas, double? PmraMasYr, double? PmdecMasYr, double? Magnitude, double? Color,
    int RunsIn, int RunsAnalysed, double MembershipProbability);

internal static class ClusterIdentityRoutes
{
    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger) =>
        api.Route("POST", "/discovery/clusters/identity", "identifyClusters", "Recognises clusters across cluster runs", async context =>
        {
            var body = await JsonBody.ReadAsync<ClusterIdentityRequestBody>(context);
            var ids = body.RunIds ?? throw LedgerException.Invalid("run_ids", "run_ids is not given", "Give the ids of 2 to 100 complete cluster runs.");
            var standard = new ClusterMatchingOptions();
            var options = standard with { MinJaccard = body.MinJaccard ?? standard.MinJaccard, Limit = body.Limit ?? standard.Limit, Members = body.Members ?? 0 };
            var runs = await ComparedRuns.LoadAsync(ledger, ids, cancellation: context.RequestAborted);
            return Results.Ok(From(await new ClusterIdentityReader(ledger).ReadAsync(runs, options, context.RequestAborted)));
        })
            .WithTags("Comparing")
            .WithDescription("Runs are taken in the order of their mean agreement with the others; clusters are matched to those of earlier runs by the assignment with the greatest sum of Jaccard similarities. "
                + "Each cluster has one identity. Names splits and merges, and gives each star the share of runs in which it belongs. Formulas and thresholds: docs/statistics.md.")
            .Accepts<ClusterIdentityRequestBody>("application/json").Produces<ClusterIdentitiesBody>().Fails(400, 404, 409, 413, 415);

    static ClusterIdentitiesBody From(RunClusterIdentities found)
    {
        Guid Run(int number) => found.Runs[number].RunId;
        IdentityMatchBody Match(IdentityMatch m) => new(Run(m.Run), m.ClusterId, m.Size, m.Jaccard);
        var listed = found.Identities.Identities.Select((identity, i) => new ClusterIdentityBody(i, Match(identity.Anchor), identity.Found.Count, identity.Covered, identity.Stability,
            identity.CoreSize, identity.MemberCount, identity.Found.Select(Match).ToList(),
            identity.Events.Select(e => new ClusterEventBody(e.Kind == ClusterEventKind.Split ? "split" : "merge", Run(e.Run), e.ClusterIds, e.With)).ToList(),
            identity.Members.Select(m => Member(m, found.Stars.GetValueOrDefault(m.StarId))).ToList())).ToList();
        return new ClusterIdentitiesBody(found.Runs.Select((r, i) => new IdentityRunBody(r.RunId, found.Identities.MeanAgreement[i])).ToList(), listed, found.Identities.Total, listed.Count < found.Identities.Total);
    }

    static IdentityMemberBody Member(MembershipProbability m, Star? s) =>
        new(m.StarId, s?.SourceId, s?.RaDeg, s?.DecDeg, s?.ParallaxMas, s?.PmraMasYr, s?.PmdecMasYr, s?.Magnitude, s?.Color, m.In, m.Of, m.Probability);
}
