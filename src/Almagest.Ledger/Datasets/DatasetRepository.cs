using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Datasets;

/// <summary>The datasets of the ledger, and their stars one by one.</summary>
public sealed class DatasetRepository(LedgerDatabase ledger)
{
    private const string Datasets = "select * from public.datasets";

    /// <summary>Those whose stars are in the ledger, which is what everything but a list of datasets works with.</summary>
    public Task<List<Dataset>> ListAsync(CancellationToken cancellationToken = default) =>
        ledger.RowsAsync<Dataset>($"{Datasets} where in_place is null order by dataset_id", cancellationToken);

    /// <summary>All, those that are read where they lie among them.</summary>
    public Task<List<Dataset>> ListAllAsync(CancellationToken cancellationToken = default) =>
        ledger.RowsAsync<Dataset>($"{Datasets} order by dataset_id", cancellationToken);

    /// <exception cref="LedgerException">no such dataset, or its stars are not in the ledger</exception>
    public async Task<Dataset> GetAsync(long datasetId, CancellationToken cancellationToken = default) =>
        Loaded(await GetAnyAsync(datasetId, cancellationToken));

    /// <summary>Also one that is read where it lies.</summary>
    /// <exception cref="LedgerException">no such dataset</exception>
    public async Task<Dataset> GetAnyAsync(long datasetId, CancellationToken cancellationToken = default) =>
        (await ByIdAsync(datasetId, cancellationToken)).FirstOrDefault()
        ?? throw await MissingAsync($"there is no dataset {datasetId}", Number(datasetId), null, cancellationToken);

    /// <summary>By name, else by id.</summary>
    /// <exception cref="LedgerException">no such dataset, or its stars are not in the ledger</exception>
    public async Task<Dataset> FindAsync(string nameOrId, CancellationToken cancellationToken = default) =>
        Loaded(await FindAnyAsync(nameOrId, cancellationToken));

    // Whoever looks for its stars in the ledger would find none, and take that for an answer.
    private static Dataset Loaded(Dataset dataset) =>
        dataset.InPlace is null
            ? dataset
            : throw LedgerException
                .Of(
                    ErrorCode.DatasetInPlace,
                    $"dataset '{dataset.Name}' is read where it lies: its {dataset.StarCount} stars are in its files, not in the ledger",
                    "Load the catalogue to have them in the ledger.",
                    "dataset"
                )
                .With("dataset", dataset.Name);

