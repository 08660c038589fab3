using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Contract.Status;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Runs.Resources;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Analytics;

/// <summary>The questions across runs. Every answer is a look-up in a query-optimized view; only a refusal looks further, to say
/// why.</summary>
internal static class AnalyticsRoutes
{
    private const string Tag = "Analytics";
    private static readonly IntegerParameter s_starId = new("star_id", "Almagest's own id of the star", 1, long.MaxValue) { InPath = true };
    private static readonly TextParameter s_viewName = new("view", "the view's name, such as mv_star_anomaly_frequency") { InPath = true };
    private static readonly IntegerParameter s_viewLimit = new("limit", "most rows; all where it is not given", 1, long.MaxValue);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger, ConditionalResponses answers, ViewRefreshes refreshes)
    {
        var group = api.MapGroup("/analytics/discovery").WithTags(Tag);
        new ViewRoutes(group, ledger, answers).Map();
        LedgerChartRoutes.Map(group, ledger);

        var frequencies = new BatchedLookup<long, VersionedFrequency>(stars => StarFrequencyLookup.ReadAsync(ledger, stars));
        group
            .Route(
                "GET",
                "/stars/{star_id}/frequency",
                "getStarFrequency",
                "How often a star is flagged, across runs",
                context =>
                {
                    var starId = s_starId.Read(context)!.Value;
                    return answers.LookUpAsync(
                        context,
                        AnalyticsViews.StarFrequency,
                        async () =>
                        {
                            var found = (await frequencies.FindAsync(starId, context.RequestAborted))!;
                            if (found.Row is null)
                                await new DatasetRepository(ledger).RequireNotInFilesAsync(starId, context.RequestAborted);
                            return (
                                found.Freshness,
                                found.Row
                                    ?? throw LedgerException
                                        .Of(ErrorCode.StarNotAnalysed, $"no complete anomaly run analysed star {starId}")
                                        .With("star_id", starId)
                            );
                        }
                    );
                },
                s_starId
            )
            .Produces<StarFrequencyRow>()
            .KeepsUp()
            .Fails(404, 409);

        group
            .Route(
                "GET",
                "/views/{view}",
                "exportView",
                "A whole view as one table",
                async context =>
                {
                    var view = AnalyticsViews.Get(s_viewName.Read(context)!);
                    var most = s_viewLimit.Read(context);
                    return TableResponse.Of(
                        context,
                        await new ViewExport(ledger).TableAsync(view, new ViewRows { Limit = most }, context.RequestAborted),
                        TableResponse.Wanted(context) ?? TableFormat.Json,
                        view.Name
                    );
                },
                s_viewName,
                s_viewLimit,
                TableResponse.Format
            )
            .WithDescription(
                "Every row of a query-optimized view, streamed, as JSON unless a format or Accept says otherwise; docs/views.md says "
                    + "what the columns are."
            )
            .ProducesTable<JsonObject>()
            .Fails(404);

        group
            .Route(
                "POST",
                "/refresh-views",
                "refreshViews",
                "Refreshes all views now, and waits for it",
                async context => Results.Ok((await refreshes.RefreshAsync(null, context.RequestAborted)).ToResource())
            )
            .WithDescription(
                "Runs bring the views that they touch up to date by themselves; this is for operators. Readers are not blocked. "
                    + "Requests that come while a refresh is under way share the one after it."
            )
            .Produces<RefreshResource>()
            .DisableRequestTimeout();

        var status = new ViewStatusReader(ledger);
        var reports = new BatchedLookup<string, byte[]>(async one =>
        {
            var views = await status.ReadAsync();
            var report = JsonSerializer.SerializeToUtf8Bytes(views, LedgerJson.Options);
            return one.ToDictionary(key => key, _ => report);
        });
        group
            .Route(
                "GET",
                "/views",
                "getViews",
                "How fresh each view is",
                async context => Results.Bytes((await reports.FindAsync("all", context.RequestAborted))!, JsonBody.ContentType)
            )
            .Produces<ViewStatus[]>();
    }

    /// <summary>Declares an answer that can be asked for conditionally.</summary>
    /// <param name="more">what else there is to say of it</param>
    internal static RouteHandlerBuilder KeepsUp(this RouteHandlerBuilder route, string? more = null) =>
        route
            .Produces(StatusCodes.Status304NotModified)
            .WithDescription(
                $"{(more is null ? "" : more + " ")}Read with the view's version, in one snapshot. The answer carries a strong ETag "
                    + $"and Last-Modified; a request with If-None-Match (or If-Modified-Since) "
                    + $"is answered 304 while the view stays the same. {ConditionalResponses.LagHeader} counts the complete runs that the "
                    + $"view does not show yet. "
                    + "An answer that this server has given before is compressed for clients that take gzip; its tag is then another "
                    + "one, as good as the first."
            );
}
