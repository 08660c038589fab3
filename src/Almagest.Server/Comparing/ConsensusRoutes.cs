using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Comparing;

/// <summary>Stars on which runs agree.</summary>
/// <param name="Runs">the runs that were asked, in order of creation, with their weights</param>
/// <param name="EffectiveRuns">sum of the weights: how many unrelated runs they are worth</param>
/// <param name="Order">low or mean</param>
/// <param name="Items">the surest stars first</param>
/// <param name="Total">stars that at least one run flags</param>
/// <param name="Truncated">whether there are more stars than items</param>
public sealed record ConsensusBody(IReadOnlyList<RunWeightBody> Runs, double EffectiveRuns, string Order, IReadOnlyList<ConsensusStarBody> Items, long Total, bool Truncated);

/// <summary>The say of one run.</summary>
/// <param name="Weight">1 over the sum of its similarities to all the runs, itself included: 1 = unlike any other, 1/m = one of m identical runs</param>
public sealed record RunWeightBody(Guid RunId, double Weight);

/// <summary>What many runs say of one star together.</summary>
/// <param name="Rank">from 1</param>
/// <param name="FlaggedRuns">runs that flag it: k</param>
/// <param name="AnalysedRuns">runs that analysed it: n</param>
/// <param name="EffectiveFlagged">sum of the weights of the k runs, weighted among the n that analysed the star</param>
/// <param name="EffectiveAnalysed">sum of the weights of the n runs</param>
/// <param name="PosteriorMean">mean of the rate at which runs flag it, after what was seen, 0 to 1</param>
/// <param name="CredibleLow">lower end of the central 95 % credible interval</param>
/// <param name="CredibleHigh">its upper end</param>
public sealed record ConsensusStarBody(
    int Rank, long StarId, string SourceId, double RaDeg, double DecDeg, double? ParallaxMas, double? PmraMasYr, double? PmdecMasYr, double? Magnitude, double? Color,
    int FlaggedRuns, int AnalysedRuns, double EffectiveFlagged, double EffectiveAnalysed, double PosteriorMean, double CredibleLow, double CredibleHigh)
{
    internal static ConsensusStarBody From((StarConsensus Consensus, Star Star) found, int place)
    {
        var (c, s) = found;
        return new ConsensusStarBody(place + 1, s.StarId, s.SourceId, s.RaDeg, s.DecDeg, s.ParallaxMas, s.PmraMasYr, s.PmdecMasYr, s.Magnitude, s.Color,
            c.Flagged, c.Analysed, c.EffectiveFlagged, c.EffectiveAnalysed, c.Posterior.Mean, c.Posterior.Low, c.Posterior.High);
    }
}

internal static class ConsensusRoutes
{
    static readonly Choice Order = new("order", "by the lower end of the credible interval, or by the posterior mean", ["low", "mean"], "low");
    static readonly WholeNumber Limit = new("limit", "most stars", 1, ConsensusReader.MostStars, 100);
    static readonly Number MaxQ = new("max_q", "only pairs whose q value is at most this", 0, 1, 1);
    static readonly WholeNumber PairLimit = new("limit", "most pairs", 1, 5000, 50);
    static readonly Words After = new("after", "next of the page before");

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/analytics/discovery").WithTags("Comparing");

        group.Route("GET", "/consensus", "getConsensus", "Stars that anomaly runs agree on, the surest first", async context =>
        {
            var order = Order.Read(context)!;
            var runs = await RunChoice.ReadAsync(context, ledger);
            var by = order == "mean" ? ConsensusOrder.Mean : ConsensusOrder.Low;
            var limit = Limit.ReadInt(context);
            if (TableAnswer.Wanted(context) is { } format)
            {
                var most = context.Request.Query[Limit.Name] is [{ Length: > 0 }, ..] ? limit : (int?)null;
                return TableAnswer.Of(context, await new ConsensusExport(ledger).TableAsync(runs, by, most, context.RequestAborted), format, "consensus");
            }
            var found = await new ConsensusReader(ledger).ReadAsync(runs, limit, by, context.RequestAborted);
            return Results.Ok(new ConsensusBody(found.Runs.Select(r => new RunWeightBody(r.Run.RunId, r.Weight)).ToList(), found.EffectiveRuns, order,
                found.Stars.Select(ConsensusStarBody.From).ToList(), found.Total, found.Stars.Count < found.Total));
        }, RunChoice.Dataset, RunChoice.RunIds, Order, Limit, TableAnswer.Format)
            .WithDescription("Each star is judged by the runs that analysed it: flagged k of n, with a posterior under Jeffreys' prior and its 95 % credible interval. Runs that say nearly the same "
                + "share one say: each weighs 1 over the sum of its similarities (Cohen's kappa) to the others. Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                + "With a format, every flagged star (or the first limit of them) as one streamed table.")
            .ProducesTable<ConsensusBody>().Fails(404, 409);

        group.Route("GET", "/overlaps/significance", "getOverlapSignificance", "Which pairs of anomaly runs agree more than by chance", async context =>
        {
            var (most, limit, after) = (MaxQ.Read(context), PairLimit.ReadInt(context), After.Read(context));
            var runs = await RunChoice.ReadAsync(context, ledger);
            var all = PairSignificance.Matrix(runs, await new RunSetReader(ledger).MarksAsync(runs, context.RequestAborted));
            var wanted = all.Where(p => Math.Pow(10, p.Log10QValue) <= most).ToList();
            if (TableAnswer.Wanted(context) is { } format)
            {
                TableAnswer.RefusePaging(context, PairLimit.Name, After.Name);
                var rows = FormattableString.Invariant($"pairs with a q value of at most {most}, most significant first");
                return TableAnswer.Of(context, await new MatrixExport(ledger).TableAsync(runs, wanted, rows, context.RequestAborted), format, "overlaps");
            }
            var start = after is null ? 0 : wanted.FindIndex(p => Token(p) == after) + 1;
            if (after is not null && start == 0)
                throw LedgerException.Of(ErrorCode.BadPageToken, "the page token is malformed, or belongs to another question",
                    "Use 'next' of the page before, with the same query.", "after");
            var page = wanted.Skip(start).Take(limit).ToList();
            var more = start + page.Count < wanted.Count;
            return Results.Ok(new SignificanceBody(runs.Select(r => r.RunId).ToList(), all.Count(p => p.Overlap.Shared > 0), page.Select(PairBody.From).ToList(), more ? Token(page[^1]) : null, more));
        }, RunChoice.Dataset, RunChoice.RunIds, MaxQ, PairLimit, After, TableAnswer.Format)
            .WithDescription("Counts only the stars that both runs analysed. p value: hypergeometric. q value: adjusted over all pairs of these runs (Benjamini and Hochberg), whatever max_q and limit are. "
                + "Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                + "With a format, all such pairs as one streamed table.")
            .ProducesTable<SignificanceBody>().Fails(404, 409);
    }

    static string Token(PairSignificance pair) => $"{pair.Run1.RunId:N}{pair.Run2.RunId:N}";
}
