using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The one transaction in which a run's results are stored and the run becomes complete: both are visible together or not at
/// all. On a distributed ledger there are two: the results are committed first, listed as rows that nobody sees (<see cref="UnseenRows"/>),
/// and the run is completed in the second, on the coordinator alone. Disposing without <see cref="CommitAsync"/> takes everything back;
/// what is committed of it by then is swept later. Not thread-safe.
/// </summary>
public sealed class RunCompletion : IAsyncDisposable
{
    private readonly LedgerDatabase _ledger;
    private readonly NpgsqlConnection _connection;
    private readonly Guid _runId;
    private readonly int? _attempt;

    // Of a distributed ledger; null of others.
    private readonly UnseenRows? _unseen;

    // What belongs into the second transaction.
    private readonly List<Func<CancellationToken, Task>> _deferred = [];
    private NpgsqlTransaction _transaction;

    // Of what was saved in one piece; only where it came in several or in another order it is read again.
    private string? _hash;
    private long? _saved;
    private const int TriesOfNodes = 20;
    private static readonly TimeSpan s_nodesFollow = TimeSpan.FromMilliseconds(500);
    private long _last = long.MinValue;

    // Of a run whose results are in files; null of others.
    private (long Set, ResultFiles Files, ResultFolder Folder)? _inFiles;
    private long _keptStars;
    private bool _isAscending = true;
    private bool _marked;

    private RunCompletion(
        LedgerDatabase ledger,
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        UnseenRows? unseen,
        Guid runId,
        int? attempt
    )
    {
        _ledger = ledger;
        _unseen = unseen;
        _attempt = attempt;
        _connection = connection;
        _transaction = transaction;
        _runId = runId;
    }

    /// <summary>Of the transaction, for what belongs to it.</summary>
    internal NpgsqlConnection Connection => _connection;

    /// <summary>Told of each step of a completion; for tests that end the program or the database there.</summary>
    internal static Action<string>? AtPoint { get; set; }

    /// <summary>The same of this one alone.</summary>
    internal Action<string>? Reached { get; set; }

    private void At(string point)
    {
        AtPoint?.Invoke(point);
        Reached?.Invoke(point);
    }

    /// <param name="attempt">the run must be in this attempt, now and when it is marked complete; null = in any</param>
    /// <exception cref="LedgerException">no such run, or it has ended already, or is another worker's</exception>
    internal static Task<RunCompletion> BeginAsync(LedgerDatabase ledger, Guid runId, int? attempt, CancellationToken cancellationToken) =>
        DatabaseBoundary.AskAsync(() => OpenAsync(ledger, runId, attempt, cancellationToken));

