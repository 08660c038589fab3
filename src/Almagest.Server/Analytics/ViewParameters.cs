using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Analytics;

/// <summary>The parameters of a view's route, made from the view's descriptor, and how a request's values become conditions.</summary>
internal sealed class ViewParameters
{
    private readonly List<(ViewFilter Filter, RouteParameter Parameter, Func<HttpContext, ValueTask<object?>> Read)> _filters;
    private readonly ChoiceParameter? _sort;
    private readonly IntegerParameter? _limit;

    public ViewParameters(AnalyticsView view, LedgerDatabase ledger)
    {
        _filters = [.. view.Filters.Select(filter => Of(filter, ledger))];
        if (view.SortColumns is [var first, ..])
            _sort = new ChoiceParameter("sort", "the column to sort by, largest or newest first, nulls last", view.SortColumns, first);
        if (view.Route!.Limit is { } rows)
            _limit = new IntegerParameter("limit", rows.Description, 1, rows.Most, rows.Standard);
        All =
        [
            .. _filters.Select(f => f.Parameter),
            .. new RouteParameter?[] { _sort, _limit }.OfType<RouteParameter>(),
            TableResponse.Format,
        ];
    }

    public IReadOnlyList<RouteParameter> All { get; }

    public async ValueTask<ViewRows> ReadAsync(HttpContext context)
    {
        var rows = new ViewRows();
        foreach (var (filter, _, read) in _filters)
            rows = rows.Where(filter, await read(context));
        return rows with { Sort = _sort?.Read(context), Limit = _limit?.Read(context) };
    }

    /// <summary>Whether the request says how many rows it wants.</summary>
    public bool IsLimited(HttpContext context) => _limit is not null && context.Request.Query[_limit.Name] is [{ Length: > 0 }, ..];

    private static (ViewFilter, RouteParameter, Func<HttpContext, ValueTask<object?>>) Of(ViewFilter filter, LedgerDatabase ledger)
    {
        var (name, description) = (filter.Name, filter.Description);
        switch (filter)
        {
            case ChoiceFilter choice:
                var words = new ChoiceParameter(name, description, choice.Choices, (string?)filter.Default);
                return (filter, words, context => new(words.Read(context)));
            case NumberFilter number:
                var real = new NumberParameter(name, description, number.Least, number.Most, (double)filter.Default!);
                return (filter, real, context => new(real.Read(context)));
            case WholeFilter number:
                var whole = new IntegerParameter(name, description, number.Least, number.Most, (long?)filter.Default);
                return (filter, whole, context => new(whole.Read(context)));
            case RunFilter run:
                var id = new UuidParameter(name, description) { InPath = run.InPath };
                return (filter, id, context => new(id.Read(context)));
            case DatasetFilter:
                var dataset = new TextParameter(name, description);
                return (
                    filter,
                    dataset,
                    async context =>
                        dataset.Read(context) is { } given
                            ? (await new DatasetRepository(ledger).FindAnyAsync(given, context.RequestAborted)).DatasetId
                            : null
                );
            case ConeFilter:
                var cone = new ConeParameter(name, description);
                return (filter, cone, context => new(cone.Read(context) is var (ra, dec, radius) ? SkyCell.InCone(ra, dec, radius) : null));
            default:
                var text = new TextParameter(name, description);
                return (filter, text, context => new(text.Read(context)));
        }
    }
}
