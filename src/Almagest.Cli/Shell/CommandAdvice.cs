using Almagest.Catalog;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Postgres;

namespace Almagest.Cli.Shell;

/// <summary>
/// What to do about an error, in the words of the command line: options and commands. A code that is not here needs none, because the
/// error's own remedy says it; a test asks of every code that it is here or in the list of those that need none.
/// </summary>
internal static class CommandAdvice
{
    private const string Database = "name a running server: --database 'Host=localhost;Username=…;Database=almagest'";

    private static string Column(LedgerException e) => e.Facts.TryGetValue("column", out var column) ? $"{column}" : "COLUMN";

    /// <summary>The column that is proposed for a field that is missing.</summary>
    private static string Likely(LedgerException e, int index) =>
        e.Facts.TryGetValue("columns", out var columns) && columns is IReadOnlyList<string?> likely && index < likely.Count
            ? likely[index] ?? "COLUMN"
            : "COLUMN";

    internal static readonly IReadOnlyDictionary<ErrorCode, Func<LedgerException, string?>> Catalogue = new Dictionary<
        ErrorCode,
        Func<LedgerException, string?>
    >
    {
        [ErrorCode.AmbiguousStar] = _ => "Say which you mean: --by source_id, or --by star_id",
        [ErrorCode.CatalogueNotNamed] = _ => "Write: almagest ingest FILE",
        [ErrorCode.CatalogueEpochUnknown] = e => After(e, "The option is --catalog-epoch YEAR, or --map epoch=COLUMN."),
        [ErrorCode.ContentLoaded] = e =>
            $"Use '{e.Facts["dataset"]}', or load it again with --force and another --dataset, "
            + $"or delete it first: almagest datasets delete {e.Facts["dataset"]}",
        [ErrorCode.DatasetInPlace] = e =>
            After(
                e,
                $"Its stars are analysed by: almagest discover anomalies, or discover clusters, --dataset {e.Facts["dataset"]}; "
                    + "almagest ingest PATH loads them."
            ),
        [ErrorCode.CatalogueFilesChanged] = e =>
            After(e, "To register: almagest ingest --in-place PATH --dataset NAME; 'almagest datasets show' says where they were."),
        [ErrorCode.ResultsInFiles] = e =>
            (
                e.Facts.GetValueOrDefault("run_type") is RunTypes.Cluster
                    ? $"The members of clusters: almagest runs export {e.Facts.GetValueOrDefault("run_id")} --clustered -o members.csv. "
                        + "Every star, out of the files: the same without --clustered; as a catalogue with --format hats."
                    : $"The flagged stars: almagest runs export {e.Facts.GetValueOrDefault("run_id")} --anomalies -o flagged.csv. "
                        + "Every star, out of the files: the same without --anomalies; as a catalogue with --format hats."
            ) + (e.Facts.GetValueOrDefault("path") is { } path ? $" The files are in {path}." : ""),
        [ErrorCode.ResultsFolderUnusable] = e =>
            After(e, "The setting is results, in config.toml; 'almagest config show' says what holds."),
        [ErrorCode.ResultFilesChanged] = e =>
            After(
                e,
                (e.Facts.GetValueOrDefault("path") is { } path ? $"They were written to {path}. " : "")
                    + "Where the folder lies elsewhere, ALMAGEST_RESULTS or the setting results names the folder that it is in."
            ),
        [ErrorCode.CrossMatchNotFound] = _ => "'almagest links list' lists them.",
        [ErrorCode.DatabaseAway] = _ =>
            "Check that PostgreSQL runs and that --database or ALMAGEST_DATABASE names it; without either, Almagest starts its own.",
        [ErrorCode.DatabaseNodeAway] = e => After(e, "almagest db distribute --status says which one it is."),
        [ErrorCode.DatabaseNotEmpty] = _ =>
            "Restore into an empty one: createdb NAME and --database, or ALMAGEST_HOME=/another/folder. Nothing was changed.",
        [ErrorCode.DatasetHasRuns] = _ => "Add --with-runs to delete them, too.",
        [ErrorCode.DatasetNameTaken] = e =>
            e.Facts.TryGetValue("restoring", out var deleted)
                ? $"Give it another name: almagest datasets restore {deleted} --as NAME"
                : "Choose another name with --dataset, or delete it: almagest datasets delete NAME",
        [ErrorCode.LabelIdsMissing] = e => After(e, "The option is --map source_id=COLUMN."),
        [ErrorCode.LabelSetNotFound] = e => e.Facts.ContainsKey("label_sets") ? e.Remedy : "Load some: almagest labels import FILE",
        [ErrorCode.LabelsMissing] = e => After(e, "The option is --map label_outlier=COLUMN, for instance."),
        [ErrorCode.NoDatasets] = _ => "Load one first: almagest ingest FILE",
        [ErrorCode.NoRowLoaded] = _ =>
            "Nothing was stored. If a column was taken for the wrong field, name the right one, e.g. --map ra_deg=RAJ2000.",
        [ErrorCode.LedgerDistributed] = e =>
            After(
                e,
                e.Facts.ContainsKey("deletion")
                    ? "For good: --now. On one machine: almagest db distribute --undo"
                    : "The command is: almagest db distribute --undo"
            ),
        [ErrorCode.NotDistributable] = e => After(e, "Leave --distributed out."),
        [ErrorCode.PositionSystemUnknown] = e => After(e, "The options are --map FIELD=COLUMN and --frame SYSTEM."),
        [ErrorCode.PositionRangeUnknown] = e =>
            After(
                e,
                e.Facts.GetValueOrDefault("ra_from") is null
                    ? "The option is --ra-from -180; --ra-from 0 leaves the rows below 0 out."
                    : "Correct the row, or leave --ra-from out."
            ),
        [ErrorCode.PositionUnitUnknown] = e => After(e, $"The option is --map ra_deg={Column(e)}:hours, or --map ra_deg={Column(e)}:deg."),
        [ErrorCode.PositionsMissing] = e =>
            After(
                e,
                "The option is "
                    + string.Join(' ', ((IEnumerable<string>)e.Facts["fields"]!).Select((field, i) => $"--map {field}={Likely(e, i)}"))
                    + "."
            ),
        [ErrorCode.ReadMeWithoutRows] = e => After(e, "A ReadMe in another folder is named by --readme."),
        [ErrorCode.WatchNotFound] = _ => "'almagest watch list' lists them.",
        [ErrorCode.WatchNameTaken] = _ => "Choose another name, or remove it: almagest watch remove NAME",
        [ErrorCode.TooManyWatches] = _ => "Remove one that is not needed: almagest watch remove NAME",
        [ErrorCode.RunCancelled] = _ => "Start it again: almagest runs retry",
        [ErrorCode.RunNotFound] = e => Back(e) ?? "'almagest runs list' lists them.",
        [ErrorCode.DatasetNotFound] = e => Back(e) ?? e.Remedy ?? "'almagest datasets list' lists them.",
        [ErrorCode.RunNotRepeatable] = e => After(e, "The command is: almagest discover anomalies"),
        [ErrorCode.RunStarsChanged] = e => After(e, "The command is: almagest discover anomalies"),
        [ErrorCode.RunTaken] = e => e.Remedy ?? "Look at it with: almagest runs show",
        [ErrorCode.DeletionNotFound] = _ => "'almagest deletions list' has those that can be undone.",
        [ErrorCode.SchemaMismatch] = _ => "Run: almagest db migrate",
        [ErrorCode.SchemaOlder] = _ => "Run: almagest db migrate",
        [ErrorCode.SchemaTooOld] = e =>
            $"First bring it there with the program of commit {e.Facts["commit"]}: "
            + "run its 'almagest db migrate', which loses nothing. Then run this program's.",
        [ErrorCode.ServiceAnswerTooLarge] = e => After(e, "The option is --max-download."),
        [ErrorCode.ServiceTimeout] = e => After(e, "The options are --timeout and --async."),
        [ErrorCode.KindNotFound] = _ => "'almagest runs kinds' lists them.",
        [ErrorCode.StarNotAnalysed] = _ => "'almagest runs export' lists the stars of a run.",
        [ErrorCode.StarNotFound] = e => After(e, "'almagest runs export' lists both for the stars of a run."),
        [ErrorCode.StarsNotMatched] = e =>
            After(
                e,
                "The command is: almagest crossmatch DATASET1 DATASET2 --radius 1arcsec"
                    + (e.Facts.GetValueOrDefault("ids_may_help") is true ? "; the option is --by-id." : ".")
            ),
        [ErrorCode.TokenNameTaken] = _ => "Revoke it first with 'almagest tokens revoke', or choose another name.",
        [ErrorCode.TokenNotFound] = _ => "'almagest tokens list' lists them.",
        [ErrorCode.UnknownLabelledStars] = e =>
            e.Facts["all"] is true
                ? "Nothing was stored. Are these the ids of another catalogue, or another column (--map source_id=COLUMN)?"
                : "Nothing was stored. Leave them out with --skip-unknown, or choose another --dataset.",
        [ErrorCode.UnreadableConnection] = _ =>
            "Write it like 'Host=localhost;Database=almagest;Username=me', in --database or ALMAGEST_DATABASE.",
        [ErrorCode.UnreadableLabel] = _ => "Nothing was stored. Correct the row, or leave the column out with --map FIELD=none.",
        [ErrorCode.ViewDefinitionStale] = _ => "Run: almagest db migrate (the views are computed anew; nothing is lost).",
        [ErrorCode.ViewsConverting] = _ => "Wait until it has ended; 'almagest views status' shows the mode.",
        [ErrorCode.WrongRunCount] = _ => "Name the runs to compare; 'almagest runs list' lists them.",
        [ErrorCode.InvalidPort] = _ => "Choose another with --port.",
        [ErrorCode.InvalidAddress] = _ =>
            "Write --bind 127.0.0.1 for this machine alone, --bind 0.0.0.0 for every network, or one of the machine's addresses.",
        [ErrorCode.ForeignAddress] = _ => "Choose one of its own with --bind, 127.0.0.1 for itself alone.",
        [ErrorCode.PortTaken] = e =>
            $"Choose another with --port {Math.Min((int)e.Facts["port"]! + 1, 65535)} (0 = any free one), or stop the program that has it.",
        [ErrorCode.PortForbidden] = _ => "Choose a port above 1023 with --port.",
        [ErrorCode.CannotListen] = _ => "Choose another --bind or --port.",
    };

    public static string? Of(LedgerException error) => Catalogue.TryGetValue(error.Code, out var advice) ? advice(error) : error.Remedy;

    public static string? Of(CatalogFormatException error) => Of(LedgerException.Of(error, null));

    public static string Of(PostgresServerException error) =>
        error.Code == PostgresServerException.NotPossibleHere ? $"{error.Remedy} Or {Database}" : error.Remedy;

    private static string? Back(LedgerException error) =>
        error.Facts.TryGetValue("deletion_id", out var number) ? After(error, $"To do so: almagest deletions restore {number}") : null;

    private static string After(LedgerException error, string advice) => error.Remedy is { } remedy ? $"{remedy} {advice}" : advice;
}