    private static async Task<RunCompletion> OpenAsync(LedgerDatabase ledger, Guid runId, int? attempt, CancellationToken cancellationToken)
    {
        var connection = await ledger.ConnectAsync(cancellationToken);
        UnseenRows? unseen = null;
        NpgsqlTransaction? transaction = null;
        try
        {
            if (await LedgerLayout.IsDistributedAsync(connection, cancellationToken))
                unseen = await UnseenRows.HoldAsync(connection, UnseenRows.Results, runId, cancellationToken);
            // Whatever the server's default: completing updates the views' summaries, which needs to see the completion it waited for.
            transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
            await HoldAsync(connection, runId, attempt, cancellationToken);
            if (unseen is not null)
                await unseen.AnnounceAsync(cancellationToken);
            return new RunCompletion(ledger, connection, transaction, unseen, runId, attempt);
        }
        catch
        {
            if (transaction is not null)
                await transaction.DisposeAsync();
            if (unseen is not null)
                await unseen.ReleaseAsync();
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task HoldAsync(NpgsqlConnection connection, Guid runId, int? attempt, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RunLife.HoldToComplete, connection)
        {
            Parameters =
            {
                new() { Value = runId },
                Attempt(attempt),
            },
        };
        switch (await command.ExecuteScalarAsync(cancellationToken))
        {
            case null:
                throw attempt is null
                    ? LedgerException.Of(ErrorCode.RunNotFound, $"there is no run {runId}").With("run_id", runId)
                    : Lost(runId);
            case "pending" or "running":
                return;
            case var status:
                throw LedgerException
                    .Of(ErrorCode.RunEnded, $"run {runId} is {status} and takes no more results")
                    .With("run_id", runId)
                    .With("status", status);
        }
    }

    /// <summary>Appends results by binary COPY, and counts the stars of the selection that were not analysed, on a connection of its own
    /// meanwhile.</summary>
    internal async Task SaveAsync(
        int count,
        Func<Func<int, StoredResult>> rows,
        IReadOnlyList<ExcludedStars> excluded,
        CancellationToken cancellationToken
    )
    {
        var cells = ExcludedCell.CountAsync(_ledger, excluded, cancellationToken);
        await Task.WhenAll(SaveAsync(count, rows, cancellationToken), cells);
        await SaveExclusionsAsync(await cells, cancellationToken);
    }

    /// <summary>Appends results by binary COPY. Their hash needs names of the stars, which are read on a connection of its own
    /// meanwhile.</summary>
    /// <param name="count">stars</param>
    /// <param name="rows">what the run says of each, asked for one after the other; called once for the copy and once for the hash</param>
    /// <exception cref="LedgerException">a score is not a finite number, or a star occurs twice</exception>
    internal async Task SaveAsync(int count, Func<Func<int, StoredResult>> rows, CancellationToken cancellationToken)
    {
        if (_saved is { } before)
        {
            (_hash, _saved) = (null, before + count);
            await CopyAsync(count, rows(), cancellationToken);
            return;
        }
        _saved = count;
        var hash = Task.Run(
            () => _ledger.AskAsync(c => RowsHash.OfAsync(c, count, rows(), cancellationToken), cancellationToken),
            cancellationToken
        );
        await Task.WhenAll(CopyAsync(count, rows(), cancellationToken), hash);
        _hash = _isAscending ? await hash : null;
    }

    private async Task CopyAsync(int count, Func<int, StoredResult> row, CancellationToken cancellationToken, bool keptOnly = false)
    {
        await CopyAsync(
            $"copy public.discovery_results (run_id, {StoredResult.Columns}) from stdin (format binary)",
            count,
            (writer, i) =>
            {
                var result = row(i);
                if (keptOnly && !result.IsKept)
                    return;
                _isAscending &= result.StarId > _last;
                _last = result.StarId;
                if (result.Score is { } score && !double.IsFinite(score))
                    throw LedgerException.Of(
                        ErrorCode.InvalidValue,
                        $"the score of star {result.StarId} is not a number",
                        "This is a defect of the detector; nothing was stored."
                    );
                writer.StartRow();
                writer.Write(_runId, NpgsqlDbType.Uuid);
                writer.Write(result.StarId, NpgsqlDbType.Bigint);
                writer.Write(result.IsAnomaly ? 1 : 0, NpgsqlDbType.Integer);
                Write(writer, result.Score);
                if (result.ClusterId is { } cluster)
                    writer.Write(cluster, NpgsqlDbType.Integer);
                else
                    writer.WriteNull();
                Write(writer, result.Strength);
                Write(writer, result.Probability);
                Write(writer, result.FlagProbability);
                Write(writer, result.ScoreSpread);
                Write(writer, result.Stability);
            },
            cancellationToken
        );
    }

    /// <summary>Stores stars of a catalogue that is read where it lies, which the run has flagged or put into a cluster, where they are not
    /// there yet.</summary>
    /// <exception cref="LedgerException">two of them have one id of the catalogue</exception>
    internal async Task KeepStarsAsync(Dataset dataset, IReadOnlyList<Star> kept, CancellationToken cancellationToken) =>
        _keptStars += await DatabaseBoundary.AskAsync(() => KeptStars.SaveAsync(_connection, dataset, kept, cancellationToken));

    /// <summary>Takes results that are in files: the ledger gets those of the flagged and clustered stars, which it has
    /// already (<see cref="KeepStarsAsync"/>), and the set of all.</summary>
    /// <param name="count">stars, those that the ledger does not keep among them</param>
    /// <param name="row">what the run says of each, asked for one after the other</param>
    /// <param name="folder">gets its name with <see cref="CommitAsync"/></param>
    internal async Task SaveInFilesAsync(
        long datasetId,
        int count,
        Func<int, StoredResult> row,
        AnalysedStars analysed,
        ResultFiles files,
        ResultFolder folder,
        string hash,
        CancellationToken cancellationToken
    )
    {
        await CopyAsync(count, row, cancellationToken, keptOnly: true);
        await DatabaseBoundary.AskAsync(async () =>
        {
            var set = await analysed.SaveAsync(_connection, datasetId, cancellationToken);
            (_inFiles, _hash) = ((set, files, folder), hash);
            // Views join them at once, and plans made without knowing how many there are take hours.
            await _connection.ExecuteAsync("analyze public.analysed_sets, public.analysed_set_blocks", cancellationToken);
            if (
                await _connection.ScalarAsync(
                    "select 1 from pg_class where oid = 'public.stars'::regclass and $1 > greatest(reltuples, 0) / 10",
                    cancellationToken,
                    _keptStars
                )
                is not null
            )
                await _connection.ExecuteAsync("analyze public.stars", cancellationToken);
            if (_keptStars > 0)
                await KeptStars.TellAsync(_connection, cancellationToken);
        });
    }

    /// <summary>Appends results of an anomaly run by binary COPY.</summary>
    /// <param name="scores">negative = anomalous; finite</param>
    /// <exception cref="LedgerException">a score is not a finite number, or a star occurs twice</exception>
    public Task SaveAnomaliesAsync(long[] starIds, double[] scores, CancellationToken cancellationToken = default) =>
        SaveAsync(starIds.Length, () => i => new StoredResult(starIds[i], scores[i] < 0, scores[i], null), cancellationToken);

    /// <summary>Appends results of a cluster run by binary COPY.</summary>
    /// <param name="labels">cluster number from 0, or -1 for noise</param>
    /// <param name="strengths">strength of membership in [0, 1], where the algorithm has one</param>
    public Task SaveClustersAsync(
        long[] starIds,
        int[] labels,
        double[]? strengths = null,
        CancellationToken cancellationToken = default
    ) => SaveClustersAsync(starIds, labels, strengths, null, cancellationToken);

    /// <param name="probabilities">probability of membership, where the algorithm calibrates one</param>
    /// <inheritdoc cref="SaveClustersAsync(long[], int[], double[], CancellationToken)"/>
    internal Task SaveClustersAsync(
        long[] starIds,
        int[] labels,
        double[]? strengths,
        double[]? probabilities,
        CancellationToken cancellationToken
    ) =>
        SaveAsync(
            starIds.Length,
            () => i => new StoredResult(starIds[i], false, null, labels[i], strengths?[i], probabilities?[i]),
            cancellationToken
        );

    /// <summary>What the run says of its clusters.</summary>
    internal Task SaveClusterSummariesAsync(IReadOnlyList<DiscoveryCluster> clusters, CancellationToken cancellationToken) =>
        clusters.Count == 0
            ? Task.CompletedTask
            : WithCompletionAsync(
                token =>
                    CopyAsync(
                        $"copy public.discovery_clusters ({RunClusters.Columns}) from stdin (format binary)",
                        clusters.Count,
                        (writer, i) =>
                        {
                            writer.StartRow();
                            RunClusters.Write(writer, _runId, clusters[i]);
                        },
                        token
                    ),
                cancellationToken
            );

    // What is on the coordinator is seen at once, and so belongs to the transaction in which the run becomes complete.
    private Task WithCompletionAsync(Func<CancellationToken, Task> save, CancellationToken cancellationToken)
    {
        if (_unseen is null)
            return save(cancellationToken);
        _deferred.Add(save);
        return Task.CompletedTask;
    }

    /// <summary>Says how many stars of the selection were not analysed, by reason and place on the sky. They have no results.</summary>
    internal Task SaveExclusionsAsync(IReadOnlyList<ExcludedCell> excluded, CancellationToken cancellationToken) =>
        WithCompletionAsync(
            token => DatabaseBoundary.AskAsync(() => ExcludedCell.SaveAsync(_connection, _runId, excluded, token)),
            cancellationToken
        );

    /// <summary>The same stars as another run, over the same selection and with the same recipe, left out.</summary>
    internal Task CopyExclusionsAsync(Guid of, CancellationToken cancellationToken) =>
        WithCompletionAsync(token => CopyExclusionsNowAsync(of, token), cancellationToken);

    private Task CopyExclusionsNowAsync(Guid of, CancellationToken cancellationToken) =>
        DatabaseBoundary.AskAsync(async () =>
        {
            await using var command = new NpgsqlCommand(
                """
                insert into public.discovery_exclusions (run_id, dataset_id, reason, healpix_6, stars)
                select $1, dataset_id, reason, healpix_6, stars from public.discovery_exclusions where run_id = $2
                """,
                _connection
            )
            {
                CommandTimeout = 3600,
                Parameters =
                {
                    new() { Value = _runId },
                    new() { Value = of },
                },
            };
            await command.ExecuteNonQueryAsync(cancellationToken);
        });

    private static void Write(NpgsqlBinaryImporter writer, double? value)
    {
        if (value is { } known)
            writer.Write(known, NpgsqlDbType.Double);
        else
            writer.WriteNull();
    }

    private async Task CopyAsync(string sql, int rows, Action<NpgsqlBinaryImporter, int> write, CancellationToken cancellationToken)
    {
        await DatabaseBoundary.AskAsync(async () =>
        {
            At("before-copy");
            await using var writer = await _connection.BeginBinaryImportAsync(sql, cancellationToken);
            // A large run may take long to index its rows at the end of the copy.
            writer.Timeout = TimeSpan.FromHours(1);
            for (var i = 0; i < rows; i++)
            {
                if (i % 16384 == 0)
                    cancellationToken.ThrowIfCancellationRequested();
                write(writer, i);
            }
            await writer.CompleteAsync(cancellationToken);
            At("after-copy");
        });
    }

    /// <summary>Marks the run complete; nothing is visible before <see cref="CommitAsync"/>.</summary>
    /// <param name="summary">JSON object kept as <c>results_summary</c></param>
    public async Task MarkCompleteAsync(long totalStars, string? summary, CancellationToken cancellationToken = default)
    {
        await DatabaseBoundary.AskAsync(async () =>
        {
            var sum = _hash ?? await StoredResults.HashAsync(_connection, _runId, cancellationToken);
            if (_unseen is not null)
                await CommitResultsAsync(cancellationToken);
            await using var command = new NpgsqlCommand(RunLife.CompleteRun, _connection)
            {
                // The views' share of the work, in mode incremental, and its turn among other completions.
                CommandTimeout = 3600,
                Parameters =
                {
                    new() { Value = _runId },
                    new() { Value = totalStars },
                    new() { Value = (object?)summary ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb },
                    new() { Value = sum },
                    Attempt(_attempt),
                    new() { Value = _inFiles is null ? ResultsHash.Version : FileResultsHash.Version },
                    new() { Value = (object?)_inFiles?.Set ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint },
                    new() { Value = (object?)_inFiles?.Files.ToJson() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            };
            // Cancelled, or given to another worker, while the results were copied.
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
                throw Lost(_runId);
            _marked = true;
            At("before-commit");
        });
    }

    /// <summary>The first of the two transactions ends, the second begins.</summary>
    private async Task CommitResultsAsync(CancellationToken cancellationToken)
    {
        // Who has lost the run meanwhile leaves nothing behind.
        await HoldAsync(_connection, _runId, _attempt, cancellationToken);
        At("before-results");
        await _transaction.CommitAsync(cancellationToken);
        At("after-results");
        var saved = _saved ?? 0;
        for (var tries = TriesOfNodes; ; tries--)
        {
            // A machine that was lost between its promise to commit and the commit keeps the promise when it is back.
            var found = (long)
                (
                    await _connection.ScalarAsync(
                        "select count(*) from public.discovery_results where run_id = $1",
                        cancellationToken,
                        _runId
                    )
                )!;
            if (found == saved)
                break;
            if (tries == 0)
                throw LedgerException
                    .Of(
                        ErrorCode.DatabaseNodeAway,
                        $"{saved - found} of the {saved} results of run {_runId} are not there yet: a node of the database does not answer",
                        "Try again when all nodes are up; nothing of the run is seen."
                    )
                    .With("run_id", _runId);
            await Task.Delay(s_nodesFollow, cancellationToken);
        }
        _transaction = await _connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        await HoldAsync(_connection, _runId, _attempt, cancellationToken);
        if (!await _unseen!.ShowAsync(cancellationToken))
            throw Lost(_runId);
        foreach (var save in _deferred)
            await save(cancellationToken);
    }

    /// <exception cref="InvalidOperationException">the run was not marked complete: results without completion are never kept</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        if (!_marked)
            throw new InvalidOperationException("mark the run complete before committing its results");
        if (_inFiles is { Folder: { } folder })
        {
            // Before the commit: what is complete has its files. Behind everything else, so that little can happen between the two.
            At("before-rename");
            folder.Keep();
            At("after-rename");
        }
        await DatabaseBoundary.AskAsync(async () =>
        {
            await _transaction.CommitAsync(cancellationToken);
            At("after-commit");
        });
    }

    private static NpgsqlParameter Attempt(int? attempt) =>
        new() { Value = (object?)attempt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer };

    private static LedgerException Lost(Guid runId) =>
        LedgerException
            .Of(ErrorCode.RunLost, $"run {runId} takes no more results: it was cancelled, deleted or given to another worker meanwhile")
            .With("run_id", runId);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        if (_unseen is not null)
            await _unseen.ReleaseAsync();
        await _connection.DisposeAsync();
    }
}
