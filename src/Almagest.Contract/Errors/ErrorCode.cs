using System.Reflection;

namespace Almagest.Contract.Errors;

/// <summary>
/// What an error is, by a name that stays the same while its words may change: a client may branch on it. Each edge (command line, HTTP)
/// keeps a catalogue of advice in its own words, keyed by these codes.
/// </summary>
public sealed class ErrorCode
{
    /// <summary>A field holds a value outside what it takes; the field says which.</summary>
    public static readonly ErrorCode InvalidValue = Invalid("invalid_value");

    /// <summary>A field that is needed is not given.</summary>
    public static readonly ErrorCode MissingValue = Invalid("missing_value");

    /// <summary>A name that is not one of a closed list.</summary>
    public static readonly ErrorCode UnknownName = Invalid("unknown_name");

    /// <summary>Fields that exclude each other, or one that is given twice.</summary>
    public static readonly ErrorCode ConflictingValues = Invalid("conflicting_values");

    /// <summary>A page token that is malformed, or belongs to another query.</summary>
    public static readonly ErrorCode BadPageToken = Invalid("bad_page_token");

    /// <summary>A filter that cannot be read.</summary>
    public static readonly ErrorCode UnreadableFilter = Invalid("unreadable_filter");

    /// <summary>A selection that holds no star, or fewer than are needed.</summary>
    public static readonly ErrorCode SelectionTooSmall = Invalid("selection_too_small");

    /// <summary>A selection that does not fit into memory, for an algorithm that looks at all its stars at once; or more clusters
    /// than fit. Facts: stars, most_stars, or clusters, most_clusters; needed_bytes, usable_bytes, available_bytes.</summary>
    public static readonly ErrorCode SelectionTooLarge = Invalid("selection_too_large");

    /// <summary>A run that cannot be split among workers. Facts: algorithm.</summary>
    public static readonly ErrorCode NotDistributable = Invalid("not_distributable");

    /// <summary>A question that a distributed ledger does not answer: it brings stars together that lie on different machines.</summary>
    public static readonly ErrorCode QueryNotDistributable = Invalid("query_not_distributable");

    /// <summary>A run whose type or algorithm does not have what is asked for.</summary>
    public static readonly ErrorCode WrongRunType = Invalid("wrong_run_type");

    /// <summary>Runs that cannot be compared with each other.</summary>
    public static readonly ErrorCode RunsNotComparable = Invalid("runs_not_comparable");

    /// <summary>Too few or too many runs to compare. Facts: least, most.</summary>
    public static readonly ErrorCode WrongRunCount = Invalid("wrong_run_count");

    /// <summary>A text that names one star as source_id and another as star_id.</summary>
    public static readonly ErrorCode AmbiguousStar = Invalid("ambiguous_star");

    /// <summary>No catalogue was named to load.</summary>
    public static readonly ErrorCode CatalogueNotNamed = Invalid("catalogue_not_named");

    /// <summary>A file that cannot be read as a catalogue.</summary>
    public static readonly ErrorCode UnreadableCatalogue = Invalid("unreadable_catalogue");

    /// <summary>A catalogue without recognised positions. Facts: fields, those that are missing.</summary>
    public static readonly ErrorCode PositionsMissing = Invalid("positions_missing");

    /// <summary>Positions in a system that is not converted to ICRS.</summary>
    public static readonly ErrorCode PositionSystemUnknown = Invalid("position_system_unknown");

    /// <summary>Right ascensions without a unit that may be hours. Facts: column.</summary>
    public static readonly ErrorCode PositionUnitUnknown = Invalid("position_unit_unknown");

    /// <summary>Right ascensions that may run from -180 to 180 degrees, or were said to and do not. Facts: column, ra_from.</summary>
    public static readonly ErrorCode PositionRangeUnknown = Invalid("position_range_unknown");

    /// <summary>Positions that cannot be carried to an epoch, for theirs is not known.</summary>
    public static readonly ErrorCode CatalogueEpochUnknown = Invalid("catalogue_epoch_unknown");

    /// <summary>A table of labels without recognised source ids.</summary>
    public static readonly ErrorCode LabelIdsMissing = Invalid("label_ids_missing");