    /// <summary>By name, else by id; also one that is read where it lies.</summary>
    /// <exception cref="LedgerException">no such dataset</exception>
    public async Task<Dataset> FindAnyAsync(string nameOrId, CancellationToken cancellationToken = default)
    {
        var found = await ledger.RowsAsync<Dataset>($"{Datasets} where name = $1", cancellationToken, nameOrId);
        if (found.Count == 0 && long.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            found = await ByIdAsync(id, cancellationToken);
        return found.FirstOrDefault()
            ?? throw await MissingAsync($"there is no dataset '{nameOrId}'", nameOrId, "dataset", cancellationToken);
    }

    private Task<List<Dataset>> ByIdAsync(long datasetId, CancellationToken cancellationToken) =>
        ledger.RowsAsync<Dataset>($"{Datasets} where dataset_id = $1", cancellationToken, datasetId);

    /// <summary>A dataset and those that the filter adds, ascending, and the filter in the form that is stored beside the first of
    /// them.</summary>
    /// <exception cref="LedgerException">one of them does not exist, or its stars are not in the ledger</exception>
    public async Task<(IReadOnlyList<Dataset> Datasets, StarFilter Filter)> SelectedAsync(
        string nameOrId,
        StarFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        var first = await FindAsync(nameOrId, cancellationToken);
        if (filter.AlsoDatasets is not { Count: > 0 } also)
            return ([first], await ResolvedAsync([first], filter with { AlsoDatasets = null }, cancellationToken));
        var ids = new DatasetIds(also) { first.DatasetId }.ToArray();
        var found = await ledger.RowsAsync<Dataset>($"{Datasets} where dataset_id = any ($1) order by dataset_id", cancellationToken, ids);
        if (ids.Except(found.Select(d => d.DatasetId)).Select(id => (long?)id).FirstOrDefault() is { } unknown)
            throw await MissingAsync($"there is no dataset {unknown}", Number(unknown), "filter.also_datasets", cancellationToken);
        if (ids.Length > 1 && found.Find(d => d.InPlace is not null) is { } lying)
            throw NotAmongSeveral(lying);
        found.ForEach(d => Loaded(d));
        filter = filter with { AlsoDatasets = ids.Length == 1 ? null : new DatasetIds(ids.Skip(1)) };
        return (found, await ResolvedAsync(found, filter, cancellationToken));
    }

    /// <summary>The same, also of one dataset that is read where it lies.</summary>
    /// <inheritdoc cref="SelectedAsync"/>
    public async Task<(IReadOnlyList<Dataset> Datasets, StarFilter Filter)> SelectedAnyAsync(
        string nameOrId,
        StarFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        if (await FindAnyAsync(nameOrId, cancellationToken) is not { InPlace: not null } dataset)
            return await SelectedAsync(nameOrId, filter, cancellationToken);
        if (filter.AlsoDatasets is { Count: > 0 } also && also.Any(id => id != dataset.DatasetId))
            throw NotAmongSeveral(dataset);
        _ = new StarFilterTest(dataset, filter);
        return ([dataset], filter);
    }

    private static LedgerException NotAmongSeveral(Dataset dataset) =>
        LedgerException
            .Of(
                ErrorCode.DatasetInPlace,
                $"a run over several datasets needs the stars of each in the ledger, and those of dataset '{dataset.Name}' stay "
                    + "in its files",
                "Name it alone, or load the catalogue.",
                "dataset"
            )
            .With("dataset", dataset.Name);

    private async Task<StarFilter> ResolvedAsync(IReadOnlyList<Dataset> found, StarFilter filter, CancellationToken cancellationToken)
    {
        await new NamedStars(ledger).RequireAsync(found, filter, cancellationToken);
        return await new QualityCuts(ledger).ResolveAsync(found, filter, cancellationToken);
    }

    /// <summary>The filter, of these datasets besides the first; their order does not matter.</summary>
    /// <exception cref="LedgerException">one of them does not exist, or is named twice</exception>
    public async Task<StarFilter> AlsoAsync(
        IReadOnlyList<string> namesOrIds,
        StarFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(namesOrIds);
        ArgumentNullException.ThrowIfNull(filter);
        if (namesOrIds.Count < 2)
            return filter;
        var ids = new DatasetIds();
        foreach (var name in namesOrIds)
        {
            var found = await FindAnyAsync(name, cancellationToken);
            if (found.InPlace is not null)
                throw NotAmongSeveral(found);
            if (!ids.Add(found.DatasetId))
                throw LedgerException.Of(
                    ErrorCode.ConflictingValues,
                    $"dataset '{name}' is named twice",
                    "Name each dataset once.",
                    "dataset"
                );
        }
        foreach (var more in filter.AlsoDatasets ?? [])
            ids.Add(more);
        return filter with { AlsoDatasets = ids };
    }

    /// <summary>The datasets of a run, ascending.</summary>
    public async Task<IReadOnlyList<Dataset>> OfAsync(DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        var ids = RunDatasets.Ids(run).ToArray();
        return await ledger.RowsAsync<Dataset>($"{Datasets} where dataset_id = any ($1) order by dataset_id", cancellationToken, ids);
    }

    /// <summary>Of all datasets, those that are read where they lie among them.</summary>
    public async Task<IReadOnlyDictionary<long, string>> NamesAsync(CancellationToken cancellationToken = default) =>
        (await ListAllAsync(cancellationToken)).ToDictionary(d => d.DatasetId, d => d.Name);

    public Task<List<RejectedRow>> RejectedRowsAsync(long datasetId, int limit = 100, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(
            context => context.RejectedRows.Where(r => r.DatasetId == datasetId).OrderBy(r => r.Ordinal).Take(limit),
            cancellationToken
        );

    /// <exception cref="LedgerException">no such star</exception>
    public async Task<Star> GetStarAsync(long starId, CancellationToken cancellationToken = default) =>
        (await ledger.ReadAsync(context => context.Stars.Where(s => s.StarId == starId), cancellationToken)).FirstOrDefault()
        ?? throw await NoStarAsync(starId, cancellationToken);

    /// <summary>For whoever finds nothing said of a star: it may be one that is not in the ledger, of which files may say
    /// something.</summary>
    /// <exception cref="LedgerException">the star stays in its catalogue's files, and no run flagged it</exception>
    public async Task RequireNotInFilesAsync(long starId, CancellationToken cancellationToken = default)
    {
        if (
            (await ledger.ReadAsync(context => context.Stars.Where(s => s.StarId == starId), cancellationToken)).Count == 0
            && await NoStarAsync(starId, cancellationToken) is { } missing
            && missing.Code == ErrorCode.DatasetInPlace
        )
            throw missing;
    }

    private async Task<LedgerException> NoStarAsync(long starId, CancellationToken cancellationToken)
    {
        var inPlace = await ledger.ReadAsync(context => context.Datasets.Where(d => d.InPlace != null), cancellationToken);
        if (inPlace.Find(d => InPlaceCatalogue.Of(d)!.Holds(starId)) is { } dataset)
            return LedgerException
                .Of(
                    ErrorCode.DatasetInPlace,
                    $"star {starId} is in the files of dataset '{dataset.Name}', which is read where it lies: of it the ledger has the "
                        + "stars that some run flagged or put into a cluster, and this is none of them",
                    "Load the catalogue to have all its stars in the ledger.",
                    "star_id"
                )
                .With("dataset", dataset.Name);
        return LedgerException.Of(
            ErrorCode.StarNotFound,
            $"there is no star {starId}",
            "Star ids are the ledger's own, not those of a catalogue."
        );
    }

    /// <summary>How many stars of a dataset are in the ledger: of one that is read where it lies those that some run flagged or put
    /// into a cluster.</summary>
    public async Task<long> KeptStarsAsync(long datasetId, CancellationToken cancellationToken = default) =>
        (long)
            (
                await ledger.AskAsync(
                    connection =>
                        connection.ScalarAsync("select count(*) from public.stars where dataset_id = $1", cancellationToken, datasetId),
                    cancellationToken
                )
            )!;

    /// <summary>Stars of a dataset by the catalogue's own id (one, or none).</summary>
    public Task<List<Star>> FindStarsAsync(long datasetId, string sourceId, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(context => context.Stars.Where(s => s.DatasetId == datasetId && s.SourceId == sourceId), cancellationToken);

    /// <summary>A page of a dataset's stars in order of star_id.</summary>
    public Task<List<Star>> StarsAsync(long datasetId, long after = 0, int limit = 100, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(
            context => context.Stars.Where(s => s.DatasetId == datasetId && s.StarId > after).OrderBy(s => s.StarId).Take(limit),
            cancellationToken
        );

    public Task<List<StarLabel>> LabelsAsync(long starId, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(context => context.StarLabels.Where(l => l.StarId == starId).OrderBy(l => l.LabelSet), cancellationToken);

    /// <summary>How many runs took stars of each dataset, whatever became of them; datasets without a run are left out.</summary>
    public async Task<IReadOnlyDictionary<long, long>> RunCountsAsync(CancellationToken cancellationToken = default)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select dataset_id, count(*)
                    from (
                      select run_id, dataset_id from public.discovery_runs
                      union
                      select run_id, jsonb_array_elements_text(dataset_filter -> 'also_datasets')::bigint from public.discovery_runs
                        where dataset_filter ? 'also_datasets') r
                    group by dataset_id
                    """,
                    connection
                );
                var counts = new Dictionary<long, long>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    counts[reader.GetInt64(0)] = reader.GetInt64(1);
                return counts;
            },
            cancellationToken
        );
    }

    private async Task<int> RunCountAsync(long datasetId, CancellationToken cancellationToken)
    {
        var also = AlsoJson(datasetId);
        return (
            await ledger.ReadAsync(
                context =>
                    context
                        .Runs.Where(r => r.DatasetId == datasetId || EF.Functions.JsonContains(r.DatasetFilter, also))
                        .GroupBy(_ => 1)
                        .Select(g => g.Count()),
                cancellationToken
            )
        ).FirstOrDefault();
    }

    /// <summary>What the filter of a run contains that adds this dataset.</summary>
    public static string AlsoJson(long datasetId) => FormattableString.Invariant($$"""{"also_datasets": [{{datasetId}}]}""");

    /// <summary>Calls a dataset otherwise. Nothing else changes: runs and hashes do not know its name.</summary>
    /// <exception cref="LedgerException">no such dataset, it is not a name, or another dataset has it</exception>
    public async Task RenameAsync(long datasetId, string name, CancellationToken cancellationToken = default)
    {
        DatasetName.Require(name);
        var renamed = await ledger.AskAsync(
            async connection =>
            {
                try
                {
                    return await connection.ExecuteAsync(
                        "update public.datasets set name = $2 where dataset_id = $1",
                        cancellationToken,
                        datasetId,
                        name
                    );
                }
                catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
                {
                    throw LedgerException
                        .Of(ErrorCode.DatasetNameTaken, $"there is a dataset '{name}' already", "Choose another name.", "dataset")
                        .With("dataset", name);
                }
            },
            cancellationToken
        );
        if (renamed == 0)
            await GetAnyAsync(datasetId, cancellationToken);
    }

    /// <summary>Deletes a dataset with its stars, labels, runs and results, so that it can be brought back for a day
    /// (<see cref="LedgerDeletions"/>).</summary>
    /// <param name="withRuns">false: refuse while the dataset has runs</param>
    /// <exception cref="LedgerException">no such dataset, it has runs, a run on it is being worked on, or there is no room to keep
    /// it</exception>
    public async Task PutAwayAsync(long datasetId, bool withRuns, string? by, CancellationToken cancellationToken = default)
    {
        var dataset = await GetAnyAsync(datasetId, cancellationToken);
        if (!withRuns)
            await RequireNoRunsAsync(dataset, "go", cancellationToken);
        if (!await new LedgerDeletions(ledger).DeleteDatasetAsync(datasetId, AlsoJson(datasetId), by, cancellationToken))
            throw InUse(datasetId);
    }

    /// <summary>Brings a dataset back that was deleted within the last day, with all that went with it.</summary>
    /// <param name="nameOrId">as it was called, else its number</param>
    /// <param name="name">what it is called from now on; null = as it was</param>
    /// <exception cref="LedgerException">there is none, or more than one; another dataset has the name by now, or it is no
    /// name</exception>
    public async Task<Dataset> RestoreAsync(string nameOrId, string? name = null, CancellationToken cancellationToken = default)
    {
        if (name is not null)
            DatasetName.Require(name);
        var restored = await new LedgerDeletions(ledger).RestoreDatasetAsync(nameOrId, name, cancellationToken);
        return await GetAnyAsync(restored, cancellationToken);
    }

    /// <summary>Brings a dataset back by its deletion.</summary>
    /// <exception cref="LedgerException">there is no such deletion, another dataset has the name, or it is no name</exception>
    public async Task<Dataset> RestoreAsync(long deletionId, string name, CancellationToken cancellationToken = default)
    {
        DatasetName.Require(name);
        await new LedgerDeletions(ledger).RestoreDatasetAsync(deletionId, name, cancellationToken);
        return await FindAnyAsync(name, cancellationToken);
    }

    /// <summary>Deletes a dataset with its stars, labels, runs and results for good, in one transaction.</summary>
    /// <param name="withRuns">false: refuse while the dataset has runs, which would be lost</param>
    /// <exception cref="LedgerException">no such dataset, it has runs, or a run on it is being worked on</exception>
    public async Task DeleteAsync(long datasetId, bool withRuns = true, CancellationToken cancellationToken = default)
    {
        var dataset = await GetAnyAsync(datasetId, cancellationToken);
        if (
            !withRuns
            && await new LedgerDeletions(ledger).CountRunsAsync(datasetId, AlsoJson(datasetId), cancellationToken) is > 0 and var kept
        )
            throw LedgerException
                .Of(
                    ErrorCode.DatasetHasRuns,
                    $"dataset '{dataset.Name}' has {kept} deleted {(kept == 1 ? "run that" : "runs that")} can still be brought back, and "
                        + "would be lost with it",
                    "Let them go first, or with it."
                )
                .With("dataset", dataset.Name)
                .With("runs", kept);
        if (!withRuns)
            await RequireNoRunsAsync(dataset, "be lost", cancellationToken);
        await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                async Task<int> ExecuteAsync(string sql)
                {
                    await using var command = new NpgsqlCommand(sql, connection)
                    {
                        Parameters =
                        {
                            new() { Value = datasetId },
                            new() { Value = AlsoJson(datasetId), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb },
                        },
                        CommandTimeout = 3600,
                    };
                    return await command.ExecuteNonQueryAsync(cancellationToken);
                }
                // Whoever submits a run holds a share of its datasets' rows: it is there already, or finds the dataset gone.
                await ExecuteAsync("select 1 from public.datasets where dataset_id = $1 and $2::jsonb is not null for update");
                // Brought back later they would name a dataset that is gone.
                await ExecuteAsync($"delete from public.deletions where {DeletionSql.RunsOver}");
                const string Runs = "(r.dataset_id = $1 or r.dataset_filter @> $2)";
                await ExecuteAsync(
                    $"""
                    delete from public.discovery_runs r where r.dataset_id <> $1 and r.dataset_filter @> $2
                    and not exists (select 1 from public.discovery_runs r where {Runs} and r.status = 'running')
                    """
                );
                if (
                    await ExecuteAsync(
                        $"""
                        delete from public.datasets d where dataset_id = $1
                        and not exists (select 1 from public.discovery_runs r where {Runs} and r.status = 'running')
                        """
                    ) == 0
                )
                {
                    throw InUse(datasetId);
                }
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken
        );
        await ResultFolders.SweepAsync(ledger, cancellationToken);
    }

    private async Task RequireNoRunsAsync(Dataset dataset, string what, CancellationToken cancellationToken)
    {
        if (await RunCountAsync(dataset.DatasetId, cancellationToken) is > 0 and var count)
            throw LedgerException
                .Of(
                    ErrorCode.DatasetHasRuns,
                    $"dataset '{dataset.Name}' has {count} {(count == 1 ? "run, which" : "runs, which")} would {what} with it",
                    "Delete them first, or with it."
                )
                .With("dataset", dataset.Name)
                .With("runs", count);
    }

    private static string Number(long datasetId) => datasetId.ToString(CultureInfo.InvariantCulture);

    private static LedgerException InUse(long datasetId) =>
        LedgerException.Of(
            ErrorCode.DatasetInUse,
            $"a run on dataset {datasetId} is being worked on",
            "Wait until it has ended, then delete the dataset."
        );

    private async Task<LedgerException> MissingAsync(string message, string nameOrId, string? field, CancellationToken cancellationToken)
    {
        var names = (await ListAllAsync(cancellationToken)).Select(d => d.Name).ToList();
        var missing =
            names.Count == 0
                ? LedgerException.Of(ErrorCode.NoDatasets, message, "Load one first.", field)
                : LedgerException.Of(ErrorCode.DatasetNotFound, message, $"There are: {string.Join(", ", names)}.", field);
        return await new LedgerDeletions(ledger).ExplainMissingDatasetAsync(missing, nameOrId, cancellationToken);
    }
}
