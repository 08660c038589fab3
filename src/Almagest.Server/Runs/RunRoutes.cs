using System.Globalization;
using System.Text.Json;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Browsing;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Server.Access;
using Almagest.Server.Http;
using Almagest.Server.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Runs;

/// <summary>Runs: start, list, look at, delete; their results.</summary>
internal static class RunRoutes
{
    public static readonly UuidParameter RunId = new("run_id", "the run") { InPath = true };
    private static readonly BooleanParameter s_now = new("now", "for good, which frees its space at once");
    private static readonly ChoiceParameter s_runType = new("run_type", "only runs of this type", RunTypes.All);
    private static readonly ChoiceParameter s_status = new("status", "only runs in this state", RunStatus.All);
    private static readonly TextParameter s_dataset = new("dataset", "only runs over this dataset: its name or id");
    private static readonly TextParameter s_algorithm = new("algorithm", "only runs of this algorithm, such as dbscan");
    private static readonly UuidParameter s_groupId = new("group_id", "only runs of this sweep");
    private static readonly TextParameter s_sort = new(
        "sort",
        "created, completed (runs that have ended) or stars, or any field or parameter that where knows, such as cluster_count or eps; "
            + "with - the newest, latest, most or greatest first; -created where it is left out",
        100
    );
    private static readonly TextParameter s_where = new(
        "where",
        "a condition on fields, outcomes, tags, dates and parameters, such as eps < 0.3 and (tag = 'good' or cluster_count in (3, 4)); "
            + "docs/guide/command-line.md has the language",
        4000
    );
    private static readonly TextParameter s_search = new(
        "search",
        "only runs that hold all of these words in their id, algorithm, parameters, datasets, tags, notes, who started them, or their "
            + "error",
        1000
    );
    private static readonly TextParameter s_nextRuns = new("after", "next of the page before, which had the same sort");
    private static readonly TextParameter s_tag = new("tag", "only runs with this tag");
    private static readonly IntegerParameter s_listLimit = new("limit", "most runs", 1, 1000, 100);
    private static readonly UuidParameter s_before = new("before", "only runs created before this one");
    private static readonly BooleanParameter s_anomaliesOnly = new("anomalies_only", "only flagged stars");
    private static readonly BooleanParameter s_clusteredOnly = new("clustered_only", "only members of clusters, whichever");
    private static readonly IntegerParameter s_clusterId = new("cluster_id", "only members of this cluster; -1 = noise", -1, int.MaxValue);
    private static readonly ChoiceParameter s_order = new(
        "order",
        "by star_id, most anomalous first, or by the chance that the star's true values are flagged",
        ["star_id", "score", "flag_probability"],
        "star_id"
    );
    private static readonly IntegerParameter s_resultLimit = new("limit", "most results", 1, ResultRepository.MostRows, 100);
    private static readonly TextParameter s_select = new(
        "select",
        "only these stars, as the address of the run's page has them: rect:CHART:LEFT,RIGHT,BOTTOM,TOP, lasso:CHART:X,Y,…, "
            + "box:RA_MIN,RA_MAX,DEC_MIN,DEC_MAX (ICRS degrees; RA_MIN above RA_MAX: across right ascension 0), stars:ID,…, "
            + "below:SCORE, cluster:N, label:SET, with ; between: stars in any of them. ID is Almagest's star_id, of a star of the run's "
            + "selection; a rectangle or lasso on the chart of the sky is on its plane, not in right ascension and declination",
        6000
    );
    private static readonly TextParameter s_after = new("after", "next of the page before");