    /// <summary>A table of labels without a recognised label.</summary>
    public static readonly ErrorCode LabelsMissing = Invalid("labels_missing");

    /// <summary>A ReadMe that was taken for a table.</summary>
    public static readonly ErrorCode ReadMeWithoutRows = Invalid("readme_without_rows");

    /// <summary>A catalogue service that did not answer in time.</summary>
    public static readonly ErrorCode ServiceTimeout = Invalid("service_timeout");

    /// <summary>An answer of a catalogue service beyond the limit.</summary>
    public static readonly ErrorCode ServiceAnswerTooLarge = Invalid("service_answer_too_large");

    /// <summary>A catalogue none of whose rows could be loaded.</summary>
    public static readonly ErrorCode NoRowLoaded = Invalid("no_row_loaded");

    /// <summary>A row of a table of labels that cannot be read.</summary>
    public static readonly ErrorCode UnreadableLabel = Invalid("unreadable_label");

    /// <summary>Labels of stars that the dataset does not hold. Facts: all, whether it is so for every row.</summary>
    public static readonly ErrorCode UnknownLabelledStars = Invalid("unknown_labelled_stars");

    /// <summary>A database connection string that cannot be read.</summary>
    public static readonly ErrorCode UnreadableConnection = Invalid("unreadable_connection");

    /// <summary>A file that is not a backup, or a damaged one.</summary>
    public static readonly ErrorCode UnreadableBackup = Invalid("unreadable_backup");

    /// <summary>A port outside its range.</summary>
    public static readonly ErrorCode InvalidPort = Invalid("invalid_port");

    /// <summary>An address to listen on that is not an IP address.</summary>
    public static readonly ErrorCode InvalidAddress = Invalid("invalid_address");

    /// <summary>An address to listen on that this machine does not have.</summary>
    public static readonly ErrorCode ForeignAddress = Invalid("foreign_address");

    /// <summary>There is no such run. Facts: run_id.</summary>
    public static readonly ErrorCode RunNotFound = NotFound("run_not_found");

    /// <summary>There is no such dataset.</summary>
    public static readonly ErrorCode DatasetNotFound = NotFound("dataset_not_found");

    /// <summary>The ledger holds no dataset at all.</summary>
    public static readonly ErrorCode NoDatasets = NotFound("no_datasets");

    /// <summary>There is no such star.</summary>
    public static readonly ErrorCode StarNotFound = NotFound("star_not_found");

    /// <summary>A star that the run in question did not analyse, or no run at all.</summary>
    public static readonly ErrorCode StarNotAnalysed = NotFound("star_not_analysed");

    /// <summary>The run has no kind of flagged stars of that number.</summary>
    public static readonly ErrorCode KindNotFound = NotFound("kind_not_found");

    /// <summary>A star without a label in the set.</summary>
    public static readonly ErrorCode LabelNotFound = NotFound("label_not_found");

    /// <summary>A dataset without labels in the set.</summary>
    public static readonly ErrorCode LabelSetNotFound = NotFound("label_set_not_found");

    /// <summary>A run has no note of this number.</summary>
    public static readonly ErrorCode NoteNotFound = NotFound("note_not_found");

    /// <summary>There is no such view.</summary>
    public static readonly ErrorCode ViewNotFound = NotFound("view_not_found");

    /// <summary>There is no such cross-match.</summary>
    public static readonly ErrorCode CrossMatchNotFound = NotFound("cross_match_not_found");

    /// <summary>There is no such sweep.</summary>
    public static readonly ErrorCode SweepNotFound = NotFound("sweep_not_found");

    /// <summary>There is no such deletion, or it can no longer be undone.</summary>
    public static readonly ErrorCode DeletionNotFound = NotFound("deletion_not_found");

    /// <summary>There is no such job of a page, or its server has stopped since.</summary>
    public static readonly ErrorCode JobNotFound = NotFound("job_not_found");

    /// <summary>There is no saved view of this name.</summary>
    public static readonly ErrorCode SavedViewNotFound = NotFound("saved_view_not_found");

    /// <summary>There is no watch of this name. Facts: name.</summary>
    public static readonly ErrorCode WatchNotFound = NotFound("watch_not_found");

