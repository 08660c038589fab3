using System.Globalization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Datasets;

/// <summary>The datasets of the ledger, and their stars one by one.</summary>
public sealed class DatasetRepository(LedgerDatabase ledger)
{
    public Task<List<Dataset>> ListAsync(CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.Datasets.OrderBy(d => d.DatasetId), cancellation);

    /// <exception cref="LedgerException">no such dataset</exception>
    public async Task<Dataset> GetAsync(long datasetId, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.Datasets.Where(d => d.DatasetId == datasetId), cancellation)).FirstOrDefault()
        ?? throw LedgerException.NotFound($"there is no dataset {datasetId}", await KnownAsync(cancellation));

    /// <summary>By name, else by id.</summary>
    /// <exception cref="LedgerException">no such dataset</exception>
    public async Task<Dataset> FindAsync(string nameOrId, CancellationToken cancellation = default)
    {
        var found = await ledger.ReadAsync(context => context.Datasets.Where(d => d.Name == nameOrId), cancellation);
        if (found.Count == 0 && long.TryParse(nameOrId, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            found = await ledger.ReadAsync(context => context.Datasets.Where(d => d.DatasetId == id), cancellation);
        return found.FirstOrDefault() ?? throw new LedgerException(LedgerErrorKind.NotFound, $"there is no dataset '{nameOrId}'", await KnownAsync(cancellation)) { Field = "dataset" };
    }

    public Task<List<RejectedRow>> RejectedRowsAsync(long datasetId, int limit = 100, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.RejectedRows.Where(r => r.DatasetId == datasetId).OrderBy(r => r.Ordinal).Take(limit), cancellation);

    /// <exception cref="LedgerException">no such star</exception>
    public async Task<Star> GetStarAsync(long starId, CancellationToken cancellation = default) =>
        (await ledger.ReadAsync(context => context.Stars.Where(s => s.StarId == starId), cancellation)).FirstOrDefault()
        ?? throw LedgerException.NotFound($"there is no star {starId}", "Star ids are Almagest's own; look one up by source id with GET /datasets/{dataset}/stars?source_id=…");

    /// <summary>Stars of a dataset by the catalogue's own id (one, or none).</summary>
    public Task<List<Star>> FindStarsAsync(long datasetId, string sourceId, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.Stars.Where(s => s.DatasetId == datasetId && s.SourceId == sourceId), cancellation);

    /// <summary>A page of a dataset's stars in order of star_id.</summary>
    public Task<List<Star>> StarsAsync(long datasetId, long after = 0, int limit = 100, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.Stars.Where(s => s.DatasetId == datasetId && s.StarId > after).OrderBy(s => s.StarId).Take(limit), cancellation);

    public Task<List<StarLabel>> LabelsAsync(long starId, CancellationToken cancellation = default) =>
        ledger.ReadAsync(context => context.StarLabels.Where(l => l.StarId == starId).OrderBy(l => l.LabelSet), cancellation);

    async Task<int> RunCountAsync(long datasetId, CancellationToken cancellation) =>
        (await ledger.ReadAsync(context => context.Runs.Where(r => r.DatasetId == datasetId).GroupBy(r => r.DatasetId).Select(g => g.Count()), cancellation)).FirstOrDefault();

    /// <summary>Deletes a dataset with its stars, labels, runs and results, in one transaction.</summary>
    /// <param name="withRuns">false: refuse while the dataset has runs, which would be lost</param>
    /// <exception cref="LedgerException">no such dataset, it has runs, or a run on it is being worked on</exception>
    public async Task DeleteAsync(long datasetId, bool withRuns = true, CancellationToken cancellation = default)
    {
        var dataset = await GetAsync(datasetId, cancellation);
        if (!withRuns && await RunCountAsync(datasetId, cancellation) is > 0 and var count)
            throw LedgerException.Conflict($"dataset '{dataset.Name}' has {count} {(count == 1 ? "run, which" : "runs, which")} would be lost with it", "Add with_runs=true to delete them, too.");
        try
        {
            await using var connection = await ledger.ConnectAsync(cancellation);
            await using var command = new NpgsqlCommand("""
                delete from public.datasets d where dataset_id = $1
                and not exists (select 1 from public.discovery_runs r where r.dataset_id = d.dataset_id and r.status = 'running')
                """, connection)
            {
                Parameters = { new() { Value = datasetId } },
                CommandTimeout = 3600,
            };
            if (await command.ExecuteNonQueryAsync(cancellation) == 0)
                throw LedgerException.Conflict($"a run on dataset {datasetId} is being worked on", "Wait until it has ended, then delete the dataset.");
        }
        catch (NpgsqlException e)
        {
            throw PostgresErrors.Translate(e);
        }
    }

    async Task<string> KnownAsync(CancellationToken cancellation)
    {
        var names = (await ListAsync(cancellation)).Select(d => d.Name).ToList();
        return names.Count == 0 ? "Load one first: almagest ingest FILE" : $"There are: {string.Join(", ", names)}.";
    }
}
