using System.Collections.Frozen;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Datasets;

/// <summary>Whether the ids of datasets are whole numbers , so that an export or TAP can have them as 64-bit
/// integers. A load keeps that with each file; of files that were loaded before, the stars are asked, in the order of the index on
/// them.</summary>
public static class IntegerIds
{
    /// <summary>Whether all ids of all these datasets are; a dataset that has been deleted meanwhile has none.</summary>
    public static async Task<bool> OfAsync(
        LedgerDatabase ledger,
        IEnumerable<Dataset> datasets,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(datasets);
        var unknown = new List<long>();
        foreach (var dataset in datasets)
        {
            var files = SourceFile.Parse(dataset.Source);
            if (files.Any(f => f.IntegerIds == false))
                return false;
            if (files.Count == 0 || files.Any(f => f.IntegerIds is null))
                unknown.Add(dataset.DatasetId);
        }
        foreach (var id in unknown)
            if (!await AskAsync(ledger, id, cancellationToken))
                return false;
        return true;
    }

    /// <summary>The columns of a table that are integers, where its ids are of these datasets.</summary>
    /// <param name="columns">columns of ids</param>
    public static async Task<IReadOnlySet<string>> ColumnsAsync(
        LedgerDatabase ledger,
        IEnumerable<long> datasetIds,
        CancellationToken cancellationToken = default,
        params IReadOnlyList<string> columns
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var wanted = datasetIds.Distinct().ToArray();
        var datasets = await ledger.ReadAsync(context => context.Datasets.Where(d => wanted.Contains(d.DatasetId)), cancellationToken);
        return await OfAsync(ledger, datasets, cancellationToken)
            ? (columns.Count == 0 ? ["source_id"] : columns).ToFrozenSet()
            : FrozenSet<string>.Empty;
    }

    private static Task<bool> AskAsync(LedgerDatabase ledger, long datasetId, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select not exists (
                      select 1 from public.stars
                      where dataset_id = $1 and source_id !~ '^(0|[1-9][0-9]{0,17})$'
                        and not (source_id ~ '^[1-9][0-9]{18}$' and source_id::numeric <= 9223372036854775807))
                    """,
                    connection
                )
                {
                    CommandTimeout = 0,
                    Parameters = { new() { Value = datasetId } },
                };
                return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken
        );
}
