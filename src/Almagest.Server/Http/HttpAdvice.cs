using Almagest.Contract.Errors;
using Almagest.Ledger.Model;

namespace Almagest.Server.Http;

/// <summary>
/// What to do about an error, in the words of HTTP: routes and parameters. A code that is not here needs none, because the error's own
/// remedy says it; a test asks of every code that it is here or in the list of those that need none.
/// </summary>
internal static class HttpAdvice
{
    private static string Column(LedgerException e) => e.Facts.TryGetValue("column", out var column) ? $"{column}" : "COLUMN";

    internal static readonly IReadOnlyDictionary<ErrorCode, Func<LedgerException, string?>> Catalogue = new Dictionary<
        ErrorCode,
        Func<LedgerException, string?>
    >
    {
        [ErrorCode.AmbiguousStar] = _ => "Give its star_id, which no two stars share.",
        [ErrorCode.CatalogueNotNamed] = _ => "Send one: curl -F file=@gaia.csv …/datasets",
        [ErrorCode.CatalogueEpochUnknown] = e => After(e, "The parameters are catalog_epoch and map."),
        [ErrorCode.ClustersNotFound] = e =>
            e.Facts.TryGetValue("view", out var view) ? $"GET /analytics/discovery/views says whether {view} lags." : e.Remedy,
        [ErrorCode.ContentLoaded] = e =>
            $"Use '{e.Facts["dataset"]}', or load it again with force=true and another dataset=NAME, "
            + $"or delete it first: DELETE /datasets/{e.Facts["dataset"]}",
        [ErrorCode.DatasetInPlace] = e => After(e, "It is loaded by POST /datasets, or by almagest ingest PATH on the server."),
        [ErrorCode.ResultsInFiles] = e =>
            e.Facts.GetValueOrDefault("run_type") is RunTypes.Cluster
                ? $"The members of clusters: GET /discovery/runs/{e.Facts.GetValueOrDefault("run_id")}/results?clustered_only=true. Every "
                    + "star, out of the files: the same without clustered_only and with a format, such as format=parquet."
                : $"The flagged stars: GET /discovery/runs/{e.Facts.GetValueOrDefault("run_id")}/results?anomalies_only=true. Every star, "
                    + "out of the files: the same without anomalies_only and with a format, such as format=parquet.",
        [ErrorCode.CrossMatchNotFound] = _ => "GET /crossmatches lists them.",
        [ErrorCode.DatabaseAway] = _ => "Try again in a moment; /health/ready says when it answers.",
        [ErrorCode.DatasetHasRuns] = _ => "Add with_runs=true to delete them, too.",
        [ErrorCode.DatasetNameTaken] = e =>
            e.Facts.ContainsKey("restoring") ? "Give it another name with name=NAME."
            : e.Facts.TryGetValue("dataset", out var name) ? $"Choose another name with dataset=NAME, or delete it: DELETE /datasets/{name}"
            : "Choose another name with dataset=NAME.",
        [ErrorCode.LabelNotFound] = _ => "GET /stars/{star_id} shows its labels.",
        [ErrorCode.LabelSetNotFound] = e =>
            e.Facts.ContainsKey("label_sets") ? e.Remedy : "Load some: almagest labels import FILE, on the server.",
        [ErrorCode.NoDatasets] = _ => "Load one first: POST /datasets, or almagest ingest FILE on the server.",
        [ErrorCode.NotAllowed] = _ => "Ask an administrator for a token of that scope.",
        [ErrorCode.NoRowLoaded] = _ =>
            "Nothing was stored. If a column was taken for the wrong field, name the right one, e.g. map=ra_deg=RAJ2000.",
        [ErrorCode.PositionSystemUnknown] = e => After(e, "The parameters are map and frame."),
        [ErrorCode.PositionRangeUnknown] = e =>
            After(
                e,
                e.Facts.GetValueOrDefault("ra_from") is null
                    ? "The parameter is ra_from=-180; ra_from=0 leaves the rows below 0 out."
                    : "Correct the row, or leave ra_from out."
            ),
        [ErrorCode.PositionUnitUnknown] = e => After(e, $"The parameter is map=ra_deg={Column(e)}:hours, or map=ra_deg={Column(e)}:deg."),
        [ErrorCode.PositionsMissing] = e =>
            After(
                e,
                $"The parameter is map={string.Join(',', ((IEnumerable<string>)e.Facts["fields"]!).Select(field => $"{field}=COLUMN"))}."
            ),
        [ErrorCode.WatchNotFound] = _ => "GET /watches lists them.",
        [ErrorCode.WatchNameTaken] = _ => "Choose another name, or remove it: DELETE /watches/{watch}",
        [ErrorCode.TooManyWatches] = _ => "Remove one that is not needed: DELETE /watches/{watch}",
        [ErrorCode.RunCancelled] = _ => "Start it again: POST /discovery/runs/{run_id}/retry",
        [ErrorCode.RunEnded] = e => e.Facts["status"] is "completed" ? "To remove it: DELETE /discovery/runs/{run_id}" : e.Remedy,
        [ErrorCode.RunNotFound] = e => Back(e) ?? "GET /discovery/runs lists them.",
        [ErrorCode.DatasetNotFound] = e => Back(e) ?? e.Remedy ?? "GET /datasets lists them.",
        [ErrorCode.RunNotRepeatable] = e => After(e, "POST /discovery/runs starts one."),
        [ErrorCode.RunStarsChanged] = e => After(e, "POST /discovery/runs starts one."),
        [ErrorCode.RunTaken] = _ => "GET /discovery/runs/{run_id} shows it.",
        [ErrorCode.DeletionNotFound] = _ => "GET /deletions lists those that can be undone.",
        [ErrorCode.SchemaMismatch] = _ => "Run on the server: almagest db migrate",
        [ErrorCode.SchemaOlder] = _ => "Run on the server: almagest db migrate",
        [ErrorCode.SchemaTooOld] = e =>
            $"First bring it there with the program of commit {e.Facts["commit"]}: "
            + "run its 'almagest db migrate' on the server, which loses nothing. Then run this program's.",
        [ErrorCode.KindNotFound] = _ => "GET /discovery/runs/{run_id}/kinds lists them.",
        [ErrorCode.StarNotAnalysed] = e =>
            e.Facts.ContainsKey("run_id")
                ? "Its stars are listed by GET /discovery/runs/{run_id}/results."
                : "GET /stars/{star_id} says whether the star exists, and what each run says of it.",
        [ErrorCode.StarNotFound] = e =>
            e.Facts.ContainsKey("run_id")
                ? "GET /discovery/runs/{run_id}/results lists the stars of the run."
                : "Star ids are Almagest's own; look one up by source id with GET /datasets/{dataset}/stars?source_id=…",
        [ErrorCode.StarsNotMatched] = e =>
            After(
                e,
                "POST /crossmatches joins them"
                    + (e.Facts.GetValueOrDefault("ids_may_help") is true ? "; the parameter is by_source_id=true." : ".")
            ),
        [ErrorCode.ViewDefinitionStale] = _ => "Run on the server: almagest db migrate (the views are computed anew; nothing is lost).",
        [ErrorCode.ViewsConverting] = _ => "Wait until it has ended; GET /analytics/discovery/views shows the mode.",
        [ErrorCode.WrongRunCount] = _ => "Name the runs to compare; GET /discovery/runs lists them.",
    };

    public static string? Of(LedgerException error) => Catalogue.TryGetValue(error.Code, out var advice) ? advice(error) : error.Remedy;

    private static string? Back(LedgerException error) =>
        error.Facts.TryGetValue("deletion_id", out var number) ? After(error, $"To do so: POST /deletions/{number}/restore") : null;

    private static string After(LedgerException error, string advice) => error.Remedy is { } remedy ? $"{remedy} {advice}" : advice;
}
