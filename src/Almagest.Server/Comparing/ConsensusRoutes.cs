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
    private static readonly ChoiceParameter s_order = new(
        "order",
        "by the lower end of the credible interval (its mean over questions), or by the posterior mean",
        ["low", "mean"],
        "low"
    );
    private static readonly IntegerParameter s_limit = new("limit", "most stars", 1, ConsensusReader.MostStars, 100);
    private static readonly NumberParameter s_level = new(
        "level",
        "probability that an interval holds what it is for",
        ConsensusOptions.LeastLevel,
        ConsensusOptions.MostLevel,
        ConsensusOptions.Default.Level
    );
    private static readonly IntegerParameter s_further = new(
        "further",
        "further draws (seeds) whose rate of flags the predictive interval is for",
        1,
        ConsensusOptions.MostFurther,
        ConsensusOptions.Default.Further
    );
    private static readonly ChoiceParameter s_alternative = new(
        "alternative",
        "greater: a small p value says that runs have more stars in common than independent ones; two-sided: more or fewer",
        [ComparisonResources.Greater, ComparisonResources.TwoSided],
        ComparisonResources.Greater
    );
    private static readonly NumberParameter s_maxQ = new("max_q", "only pairs whose q value is at most this", 0, 1, 1);
    private static readonly IntegerParameter s_pairLimit = new("limit", "most pairs", 1, 5000, 50);
    private static readonly TextParameter s_after = new("after", "next of the page before");

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/analytics/discovery").WithTags("Comparing");

        group
            .Route(
                "GET",
                "/consensus",
                "getConsensus",
                "Stars that anomaly runs agree on, the surest first",
                async context =>
                {
                    var options = new ConsensusOptions
                    {
                        Order = s_order.Read(context) == "mean" ? ConsensusOrder.Mean : ConsensusOrder.Low,
                        Level = s_level.Read(context),
                        Further = s_further.ReadInt(context),
                    };
                    var runs = await RunChoice.ReadAsync(context, ledger);
                    var limit = s_limit.ReadInt(context);
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        var most = context.Request.Query[s_limit.Name] is [{ Length: > 0 }, ..] ? limit : (int?)null;
                        return TableResponse.Of(
                            context,
                            await new ConsensusExport(ledger).TableAsync(runs, options, most, context.RequestAborted),
                            format,
                            "consensus"
                        );
                    }
                    var found = await new ConsensusReader(ledger).ReadAsync(runs, limit, options, context.RequestAborted);
                    return Results.Ok(found.ToResource());
                },
                RunChoice.Dataset,
                RunChoice.RunIds,
                s_order,
                s_level,
                s_further,
                s_limit,
                TableResponse.Format
            )
            .WithDescription(
                "Runs that share a fitted detector and differ in the contamination are one draw, the mean of their flags; other seeds are "
                    + "independent draws given the star; other algorithms, recipes, parameters or selections ask another question. Of one "
                    + "question: the rate at which further draws flag the star, under a beta-binomial model learned from all stars, its "
                    + "credible interval, and the wider predictive interval of the rate in so many further draws. Of several: each rate "
                    + "and their plain mean. Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                    + "With a format, every flagged star (or the first limit of them) as one streamed table."
            )
            .ProducesTable<ConsensusResource>()
            .Fails(404, 409);

        group
            .Route(
                "GET",
                "/overlaps/significance",
                "getOverlapSignificance",
                "Which pairs of anomaly runs agree more than by chance",
                async context =>
                {
                    var (most, limit, after) = (s_maxQ.Read(context), s_pairLimit.ReadInt(context), s_after.Read(context));
                    var runs = await RunChoice.ReadAsync(context, ledger);
                    var alternative =
                        s_alternative.Read(context) == ComparisonResources.TwoSided
                            ? OverlapAlternative.TwoSided
                            : OverlapAlternative.Greater;
                    var marks = await new RunSetReader(ledger).MarksAsync(runs, context.RequestAborted);
                    var all = PairSignificance.Matrix(runs, marks, alternative);
                    var wanted = all.Where(p => Math.Pow(10, p.Log10QValue) <= most).ToList();
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_pairLimit.Name, s_after.Name);
                        var rows = FormattableString.Invariant(
                            $"pairs with a q value ({s_alternative.Read(context)}) of at most {most}, most significant first"
                        );
                        return TableResponse.Of(
                            context,
                            await new MatrixExport(ledger).TableAsync(runs, wanted, rows, context.RequestAborted),
                            format,
                            "overlaps"
                        );
                    }
                    var start = after is null ? 0 : wanted.FindIndex(p => ComparisonResources.TokenOf(p) == after) + 1;
                    if (after is not null && start == 0)
                        throw LedgerException.Of(
                            ErrorCode.BadPageToken,
                            "the page token is malformed, or belongs to another question",
                            "Use 'next' of the page before, with the same query.",
                            "after"
                        );
                    return Results.Ok(ComparisonResources.PageOf(runs, all, wanted, start, limit, alternative));
                },
                RunChoice.Dataset,
                RunChoice.RunIds,
                s_alternative,
                s_maxQ,
                s_pairLimit,
                s_after,
                TableResponse.Format
            )
            .WithDescription(
                "Counts only the stars that both runs analysed. p value: hypergeometric, of runs that are independent of each other, which "
                    + "no two runs over one table are: it says that a pair is alike, not why. q value: adjusted over all pairs of these "
                    + "runs (Benjamini and Hochberg), whatever max_q and limit are. "
                    + "Read from the raw results of complete runs. Formulas: docs/statistics.md. "
                    + "With a format, all such pairs as one streamed table."
            )
            .ProducesTable<SignificanceResource>()
            .Fails(404, 409);
    }
}
