using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Listing;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The runs of the ledger. A run is created <c>pending</c>, started once, and ends <c>completed</c>, <c>failed</c> or
/// <c>cancelled</c>; a complete run never changes, it can only be deleted, and its results with it.
/// </summary>
public sealed class RunRepository(LedgerDatabase ledger)
{
    private const string Runs = "select * from public.discovery_runs";

    /// <summary>Stores a new pending run, reserved to whoever creates it, and answers it.</summary>
    /// <exception cref="LedgerException">no such dataset</exception>
    public Task<DiscoveryRun> CreateAsync(
        long datasetId,
        RunParameters parameters,
        StarFilter filter,
        CancellationToken cancellationToken = default
    ) => CreateAsync(datasetId, parameters, filter, RunPlacement.Own, cancellationToken);

    /// <inheritdoc cref="CreateAsync(long, RunParameters, StarFilter, CancellationToken)"/>
    public async Task<DiscoveryRun> CreateAsync(
        long datasetId,
        RunParameters parameters,
        StarFilter filter,
        RunPlacement placement,
        CancellationToken cancellationToken = default
    )
    {
        var run = NewRun(datasetId, parameters, filter, placement);
        await using var context = ledger.CreateContext();
        context.Runs.Add(run);
        await SaveAsync(context, datasetId, cancellationToken);
        return run;
    }

