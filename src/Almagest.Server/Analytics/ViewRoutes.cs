using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Analytics;

/// <summary>Maps the route of each view that has one, from its descriptor.</summary>
internal sealed class ViewRoutes(IEndpointRouteBuilder group, LedgerDatabase ledger, ConditionalResponses answers) : IViewVisitor<bool>
{
    public void Map()
    {
        foreach (var view in AnalyticsViews.All.Where(v => v.Route is not null))
            view.Accept(this);
    }

    public bool Visit<TRow>(AnalyticsView<TRow> view)
        where TRow : class
    {
        var route = view.Route!;
        var parameters = new ViewParameters(view, ledger);
        var mapped = group
            .Route(
                "GET",
                $"/{route.Path}",
                route.Operation,
                route.Summary,
                context => AnswerAsync(context, view, parameters),
                parameters.All
            )
            .ProducesTable<TRow[]>()
            .KeepsUp(route.Description);
        if (view.Filters.Any(f => f is RunFilter or DatasetFilter))
            mapped.Fails(404);
        return true;
    }

    /// <summary>One reading of the request, one statement; JSON with the validators of HTTP, or a table in the format that is asked
    /// for.</summary>
    private async Task<IResult> AnswerAsync<TRow>(HttpContext context, AnalyticsView<TRow> view, ViewParameters parameters)
        where TRow : class
    {
        var rows = await parameters.ReadAsync(context);
        if (view.Route!.Refuse?.Invoke(rows) is { } refusal)
            throw refusal;
        var run = view.Filters.OfType<RunFilter>().Select(f => rows.Conditions.GetValueOrDefault(f.Name) as Guid?).FirstOrDefault();
        if (TableResponse.Wanted(context) is { } format)
        {
            // Refused here: an answer that has begun cannot become an error. A table is whole unless it is asked to be shorter.
            if (run is { } asked)
                await new RunRepository(ledger).GetAsync(asked, context.RequestAborted);
            if (!parameters.IsLimited(context))
                rows = rows with { Limit = null };
            return TableResponse.Of(
                context,
                await new ViewExport(ledger).TableAsync(view, rows, context.RequestAborted),
                format,
                view.Name
            );
        }
        return await answers.AnswerAsync(
            context,
            view,
            async queries =>
            {
                var found = await queries.ReadAsync(view, rows, context.RequestAborted);
                if (found.Count > 0 || run is not { } id)
                    return found;
                // Nothing to say of a run that exists is an empty list or says why; of one that does not, an error. That is no matter of
                // the view.
                var known = await new RunRepository(ledger).GetAsync(id, context.RequestAborted);
                return view.Route.NoRows is { } why ? throw why(known) : null;
            }
        );
    }
}