    /// <summary>There is no such token. Facts: name.</summary>
    public static readonly ErrorCode TokenNotFound = NotFound("token_not_found");

    /// <summary>A run without clusters to list. Facts: view, where it may lag.</summary>
    public static readonly ErrorCode ClustersNotFound = NotFound("clusters_not_found");

    /// <summary>A run that has no results: it is not complete. Facts: run_id, status.</summary>
    public static readonly ErrorCode RunNotComplete = Conflict("run_not_complete");

    /// <summary>A run that has ended, so that nothing of its life can change. Facts: run_id, status.</summary>
    public static readonly ErrorCode RunEnded = Conflict("run_ended");

    /// <summary>A run that has not ended yet. Facts: run_id, status.</summary>
    public static readonly ErrorCode RunNotEnded = Conflict("run_not_ended");

    /// <summary>A run that was cancelled while it was worked on. Facts: run_id.</summary>
    public static readonly ErrorCode RunCancelled = Conflict("run_cancelled");

    /// <summary>A run that another worker took. Facts: run_id.</summary>
    public static readonly ErrorCode RunTaken = Conflict("run_taken");

    /// <summary>A run that is no longer this worker's. Facts: run_id.</summary>
    public static readonly ErrorCode RunLost = Conflict("run_lost");

    /// <summary>What was deleted cannot come back as things are now.</summary>
    public static readonly ErrorCode DeletionNotRestorable = Conflict("deletion_not_restorable");

    /// <summary>A run that took longer than the server lets one work. Facts: run_id, seconds.</summary>
    public static readonly ErrorCode RunTooLong = Conflict("run_too_long");

    /// <summary>Too many runs of one person wait already. Facts: waiting, most.</summary>
    public static readonly ErrorCode QueueFull = Conflict("queue_full");

    /// <summary>One person sends too many files at once, or too much within a day. Facts: most_at_once, or sent_bytes and
    /// most_bytes.</summary>
    public static readonly ErrorCode UploadQuota = Conflict("upload_quota");

    /// <summary>A run that this program cannot repeat or explain, for another version or program made it. Facts: run_id.</summary>
    public static readonly ErrorCode RunNotRepeatable = Conflict("run_not_repeatable");

    /// <summary>A run whose stars have changed since. Facts: run_id.</summary>
    public static readonly ErrorCode RunStarsChanged = Conflict("run_stars_changed");

    /// <summary>A beginning of an id that more than one run has.</summary>
    public static readonly ErrorCode AmbiguousRun = Conflict("ambiguous_run");

    /// <summary>No complete run to work with.</summary>
    public static readonly ErrorCode NoCompleteRun = Conflict("no_complete_run");

    /// <summary>A dataset with runs, which would be lost with it. Facts: dataset, runs.</summary>
    public static readonly ErrorCode DatasetHasRuns = Conflict("dataset_has_runs");

    /// <summary>A dataset on which runs or cross-matches rest, so that its values stay. Facts: dataset, runs, cross_matches.</summary>
    public static readonly ErrorCode DatasetFixed = Conflict("dataset_fixed");

    /// <summary>Values whose form in the file is not kept, so that they cannot be set right. Facts: column, where it is one.</summary>
    public static readonly ErrorCode OriginalNotKept = Conflict("original_not_kept");

    /// <summary>Nothing says which stars of two datasets are the same.</summary>
    public static readonly ErrorCode StarsNotMatched = Conflict("stars_not_matched");

    /// <summary>A dataset one of whose runs is being worked on.</summary>
    public static readonly ErrorCode DatasetInUse = Conflict("dataset_in_use");

    /// <summary>A dataset of this name exists. Facts: dataset.</summary>
    public static readonly ErrorCode DatasetNameTaken = Conflict("dataset_name_taken");

    /// <summary>A token of this name exists. Facts: name.</summary>
    public static readonly ErrorCode TokenNameTaken = Conflict("token_name_taken");

    /// <summary>A watch of this name exists. Facts: name.</summary>
    public static readonly ErrorCode WatchNameTaken = Conflict("watch_name_taken");

