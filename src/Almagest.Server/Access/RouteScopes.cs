using Almagest.Ledger.Access;
using Almagest.Ledger.Views;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Access;

/// <summary>
/// Who may use which route: the one place where that is said. Routes go by their operation's name in the API's description, the others by
/// their pattern. What is not named here needs the scope admin; a test asks of every route that it is named.
/// </summary>
internal static class RouteScopes
{
    private const string Blazor = "/_blazor";

    /// <summary>Needs nobody's leave, and holds nothing of the ledger.</summary>
    private static readonly string[] s_open =
    [
        "getLiveness",
        "getReadiness",
        "getTapCapabilities",
        "getTapAvailability",
        "showSignIn",
        "signIn",
        "signOut",
        "/assets/{hash}/{name}",
        "/docs/favicon.svg",
        "/docs/scalar.aspnetcore.js",
        "/docs/scalar.js",
        "/_framework/blazor.web.js",
        "/_framework/opaque-redirect",
    ];

    /// <summary>Sees, asks and compares. Those with a body compute an answer and store nothing, but for a person's own TAP jobs.</summary>
    private static readonly string[] s_read =
    [
        "changeTapJob",
        "compareDatasets",
        "compareRuns",
        "compareThroughLinks",
        "compareRunsChart",
        "comparePairStars",
        "coneOfDataset",
        "coneOfRun",
        "createTapJob",
        "deleteTapJob",
        "deleteTapJobs",
        "explainStar",
        "exportView",
        "followRun",
        "getChanges",
        "getConsensus",
        "getCoverageChart",
        "getCrossMatch",
        "getDataset",
        "getDatasetChart",
        "getDatasetMoc",
        "getDatasetReport",
        "getExcluded",
        "getIdentifications",
        "getJobs",
        "getKDistanceChart",
        "getKinds",
        "getLinks",
        "getMetrics",
        "getMoreOfKind",
        "getNotes",
        "getOverlapSignificance",
        "getResults",
        "getReview",
        "getRun",
        "getRunChart",
        "getRunClusters",
        "getRunMoc",
        "getStar",
        "getStarChart",
        "getStarFrequency",
        "getSweep",
        "getSweepChart",
        "getTags",
        "getTapExamples",
        "getTapJob",
        "getTapJobError",
        "getTapJobOwner",
        "getTapJobParameters",
        "getTapJobQuote",
        "getTapJobResult",
        "getTapJobdestruction",
        "getTapJobexecutionduration",
        "getTapJobphase",
        "getTapPage",
        "getTapSync",
        "getTapTable",
        "getTimelineChart",
        "getViews",
        "getWatch",
        "identifyClusters",
        "kDistance",
        "listCrossMatches",
        "listDatasets",
        "listDeletions",
        "listLabels",
        "listRuns",
        "listStars",
        "listTapJobResults",
        "listTapJobs",
        "listTapTables",
        "listWatches",
        "postTapSync",
        "scoreRun",
        "setTapJobParameters",
        "setTapJobdestruction",
        "setTapJobexecutionduration",
        "setTapJobphase",
        "signAddress",
        "/docs/{documentName?}",
        "/jobs/{id:guid}/file",
        "/openapi/{documentName}.json",
        // Views have routes by their descriptors.
        .. AnalyticsViews.All.Select(v => v.Route?.Operation).OfType<string>(),
    ];

    /// <summary>Adds and annotates: what can be taken back without loss to others. Also what keeps the processors busy for as long as a run
    /// does.</summary>
    private static readonly string[] s_write =
    [
        "addNote",
        "addWatch",
        "answerReview",
        "cancelRun",
        "checkpointReview",
        "copyLinkedLabels",
        "correctDataset",
        "crossMatch",
        "deleteNote",
        "labelKind",
        "labelStar",
        "nameClusters",
        "nameRun",
        "recovery",
        "refreshViews",
        "removeWatch",
        "replayRun",
        "restoreDataset",
        "restoreDeletion",
        "restoreRun",
        "rethresholdRun",
        "retryRun",
        "setTags",
        "startRun",
        "startSweep",
        "undoReview",
        "unlabelStar",
        "uploadDataset",
        "uploadLabels",
    ];

    /// <summary>Takes away what others may rest on.</summary>
    private static readonly string[] s_admin = ["deleteCrossMatch", "deleteDataset", "deleteRun", "forgetDeletion"];

    private static readonly Dictionary<string, AccessScope?> s_all = new[]
    {
        (s_open, (AccessScope?)null),
        (s_read, AccessScope.Read),
        (s_write, AccessScope.Write),
        (s_admin, AccessScope.Admin),
    }
        .SelectMany(part => part.Item1.Select(name => KeyValuePair.Create(name, part.Item2)))
        .ToDictionary();

    /// <summary>The scope that a route needs; null = none. Addresses without a route, and pages, are for those who may read.</summary>
    public static AccessScope? Of(Endpoint? endpoint) =>
        endpoint is not RouteEndpoint route || IsPage(route) ? AccessScope.Read
        : s_all.TryGetValue(NameOf(route), out var scope) ? scope
        : AccessScope.Admin;

    /// <summary>The same by an operation's name.</summary>
    public static AccessScope? OfOperation(string name) => s_all.TryGetValue(name, out var scope) ? scope : AccessScope.Admin;

    /// <summary>Whether the scope of a route is said here.</summary>
    public static bool States(RouteEndpoint route) => IsPage(route) || s_all.ContainsKey(NameOf(route));

    /// <summary>What a route goes by: the name of its operation, else its pattern.</summary>
    public static string NameOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is { } name && (s_all.ContainsKey(name) || IsOperation(name))
            ? name
            : Pattern(route);

    /// <summary>Names that no route has any more would hide a misspelt one.</summary>
    public static IEnumerable<string> Names => s_all.Keys;

    private static bool IsOperation(string name) => name.All(char.IsLetterOrDigit);

    private static string Pattern(RouteEndpoint route) => "/" + route.RoutePattern.RawText?.TrimStart('/');

    // Blazor's own: the connection that an open page lives on.
    private static bool IsPage(RouteEndpoint route) =>
        route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null
        || Pattern(route) is Blazor
        || Pattern(route).StartsWith($"{Blazor}/", StringComparison.Ordinal);
}
