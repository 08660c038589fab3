using Almagest.Adql.Schema;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>What VO clients may ask for, as of now: the ledger's tables and views, and each dataset.</summary>
internal sealed class LedgerCatalogue(LedgerDatabase ledger)
{
    private static readonly PublishedSchema[] s_schemas =
    [
        new(LedgerTables.Schema, "The discovery ledger: datasets, stars, runs, results, and the views across runs"),
        new(DatasetTables.Schema, "The stars of each dataset, a table each, with the columns of its file under their own names"),
    ];

    private readonly DatasetTables _datasetTables = new(ledger);

    public async Task<PublishedCatalogue> ReadAsync(CancellationToken cancellationToken)
    {
        var datasets = await new DatasetRepository(ledger).ListAllAsync(cancellationToken);
        // One that is read where it lies is no table: of its stars the flagged and clustered ones are among those of all datasets.
        var (loaded, inPlace) = (datasets.FindAll(d => d.InPlace is null), datasets.FindAll(d => d.InPlace is not null));
        var published = new List<DatasetTable>(loaded.Count);
        foreach (var dataset in loaded)
            published.Add(await _datasetTables.OfAsync(dataset, cancellationToken));
        var integers = published.TrueForAll(d => d.HasIntegerIds) && await IntegerIds.OfAsync(ledger, inPlace, cancellationToken);
        var epochs = datasets.Select(d => d.ReferenceEpoch).Distinct().ToList();
        var stars = LedgerTables.Stars(datasets.ConvertAll(d => d.DatasetId), integers, epochs.Count == 1 ? epochs[0] : null);
        List<PublishedTable> tables =
        [
            LedgerTables.Datasets,
            stars,
            LedgerTables.Labels,
            LedgerTables.Runs,
            LedgerTables.RunParameters,
            LedgerTables.RunTags,
            LedgerTables.Results,
            LedgerTables.Clusters,
            LedgerTables.Identifications,
            .. LedgerTables.Views,
        ];
        var keys = Keys(stars, tables);
        // Rows of a distributed ledger are there before their run or dataset is, and a while longer.
        if (await ledger.IsDistributedAsync(cancellationToken))
        {
            var seen = LedgerTables.Seen(datasets.ConvertAll(d => d.DatasetId));
            tables = tables.ConvertAll(t => seen.TryGetValue(t.Name, out var rows) ? t with { Rows = new PublishedRows(rows) } : t);
            keys = Keys(tables.Find(t => t.Name == stars.Name)!, tables);
        }
        tables.AddRange(published.Select(d => d.Table));
        return TapSchema.Describe(new PublishedCatalogue(s_schemas, tables, keys));
    }

    private static List<PublishedKey> Keys(PublishedTable stars, List<PublishedTable> tables)
    {
        var targets = new[]
        {
            (Column: "run_id", Table: LedgerTables.Runs),
            (Column: "star_id", Table: stars),
            (Column: "dataset_id", Table: LedgerTables.Datasets),
        };
        return
        [
            .. from table in tables
            from target in targets
            where !ReferenceEquals(table, target.Table) && table.Columns.Any(c => c.Name == target.Column)
            select new PublishedKey(
                table,
                target.Table,
                [(target.Column, target.Column)],
                $"the {target.Column[..^3]} that the row is about"
            ),
        ];
    }
}