    /// <summary>As many watches as may be are there. Facts: most.</summary>
    public static readonly ErrorCode TooManyWatches = Conflict("too_many_watches");

    /// <summary>A dataset of this content exists. Facts: dataset.</summary>
    public static readonly ErrorCode ContentLoaded = Conflict("content_loaded");

    /// <summary>A dataset whose stars stay in its files, for something that needs them in the ledger. Facts: dataset.</summary>
    public static readonly ErrorCode DatasetInPlace = Conflict("dataset_in_place");

    /// <summary>A run whose results are in files, for something that needs every star's result in the ledger. Facts: run_id,
    /// path.</summary>
    public static readonly ErrorCode ResultsInFiles = Conflict("results_in_files");

    /// <summary>Files of a catalogue that is read where it lies, which are not those that were registered. Facts: dataset.</summary>
    public static readonly ErrorCode CatalogueFilesChanged = Conflict("catalogue_files_changed");

    /// <summary>Files of a run's results that are not on this machine, or are not those that were written. Facts: run_id, path.</summary>
    public static readonly ErrorCode ResultFilesChanged = Conflict("result_files_changed");

    /// <summary>An idempotency key that was used for another request.</summary>
    public static readonly ErrorCode IdempotencyKeyUsed = Conflict("idempotency_key_used");

    /// <summary>Two requests with one idempotency key at the same moment.</summary>
    public static readonly ErrorCode IdempotencyKeyBusy = Conflict("idempotency_key_busy");

    /// <summary>Another program is converting the views.</summary>
    public static readonly ErrorCode ViewsConverting = Conflict("views_converting");

    /// <summary>The tables of a ledger cannot be distributed as things are. Facts: problems, a list.</summary>
    public static readonly ErrorCode DistributionNotPossible = Conflict("distribution_not_possible");

    /// <summary>What is asked for needs the tables of the ledger on one machine, and they are distributed.</summary>
    public static readonly ErrorCode LedgerDistributed = Conflict("ledger_distributed");

    /// <summary>Runs are being worked on, and what is asked for needs the ledger to itself. Facts: runs.</summary>
    public static readonly ErrorCode RunsAtWork = Conflict("runs_at_work");

    /// <summary>A schema that an earlier program made.</summary>
    public static readonly ErrorCode SchemaOlder = Conflict("schema_older");

    /// <summary>A schema from before the first release that this program cannot take over. Facts: commit, whose program can.</summary>
    public static readonly ErrorCode SchemaTooOld = Conflict("schema_too_old");

    /// <summary>A schema that a later program made.</summary>
    public static readonly ErrorCode SchemaNewer = Conflict("schema_newer");

    /// <summary>A view that is not defined as this program defines it. Facts: view.</summary>
    public static readonly ErrorCode ViewDefinitionStale = Conflict("view_definition_stale");

    /// <summary>The database refuses a statement in the state of what it concerns, such as a change of a complete run.</summary>
    public static readonly ErrorCode RefusedByLedger = Conflict("refused_by_ledger");

    /// <summary>A row with this key exists. Facts: table, constraint.</summary>
    public static readonly ErrorCode AlreadyExists = Conflict("already_exists");

    /// <summary>A reference to something that is not in the ledger. Facts: constraint.</summary>
    public static readonly ErrorCode BrokenReference = Conflict("broken_reference");

    /// <summary>A backup is restored into a database that holds something. Facts: table.</summary>
    public static readonly ErrorCode DatabaseNotEmpty = Conflict("database_not_empty");

    /// <summary>Another program has the port. Facts: port.</summary>
    public static readonly ErrorCode PortTaken = Conflict("port_taken");

    /// <summary>Somebody whose scope does not reach that far. Facts: scope, what is needed.</summary>
    public static readonly ErrorCode NotAllowed = new("not_allowed", LedgerErrorKind.Forbidden);

    /// <summary>The database does not answer.</summary>
    public static readonly ErrorCode DatabaseAway = Unavailable("database_away");

    /// <summary>One of the machines of a distributed ledger does not answer.</summary>
    public static readonly ErrorCode DatabaseNodeAway = Unavailable("database_node_away");

    /// <summary>The database takes no more connections, or others changed at the same time what was to be changed.</summary>
    public static readonly ErrorCode DatabaseBusy = Unavailable("database_busy");