    internal static DiscoveryRun NewRun(
        long datasetId,
        RunParameters parameters,
        StarFilter filter,
        RunPlacement placement,
        Guid? runId = null,
        string? selectionHash = null,
        string? why = null
    )
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(placement);
        var now = Truncate(DateTime.UtcNow);
        return new DiscoveryRun
        {
            RunId = runId ?? Guid.CreateVersion7(),
            RunType = parameters.Algorithm.RunType,
            Algorithm = parameters.Algorithm.Name,
            Parameters = parameters.ToJson(),
            DatasetId = datasetId,
            DatasetFilter = filter.ToJson(),
            SelectionHash = selectionHash,
            ResultsSummary = Chosen(why),
            Status = RunLife.First,
            RandomSeed = parameters.Seed,
            ProgramVersion = Contract.ProgramVersion.Current,
            CreatedAt = now,
            // The queue is read by the database's clock: what is not reserved must not wait for a clock that is behind this one.
            NotBefore = placement.Reserved > TimeSpan.Zero ? now + placement.Reserved : DateTime.UnixEpoch,
            MaxRestarts = placement.MaxRestarts,
            RetryOf = placement.RetryOf,
            GroupId = placement.GroupId,
            StartedBy = placement.By,
        };
    }

    // The run says it before it is complete.
    private static string? Chosen(string? why) => why is null ? null : new ResultsSummary { FeaturesChosen = why }.ToJson();

    internal static async Task SaveAsync(LedgerContext context, long datasetId, CancellationToken cancellationToken)
    {
        await DatabaseBoundary.AskAsync(async () =>
        {
            try
            {
                await context.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException e) when (e.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation })
            {
                throw LedgerException.Of(ErrorCode.DatasetNotFound, $"there is no dataset {datasetId}");
            }
        });
    }

    /// <summary>Claims a pending run for this worker; false where it is no longer pending.</summary>
    public async Task<bool> StartAsync(Guid runId, CancellationToken cancellationToken = default) =>
        await new RunClaims(ledger).TakeAsync(runId, cancellationToken) is not null;

    /// <summary>Writes down the recipe of a run that was stored without one; it is being worked on.</summary>
    internal Task ResolveAsync(Guid runId, RunParameters parameters, string? why, CancellationToken cancellationToken) =>
        ExecuteAsync(RunLife.ResolveParameters, cancellationToken, runId, parameters.ToJson(), Chosen(why) ?? "{}");

    /// <summary>Ends a run that is not complete.</summary>
    public Task FailAsync(Guid runId, string error, CancellationToken cancellationToken = default) =>
        EndAsync(runId, RunStatus.Failed, error, cancellationToken);

    /// <summary>Ends a run that is not complete, because the user asked for it.</summary>
    public Task CancelAsync(Guid runId, CancellationToken cancellationToken = default) =>
        EndAsync(runId, RunStatus.Cancelled, null, cancellationToken);

    private Task<int> EndAsync(Guid runId, string status, string? error, CancellationToken cancellationToken) =>
        ExecuteAsync(RunLife.AbandonRun, cancellationToken, runId, status, error);

    /// <summary>Opens the transaction in which a run's results and its completion become visible together.</summary>
    public Task<RunCompletion> BeginCompletionAsync(Guid runId, CancellationToken cancellationToken = default) =>
        RunCompletion.BeginAsync(ledger, runId, null, cancellationToken);

    /// <summary>The same for a worker; refused, now and at the end, where the run is no longer in its attempt.</summary>
    internal Task<RunCompletion> BeginCompletionAsync(RunClaim claim, CancellationToken cancellationToken) =>
        RunCompletion.BeginAsync(ledger, claim.RunId, claim.Attempt, cancellationToken);

    /// <exception cref="LedgerException">no such run</exception>
    public async Task<DiscoveryRun> GetAsync(Guid runId, CancellationToken cancellationToken = default) =>
        (await ledger.RowsAsync<DiscoveryRun>($"{Runs} where run_id = $1", cancellationToken, runId)).FirstOrDefault()
        ?? throw await MissingAsync(
            LedgerException
                .Of(ErrorCode.RunNotFound, $"there is no run {runId}", "The list of runs has those that there are.")
                .With("run_id", runId),
            runId.ToString(),
            cancellationToken
        );

    private Task<LedgerException> MissingAsync(LedgerException missing, string part, CancellationToken cancellationToken) =>
        new LedgerDeletions(ledger).ExplainMissingRunAsync(missing, part, cancellationToken);

    /// <summary>In the order of the query, which is newest first unless it says otherwise.</summary>
    /// <exception cref="LedgerException">the page token is not one of this order, or the condition or order cannot be read</exception>
    public async Task<IReadOnlyList<DiscoveryRun>> ListAsync(RunQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        // Runs over several datasets are few, and have an index of their own; where there are none, a dataset's runs are read from its
        // index alone.
        var several = query.DatasetId is { } dataset ? await AlsoOverAsync(dataset, cancellationToken) : [];
        if (RunOrder.All.Contains(query.Sort))
            return await PageAsync(connection => Page(connection, query, several));
        // Any other order has no index: the runs that meet the conditions are sorted.
        var last = RunOrder.RunOf(query.After);
        var found = await PageAsync(RunSort.Query(query, several, last).On);
        if (found.Count == 0 && last is { } gone)
            await GetAsync(gone, cancellationToken);
        return found;

        Task<List<DiscoveryRun>> PageAsync(Func<NpgsqlConnection, NpgsqlCommand> page) =>
            ledger.RowsAsync<DiscoveryRun>(page, cancellationToken);
    }

    /// <summary>The one statement that filters, sorts by an index and cuts out a page.</summary>
    /// <param name="query">in one of the orders of <see cref="RunOrder"/></param>
    /// <param name="alsoOverTheDataset">runs that name the dataset beside another</param>
    /// <exception cref="LedgerException">the page token is not one of this order, or the condition cannot be read</exception>
    public static NpgsqlCommand Page(NpgsqlConnection connection, RunQuery query, Guid[]? alsoOverTheDataset = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        return RunOrder.Query(query, alsoOverTheDataset ?? []).On(connection);
    }

    internal async Task<Guid[]> AlsoOverAsync(long dataset, CancellationToken cancellationToken) =>
        [
            .. await ledger.AskAsync(
                connection =>
                    connection.ListAsync<Guid>(
                        "select run_id from public.discovery_runs where dataset_filter ? 'also_datasets' and dataset_filter @> $1::jsonb",
                        cancellationToken,
                        DatasetRepository.AlsoJson(dataset)
                    ),
                cancellationToken
            ),
        ];

    /// <summary>How many runs have each status; every status has its number.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CountByStatusAsync(CancellationToken cancellationToken = default)
    {
        var found = await ledger.ReadAsync(
            context => context.Runs.GroupBy(r => r.Status).Select(g => new { Status = g.Key, Count = g.LongCount() }),
            cancellationToken
        );
        return RunStatus.All.ToDictionary(s => s, s => found.FirstOrDefault(f => f.Status == s)?.Count ?? 0);
    }

    public async Task<long> CountAsync(CancellationToken cancellationToken = default) =>
        (long)
            (
                await ledger.AskAsync(
                    connection => connection.ScalarAsync("select count(*) from public.discovery_runs", cancellationToken),
                    cancellationToken
                )
            )!;

    /// <summary>Runs whose id, or whose sweep's, starts or ends so, the newest first.</summary>
    /// <param name="part">hexadecimal digits and hyphens</param>
    public Task<List<DiscoveryRun>> MatchingAsync(string part, int most, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        part = part.ToLowerInvariant();
        return ledger.ReadAsync(
            context =>
                context
                    .Runs.Where(r =>
                        r.RunId.ToString().StartsWith(part)
                        || r.RunId.ToString().EndsWith(part)
                        || r.GroupId != null && (r.GroupId.ToString()!.StartsWith(part) || r.GroupId.ToString()!.EndsWith(part))
                    )
                    .OrderByDescending(r => r.RunId)
                    .Take(most),
            cancellationToken
        );
    }

    /// <summary>The run whose id starts or ends so; at least six characters, as printed in tables.</summary>
    /// <exception cref="LedgerException">none, or more than one</exception>
    public async Task<DiscoveryRun> FindAsync(string idOrPrefix, CancellationToken cancellationToken = default)
    {
        if (Guid.TryParse(idOrPrefix, out var id))
            return await GetAsync(id, cancellationToken);
        var prefix = idOrPrefix.ToLowerInvariant();
        if (prefix.Length < 6 || prefix.Any(c => !char.IsAsciiHexDigit(c) && c != '-'))
            throw LedgerException.Invalid(
                "run_id",
                $"'{idOrPrefix}' is not a run id",
                "Give the whole id, or at least six characters of its start or end."
            );
        var matches = await ledger.RowsAsync<DiscoveryRun>(
            $"{Runs} where run_id::text like $1 or run_id::text like $2 limit 2",
            cancellationToken,
            $"{prefix}%",
            $"%{prefix}"
        );
        return matches.Count switch
        {
            1 => matches[0],
            0 => throw await MissingAsync(
                LedgerException.Of(
                    ErrorCode.RunNotFound,
                    $"there is no run whose id starts or ends with '{idOrPrefix}'",
                    "The list of runs has those that there are."
                ),
                prefix,
                cancellationToken
            ),
            _ => throw LedgerException.Of(
                ErrorCode.AmbiguousRun,
                $"more than one run has an id that starts or ends with '{idOrPrefix}'",
                "Give more characters."
            ),
        };
    }

    /// <summary>Runs whose name contains a text, the newest first.</summary>
    public Task<List<DiscoveryRun>> CalledAsync(string text, int most, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var like = $"%{RunField.Escaped(text)}%";
        return ledger.ReadAsync(
            context =>
                context.Runs.Where(r => r.Name != null && EF.Functions.ILike(r.Name, like)).OrderByDescending(r => r.RunId).Take(most),
            cancellationToken
        );
    }

    /// <summary>Calls a run something. Nothing else changes: its hash does not know its name.</summary>
    /// <param name="name">at most 200 characters on one line; null or blank = nothing</param>
    /// <exception cref="LedgerException">no such run, or it is not a name</exception>
    public async Task<DiscoveryRun> NameAsync(Guid runId, string? name, CancellationToken cancellationToken = default)
    {
        await ExecuteAsync(RunLife.Name, cancellationToken, runId, AnnotationText.Short("name", name));
        return await GetAsync(runId, cancellationToken);
    }

    /// <summary>Deletes a run and its results for good, in one transaction, and frees their space.</summary>
    /// <exception cref="LedgerException">no such run, or it is being worked on</exception>
    public async Task DeleteAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        if (await ExecuteAsync(RunLife.DeleteRun, cancellationToken, runId) == 0)
            await RefuseDeletionAsync(runId, cancellationToken);
        await ResultFolders.SweepAsync(ledger, cancellationToken);
    }

    /// <summary>Deletes a run and what belongs to it, so that it can be brought back for a day (<see cref="LedgerDeletions"/>).</summary>
    /// <exception cref="LedgerException">no such run, it is being worked on, or there is no room to keep it</exception>
    public async Task PutAwayAsync(Guid runId, string? by, CancellationToken cancellationToken = default)
    {
        if (!await new LedgerDeletions(ledger).DeleteRunAsync(runId, by, cancellationToken))
            await RefuseDeletionAsync(runId, cancellationToken);
    }

    private async Task RefuseDeletionAsync(Guid runId, CancellationToken cancellationToken)
    {
        var run = await GetAsync(runId, cancellationToken);
        throw LedgerException
            .Of(
                ErrorCode.RunNotEnded,
                $"run {runId} is {run.Status}",
                "Wait until it has ended, then delete it; a run whose program died is found and failed by the next command or server."
            )
            .With("run_id", run.RunId)
            .With("status", run.Status);
    }

    private async Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object?[] parameters)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
                foreach (var value in parameters)
                    command.Parameters.Add(
                        value is null
                            ? new() { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
                            : new() { Value = value }
                    );
                return await command.ExecuteNonQueryAsync(cancellationToken);
            },
            cancellationToken
        );
    }

    // PostgreSQL keeps microseconds: what is answered must equal what is stored.
    private static DateTime Truncate(DateTime time) => new(time.Ticks - time.Ticks % TimeSpan.TicksPerMicrosecond, DateTimeKind.Utc);
}