    public static void Map(IEndpointRouteBuilder api, ServerOptions options)
    {
        var ledger = options.Ledger;
        var runs = new RunRepository(ledger);
        var datasets = new DatasetRepository(ledger);
        var group = api.MapGroup("/discovery/runs").WithTags("Runs");

        group
            .Route("POST", "", "startRun", "Starts a run", context => StartAsync(context, ledger))
            .WithDescription(
                "Checks the request and stores the run as pending; a worker takes it up at once. Follow it at the address in Location, "
                    + "or as server-sent events at …/events. Where the parameters name no recipe of features, "
                    + $"the first of {string.Join(", ", RecipeChoice.AnomalyOrder)} (cluster runs: "
                    + $"{string.Join(", ", RecipeChoice.ClusterOrder)}) "
                    + "is taken whose columns at least half of the stars have together; the stored parameters name it with its version, "
                    + "and features_chosen says why. The views follow its completion by themselves. With a header Idempotency-Key (1 "
                    + "to 255 printable ASCII characters, remembered for 24 hours) "
                    + "the request can be sent again without starting a second run: the answer is the first one's run, with the "
                    + "header Idempotency-Replayed: true; 409 where the key was used for another request."
            )
            .Accepts<RunRequestBody>("application/json")
            .Produces<RunResource>(202)
            .Fails(400, 404, 409, 413, 415);

        group
            .Route(
                "GET",
                "",
                "listRuns",
                "Runs, newest first or in another order",
                async context =>
                {
                    var dataset = s_dataset.Read(context) is { } name
                        ? (await datasets.FindAnyAsync(name, context.RequestAborted)).DatasetId
                        : (long?)null;
                    var limit = s_listLimit.ReadInt(context);
                    var sort = s_sort.Read(context) ?? RunOrder.Newest;
                    var query = new RunQuery(s_runType.Read(context), s_status.Read(context), dataset, limit + 1, s_before.Read(context))
                    {
                        Algorithm = s_algorithm.Read(context) is { } algorithm ? ParameterReader.Algorithm(algorithm).Name : null,
                        Tag = s_tag.Read(context),
                        GroupId = s_groupId.Read(context),
                        Search = s_search.Read(context),
                        Where = s_where.Read(context),
                        Sort = sort,
                        After = s_nextRuns.Read(context),
                    };
                    if (TableResponse.Wanted(context) is { } format)
                    {
                        TableResponse.RefusePaging(context, s_listLimit.Name, s_before.Name, s_nextRuns.Name);
                        return TableResponse.Of(
                            context,
                            await new RunListExport(ledger).TableAsync(query, context.RequestAborted),
                            format,
                            "runs"
                        );
                    }
                    var found = await runs.ListAsync(query, context.RequestAborted);
                    var names = await datasets.NamesAsync(context.RequestAborted);
                    var page = found.Take(limit).ToList();
                    return Results.Ok(
                        new RunPage(
                            page.ConvertAll(r => r.ToResource(names)),
                            found.Count > limit ? RunOrder.TokenOf(page[^1], sort) : null,
                            found.Count > limit
                        )
                    );
                },
                s_runType,
                s_status,
                s_algorithm,
                s_dataset,
                s_tag,
                s_groupId,
                s_search,
                s_where,
                s_sort,
                s_listLimit,
                s_before,
                s_nextRuns,
                TableResponse.Format
            )
            .WithDescription(
                "With a format, or Accept with the media type of one, every run that fits, as one streamed table with what it found; "
                    + "docs/guide/exports.md says what is in it."
            )
            .ProducesTable<RunPage>()
            .Fails(404);

        group
            .Route(
                "GET",
                "/{run_id}",
                "getRun",
                "One run",
                async context =>
                    Results.Ok(
                        await RunResources.ReadAsync(
                            ledger,
                            await runs.GetAsync(RunId.Read(context)!.Value, context.RequestAborted),
                            ServerPaths.MaySee(context),
                            context.RequestAborted
                        )
                    ),
                RunId
            )
            .Produces<RunResource>()
            .Fails(404);

        group
            .Route(
                "PATCH",
                "/{run_id}",
                "nameRun",
                "Calls a run something, or nothing",
                async context =>
                {
                    var runId = RunId.Read(context)!.Value;
                    var body = await JsonBody.ReadAsync<RunNameBody>(context);
                    var run = await runs.NameAsync(runId, body.Name, context.RequestAborted);
                    return Results.Ok(await RunResources.ReadAsync(ledger, run, context.RequestAborted));
                },
                RunId
            )
            .WithDescription("Lists, pages and exports show it. Nothing else of a run ever changes; its hash does not know its name.")
            .Accepts<RunNameBody>("application/json")
            .Produces<RunResource>()
            .Fails(400, 404, 413, 415);

        group
            .Route(
                "DELETE",
                "/{run_id}",
                "deleteRun",
                "Deletes a run and its results",
                async context =>
                {
                    var runId = RunId.Read(context)!.Value;
                    if (s_now.Read(context))
                        await runs.DeleteAsync(runId, context.RequestAborted);
                    else
                        await runs.PutAwayAsync(runId, RequestPerson.Name(context), context.RequestAborted);
                    return Results.NoContent();
                },
                RunId,
                s_now
            )
            .WithDescription(
                "It is in no view and found by no question from then on, and can be brought back for a day: POST …/restore, or GET "
                    + "/deletions and what it lists. Its space is freed then. A run that is being worked on cannot be deleted. The views "
                    + "follow by themselves."
            )
            .Produces(204)
            .Fails(404, 409)
            .DisableRequestTimeout();

        group
            .Route(
                "POST",
                "/{run_id}/restore",
                "restoreRun",
                "Brings back a run that was deleted within the last day",
                async context =>
                {
                    var runId = RunId.Read(context)!.Value;
                    await new LedgerDeletions(ledger).RestoreRunAsync(runId, context.RequestAborted);
                    return Results.Ok(
                        await RunResources.ReadAsync(ledger, await runs.GetAsync(runId, context.RequestAborted), context.RequestAborted)
                    );
                },
                RunId
            )
            .WithDescription("With its results, clusters, exclusions, tags and notes, as it was. The views follow by themselves.")
            .Produces<RunResource>()
            .Fails(404, 409)
            .DisableRequestTimeout();

        group
            .Route(
                "GET",
                "/{run_id}/results",
                "getResults",
                "What a complete run says of its stars, page by page",
                context => ResultsAsync(context, ledger),
                RunId,
                s_anomaliesOnly,
                s_clusteredOnly,
                s_clusterId,
                s_select,
                s_order,
                s_resultLimit,
                s_after,
                TableResponse.Format
            )
            .WithDescription(
                "With a format, or Accept with the media type of one, every result that is selected, as one streamed table; "
                    + "docs/guide/exports.md says what is in it. Of a run with results_in_files pages are of flagged stars or of members "
                    + "of clusters alone: give anomalies_only=true, clustered_only=true or a cluster_id from 0, without which the answer "
                    + "is 409; with a format and no select, the results of all stars are read out of the files."
            )
            .ProducesTable<StarResultPage>()
            .Fails(404, 409);

        RunEvents.Map(group, ledger);
        RunControlRoutes.Map(group, ledger);
        ExplanationRoutes.Map(group);
        KindRoutes.Map(group, ledger);
        IdentificationRoutes.Map(group, ledger);
        RethresholdRoutes.Map(group, ledger);
        RecoveryRoutes.Map(group, ledger);
        ScoreRoutes.Map(group, ledger);
        ExclusionRoutes.Map(group, ledger);
        ClusterRoutes.Map(group, ledger);
        RunChartRoutes.Map(group, ledger);
    }

