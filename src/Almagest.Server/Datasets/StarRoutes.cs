using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Datasets;

/// <summary>One star: what its catalogue says, and what the runs say.</summary>
internal static class StarRoutes
{
    private static readonly IntegerParameter s_starId = new("star_id", "Almagest's own id of the star", 1, long.MaxValue) { InPath = true };

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var datasets = new DatasetRepository(ledger);
        var results = new ResultRepository(ledger);
        var analytics = new AnalyticsQueries(ledger);
        StarChartRoutes.Map(api, ledger, s_starId);

        api.Route(
                "GET",
                "/stars/{star_id}",
                "getStar",
                "One star: catalogue, labels, how often it is flagged, and what each run says of it",
                async context =>
                {
                    var starId = s_starId.Read(context)!.Value;
                    var star = await datasets.GetStarAsync(starId, context.RequestAborted);
                    var dataset = await datasets.GetAnyAsync(star.DatasetId, context.RequestAborted);
                    var frequency = await analytics.FrequencyAsync(starId, context.RequestAborted);
                    return Results.Ok(
                        new StarDetail(star)
                        {
                            Dataset = dataset.Name,
                            Labels = (await datasets.LabelsAsync(starId, context.RequestAborted)).ConvertAll(DatasetResources.ToResource),
                            Frequency = frequency,
                            History = await results.HistoryAsync(starId, cancellationToken: context.RequestAborted),
                        }
                    );
                },
                s_starId
            )
            .WithTags("Datasets")
            .Produces<StarDetail>()
            .Fails(404);
    }
}
