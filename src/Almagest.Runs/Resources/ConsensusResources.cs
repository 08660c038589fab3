using Almagest.Contract.Comparison;
using Almagest.Contract.Serialization;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Resources;

/// <summary>What many runs say together, as the API and the command line give it.</summary>
public static class ConsensusResources
{
    public static ConsensusResource ToResource(this StarConsensusList found)
    {
        ArgumentNullException.ThrowIfNull(found);
        var questionOf = new int[found.Runs.Count];
        foreach (var (q, question) in found.Questions.Index())
        {
            foreach (var run in question.Runs)
                questionOf[run] = q + 1;
        }
        return new ConsensusResource(
            [.. found.Runs.Select((r, i) => new ConsensusRunResource(r.RunId, questionOf[i], found.DrawOf[i] + 1))],
            [.. found.Questions.Select((q, i) => ToResource(q, found.Runs, i + 1))],
            found.Questions.Sum(q => q.Draws),
            found.Options.Level,
            found.Options.Further,
            found.Options.Order == ConsensusOrder.Mean ? "mean" : "low",
            [
                .. found.Stars.Select(
                    (s, place) =>
                        ToResource(s.Consensus, s.Star, place + 1) with
                        {
                            MeanFlagProbability = found.FlagProbabilities.TryGetValue(s.Star.StarId, out var p) ? p : null,
                        }
                ),
            ],
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

    private static ConsensusQuestionResource ToResource(ConsensusQuestion question, IReadOnlyList<DiscoveryRun> runs, int number)
    {
        var first = runs[question.Runs[0]];
        return new ConsensusQuestionResource(
            number,
            first.Algorithm,
            new RawJson(RunOrigin.Parameters(first).ToJsonString()),
            StarFilter.FromJson(first.DatasetFilter).Describe(),
            first.TotalStars,
            question.Runs.Count,
            question.Draws,
            question.MeanRate
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
            consensus.FlaggedDraws,
            consensus.Draws,
            consensus.Posterior.Mean,
            consensus.Posterior.Intervals?.CredibleLow,
            consensus.Posterior.Intervals?.CredibleHigh,
            consensus.Posterior.Intervals?.PredictiveLow,
            consensus.Posterior.Intervals?.PredictiveHigh,
            consensus.Rates
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