    private static async Task<IResult> StartAsync(HttpContext context, LedgerDatabase ledger)
    {
        var body = await JsonBody.ReadAsync<RunRequestBody>(context);
        var request = Parse(body);
        request = request with
        {
            Filter = await new DatasetRepository(ledger).AlsoAsync(DatasetsOf(body.Dataset), request.Filter, context.RequestAborted),
        };
        var submitted = await new RunSubmitter(ledger) { IsForThisProgram = true }.SubmitAsync(
            request,
            RequestPerson.Placement(context) with
            {
                Distributed = body.Distributed,
            },
            KeyOf(context),
            context.RequestAborted
        );
        var run = submitted.Runs[0];
        Announce(context, submitted);
        return Results.Accepted($"/discovery/runs/{run.RunId}", await RunResources.ReadAsync(ledger, run, context.RequestAborted));
    }

    /// <summary>The name that the caller gives to a request that may come twice.</summary>
    internal static string? KeyOf(HttpContext context) =>
        context.Request.Headers["Idempotency-Key"] switch
        {
            [] => null,
            [{ } key] => key,
            var keys => throw LedgerException.Invalid(
                "idempotency_key",
                $"the header Idempotency-Key is given {keys.Count} times",
                "Give it once."
            ),
        };

    /// <summary>Wakes the workers, or says that there is nothing new to do.</summary>
    internal static void Announce(HttpContext context, Submission submitted)
    {
        if (submitted.Repeated)
            context.Response.Headers["Idempotency-Replayed"] = "true";
        else
            context.RequestServices.GetRequiredService<RunQueue>().Signal();
    }

    private static RunRequest Parse(RunRequestBody body)
    {
        var algorithm = AlgorithmOf(body.Algorithm, body.RunType, NamesIn(body.Parameters));
        var parameters = ParameterReader.Read(algorithm, Object("parameters", body.Parameters));
        RequireType(body.RunType, parameters.Algorithm);
        return new RunRequest(DatasetsOf(body.Dataset)[0], FilterOf(body.Filter), parameters);
    }

    internal static void RequireType(string? runType, Algorithm algorithm)
    {
        if (runType is { } wanted && wanted != algorithm.RunType)
            throw LedgerException.Invalid(
                "run_type",
                $"run_type is '{wanted}', but {algorithm.Name} makes {algorithm.RunType} runs",
                "Leave run_type out, or choose another algorithm."
            );
    }

    /// <param name="parameters">names of those that are given: where no algorithm is, it is the first of the run type that has them</param>
    internal static string AlgorithmOf(string? algorithm, string? runType, IReadOnlyCollection<string> parameters)
    {
        if (runType is { } type && !RunTypes.All.Contains(type))
            throw LedgerException.Invalid("run_type", $"run_type is '{type}', expected {string.Join(" or ", RunTypes.All)}");
        return algorithm
            ?? (runType is null ? null : Algorithms.Meant(runType, parameters).Name)
            ?? throw LedgerException.Invalid("algorithm", "the algorithm is not given", $"Give {Algorithms.Choices}.");
    }