    /// <summary>The database took too long.</summary>
    public static readonly ErrorCode DatabaseSlow = Unavailable("database_slow");

    /// <summary>The database's disk is full.</summary>
    public static readonly ErrorCode DatabaseDiskFull = Unavailable("database_disk_full");

    /// <summary>
    /// The disk of the database, or of uploaded files, is nearly full: what writes much is refused, reading goes on. Facts: free_bytes,
    /// needed_bytes, reserved_bytes.
    /// </summary>
    public static readonly ErrorCode DiskNearlyFull = Unavailable("disk_nearly_full");

    /// <summary>The folder for temporary files is not there, is a file, or cannot be written to.</summary>
    public static readonly ErrorCode TemporaryFolderUnusable = Unavailable("temporary_folder_unusable");

    /// <summary>The folder for results that are kept in files is not named, cannot be made, or cannot be written to. Facts: folder, where
    /// one is named.</summary>
    public static readonly ErrorCode ResultsFolderUnusable = Unavailable("results_folder_unusable");

    /// <summary>The database takes no writes: it is a replica.</summary>
    public static readonly ErrorCode DatabaseReadOnly = Unavailable("database_read_only");

    /// <summary>
    /// The one server that the connection string names is not of the kind that it asks for: a standby where a primary is wanted, or the
    /// other way round. Facts: server, found.
    /// </summary>
    public static readonly ErrorCode DatabaseOfOtherKind = Unavailable("database_of_other_kind");

    /// <summary>The database refused the login.</summary>
    public static readonly ErrorCode DatabaseLoginRefused = Unavailable("database_login_refused");

    /// <summary>The database of the connection string does not exist.</summary>
    public static readonly ErrorCode DatabaseMissing = Unavailable("database_missing");

    /// <summary>The database user may not do this.</summary>
    public static readonly ErrorCode DatabaseForbidden = Unavailable("database_forbidden");

    /// <summary>The database lacks a table, column or view that this program needs.</summary>
    public static readonly ErrorCode SchemaMismatch = Unavailable("schema_mismatch");

    /// <summary>The database is starting or stopping.</summary>
    public static readonly ErrorCode DatabaseStarting = Unavailable("database_starting");

    /// <summary>Any other error of the database. Facts: sqlstate.</summary>
    public static readonly ErrorCode DatabaseFailed = Unavailable("database_failed");

    /// <summary>As much work that needs whole tables is under way as the program does at once.</summary>
    public static readonly ErrorCode ServerBusy = Unavailable("server_busy");

    /// <summary>The server cannot serve the ledger for now, as its readiness check found.</summary>
    public static readonly ErrorCode NotReady = Unavailable("not_ready");

    /// <summary>This user may not listen on the port.</summary>
    public static readonly ErrorCode PortForbidden = Unavailable("port_forbidden");

    /// <summary>The server cannot listen there for another reason.</summary>
    public static readonly ErrorCode CannotListen = Unavailable("cannot_listen");

    private ErrorCode(string name, LedgerErrorKind kind)
    {
        Name = name;
        Kind = kind;
    }

    /// <summary>All codes, in the order of this file.</summary>
    public static IReadOnlyList<ErrorCode> All { get; } =
    [
        .. typeof(ErrorCode)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.FieldType == typeof(ErrorCode))
            .Select(field => (ErrorCode)field.GetValue(null)!),
    ];

    /// <summary>Lower case, words apart by underscores.</summary>
    public string Name { get; }

    public LedgerErrorKind Kind { get; }

    /// <summary>The code of a name; null where there is none.</summary>
    public static ErrorCode? Find(string name) => All.FirstOrDefault(code => code.Name == name);

    public override string ToString() => Name;

    private static ErrorCode Invalid(string name) => new(name, LedgerErrorKind.Invalid);

    private static ErrorCode NotFound(string name) => new(name, LedgerErrorKind.NotFound);

    private static ErrorCode Conflict(string name) => new(name, LedgerErrorKind.Conflict);

    private static ErrorCode Unavailable(string name) => new(name, LedgerErrorKind.Unavailable);
}
