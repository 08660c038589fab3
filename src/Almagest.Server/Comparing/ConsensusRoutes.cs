using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Comparing;

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
            return Results.Ok(found.ToResource(by));
        }, RunChoice.Dataset, RunChoice.RunIds, Order, Limit, TableAnswer.Format)
            .WithDescription("Each star is judged by the runs that analysed it: flagged k of n, with a posterior under Jeffreys' prior and its 95 % credible interval. Runs that say nearly the same "
                + "share one say: each weighs 1 over the sum of its similarities (Cohen's kappa) to the others. Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                + "With a format, every flagged star (or the first limit of them) as one streamed table.")
            .ProducesTable<ConsensusResource>().Fails(404, 409);

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
            var start = after is null ? 0 : wanted.FindIndex(p => ComparisonResources.TokenOf(p) == after) + 1;
            if (after is not null && start == 0)
                throw LedgerException.Of(ErrorCode.BadPageToken, "the page token is malformed, or belongs to another question",
                    "Use 'next' of the page before, with the same query.", "after");
            return Results.Ok(ComparisonResources.PageOf(runs, all, wanted, start, limit));
        }, RunChoice.Dataset, RunChoice.RunIds, MaxQ, PairLimit, After, TableAnswer.Format)
            .WithDescription("Counts only the stars that both runs analysed. p value: hypergeometric. q value: adjusted over all pairs of these runs (Benjamini and Hochberg), whatever max_q and limit are. "
                + "Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                + "With a format, all such pairs as one streamed table.")
            .ProducesTable<SignificanceResource>().Fails(404, 409);
    }
}