    internal static IReadOnlyCollection<string> NamesIn(JsonElement parameters) =>
        parameters.ValueKind == JsonValueKind.Object ? [.. parameters.EnumerateObject().Select(p => p.Name)] : [];

    /// <summary>As an object, or in the words of the command line.</summary>
    internal static StarFilter FilterOf(JsonElement filter) =>
        filter.ValueKind == JsonValueKind.String ? StarFilterText.Parse(filter.GetString())
        : Object("filter", filter) is { } json ? StarFilter.FromJson(json)
        : StarFilter.All;

    /// <summary>One dataset or several; never none.</summary>
    internal static IReadOnlyList<string> DatasetsOf(JsonElement dataset) =>
        dataset.ValueKind != JsonValueKind.Array ? [DatasetOf(dataset)]
        : dataset.GetArrayLength() is > 0 and <= MostDatasets ? [.. dataset.EnumerateArray().Select(DatasetOf)]
        : throw LedgerException.Invalid(
            "dataset",
            $"dataset is an array of {dataset.GetArrayLength()}, expected 1 to {MostDatasets} names or ids"
        );

    private const int MostDatasets = 100;

    internal static string DatasetOf(JsonElement dataset) =>
        dataset.ValueKind switch
        {
            JsonValueKind.String when dataset.GetString() is { Length: > 0 } name && !name.Contains('\0') => name,
            JsonValueKind.Number when dataset.TryGetInt64(out var id) && id > 0 => id.ToString(CultureInfo.InvariantCulture),
            JsonValueKind.Undefined or JsonValueKind.Null => throw LedgerException.Invalid(
                "dataset",
                "the dataset is not given",
                "Give its name or id; GET /datasets lists them."
            ),
            _ => throw LedgerException.Invalid("dataset", "the dataset is neither a name nor an id", "GET /datasets lists them."),
        };

    internal static string? Object(string field, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => null,
            JsonValueKind.Object => value.GetRawText(),
            _ => throw LedgerException.Invalid(field, $"{field} is not a JSON object"),
        };

    private static async Task<IResult> ResultsAsync(HttpContext context, LedgerDatabase ledger)
    {
        var runId = RunId.Read(context)!.Value;
        var query = new ResultQuery(
            s_anomaliesOnly.Read(context),
            (int?)s_clusterId.Read(context),
            s_order.Read(context) == "score",
            s_resultLimit.ReadInt(context),
            s_after.Read(context)
        )
        {
            ClusteredOnly = s_clusteredOnly.Read(context),
            ByFlagProbability = s_order.Read(context) == "flag_probability",
        };
        var run = await new RunRepository(ledger).GetAsync(runId, context.RequestAborted);
        if (query.IsByScores && run.RunType != RunTypes.Anomaly)
            throw LedgerException.Invalid("order", $"run {runId} is a {run.RunType} run: its results have no scores", "Order by star_id.");
        if ((query.ClusterId is not null || query.ClusteredOnly) && run.RunType != RunTypes.Cluster)
            throw LedgerException.Invalid(
                query.ClusteredOnly ? "clustered_only" : "cluster_id",
                $"run {runId} is an {run.RunType} run: it has no clusters",
                $"Leave {(query.ClusteredOnly ? "clustered_only" : "cluster_id")} out."
            );
        var format = TableResponse.Wanted(context);
        // Stars are pointed out among those that the ledger has, and pages are of those; a whole table is read out of the files.
        if (format is null || s_select.Read(context) is not null)
            ResultRepository.Require(run, query);
        if (s_select.Read(context) is { } select)
            query = query with
            {
                StarIds = await new SelectionReader(ledger, ChartResponse.Store(context, ledger)).ReadAsync(
                    run,
                    StarSelection.Parse(select),
                    context.RequestAborted
                ),
            };
        if (format is { } wanted)
        {
            TableResponse.RefusePaging(context, s_resultLimit.Name, s_after.Name);
            return TableResponse.Of(
                context,
                await new RunExport(ledger).TableAsync(run, query, cancellationToken: context.RequestAborted),
                wanted,
                $"run-{runId}"
            );
        }
        var results = new ResultRepository(ledger);
        var page = await results.PageAsync(runId, query, context.RequestAborted);
        var whole = query is { AnomaliesOnly: false, ClusteredOnly: false, ClusterId: null, StarIds: null };
        var total = whole ? run.TotalStars : await results.CountAsync(runId, query, context.RequestAborted);
        return Results.Ok(new StarResultPage(page.Items, page.Next, total, page.Next is not null));
    }
}
