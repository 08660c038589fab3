using Almagest.Contract.Comparison;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Resources;

/// <summary>What many runs say together, as the API and the command line give it.</summary>
public static class ConsensusResources
{
    /// <param name="order">the order that was asked for</param>
    public static ConsensusResource ToResource(this StarConsensusList found, ConsensusOrder order)
    {
        ArgumentNullException.ThrowIfNull(found);
        return new ConsensusResource(
            [.. found.Runs.Select(r => new RunWeightResource(r.Run.RunId, r.Weight))],
            found.EffectiveRuns,
            order == ConsensusOrder.Mean ? "mean" : "low",
            [.. found.Stars.Select((s, place) => ToResource(s.Consensus, s.Star, place + 1))],
            found.Total,
            found.Stars.Count < found.Total
        );
    }

    public static ClusterIdentityList ToResource(this RunClusterIdentities found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var listed = found
            .Identities.Identities.Select(
                (identity, place) =>
                    new ClusterIdentityResource(
                        place,
                        Match(found, identity.Anchor),
                        identity.Found.Count,
                        identity.Covered,
                        identity.Stability,
                        identity.CoreSize,
                        identity.MemberCount,
                        [.. identity.Found.Select(m => Match(found, m))],
                        [
                            .. identity.Events.Select(e => new ClusterEventResource(
                                e.Kind == ClusterEventKind.Split ? "split" : "merge",
                                found.Runs[e.Run].RunId,
                                e.ClusterIds,
                                e.With
                            )),
                        ],
                        [.. identity.Members.Select(m => Member(m, found.Stars.GetValueOrDefault(m.StarId)))]
                    )
            )
            .ToList();
        return new ClusterIdentityList(
            [.. found.Runs.Select((r, i) => new IdentityRunResource(r.RunId, found.Identities.MeanAgreement[i]))],
            listed,
            found.Identities.Total,
            listed.Count < found.Identities.Total
        );
    }

    private static ConsensusStar ToResource(StarConsensus consensus, Star star, int rank) =>
        new(
            rank,
            star.StarId,
            star.SourceId,
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            consensus.Flagged,
            consensus.Analysed,
            consensus.EffectiveFlagged,
            consensus.EffectiveAnalysed,
            consensus.Posterior.Mean,
            consensus.Posterior.Low,
            consensus.Posterior.High
        );

    private static IdentityMatchResource Match(RunClusterIdentities found, IdentityMatch match) =>
        new(found.Runs[match.Run].RunId, match.ClusterId, match.Size, match.Jaccard);

    private static IdentityMember Member(MembershipProbability member, Star? star) =>
        new(
            member.StarId,
            star?.SourceId,
            star?.RaDeg,
            star?.DecDeg,
            star?.ParallaxMas,
            star?.PmraMasYr,
            star?.PmdecMasYr,
            star?.Magnitude,
            star?.Color,
            member.In,
            member.Of,
            member.Probability
        );
}
