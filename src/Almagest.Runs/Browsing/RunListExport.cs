using System.Globalization;
using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;

namespace Almagest.Runs.Browsing;

/// <summary>Runs as a table to be written, one a row, with what they found.</summary>
public sealed class RunListExport(LedgerDatabase ledger)
{
    private const int RowsPerBatch = 1000;

    private static readonly IReadOnlyList<Column> s_columns =
    [
        .. RunColumns.All,
        .. RunColumns.OfList,
        .. RunColumns.Outcomes,
        .. RunColumns.Measures,
    ];

    /// <summary>The runs are read page by page while they are written.</summary>
    /// <param name="query">which runs, and in which order; its limit and its pages do not matter</param>
    /// <exception cref="LedgerException">the condition or the order cannot be read</exception>
    public async Task<ExportTable> TableAsync(RunQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        // Refused here, before the first byte: an answer that has begun cannot become an error.
        await new RunRepository(ledger).ListAsync(query with { Limit = 1, After = null, Before = null }, cancellationToken);
        var names = await new DatasetRepository(ledger).NamesAsync(cancellationToken);
        var provenance = Provenance.Begin("Runs of the ledger", $"one row a run, sorted by {query.Sort}");
        if (query.Where is { } where)
            provenance["where"] = where;
        if (query.Search is { } search)
            provenance["search"] = search;
        return ColumnTable.Of("runs", s_columns, provenance, BatchesAsync(query, names, cancellationToken));
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        RunQuery query,
        IReadOnlyDictionary<long, string> names,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        string? after = null;
        while (true)
        {
            var page = await new RunRepository(ledger).ListAsync(
                query with
                {
                    Limit = RowsPerBatch,
                    After = after,
                    Before = null,
                },
                cancellationToken
            );
            if (page.Count == 0)
                yield break;
            var keys = page.Select(r => (r.RunId, r.RunId, 1)).ToList();
            var rows = await ledger.AskAsync(
                connection =>
                    new RunTableRows(connection, "r.run_id", new RunCondition(""), [.. page.Select(r => r.RunId)]).ReadAsync(
                        keys,
                        page.ToDictionary(r => r.RunId),
                        cancellationToken
                    ),
                cancellationToken
            );
            yield return [.. rows.Select(r => Row(r, names))];
            if (page.Count < RowsPerBatch)
                yield break;
            after = RunOrder.TokenOf(page[^1], query.Sort);
        }
    }

    private static object?[] Row(RunTableRow row, IReadOnlyDictionary<long, string> names)
    {
        var run = row.Run;
        object? Number(Column column)
        {
            if (!row.Metrics.TryGetValue(column.Name, out var span))
                return null;
            return column.Kind == ColumnKind.Integer ? (object)(long)span.Mean : span.Mean;
        }
        return
        [
            run.RunId.ToString(),
            run.RunType,
            run.Algorithm,
            run.Parameters,
            run.DatasetId,
            run.DatasetFilter,
            run.TotalStars,
            run.ResultsSummary,
            run.Status,
            run.IsComplete,
            run.Error,
            run.RandomSeed,
            run.ProgramVersion,
            Time(run.CreatedAt),
            Time(run.StartedAt),
            Time(run.CompletedAt),
            run.ResultsHash,
            (long?)run.ResultsHashVersion,
            run.Name,
            string.Join(" + ", RunDatasets.Names(run, names)),
            StarFilter.FromJson(run.DatasetFilter).Describe(),
            run.GroupId?.ToString(),
            run.StartedBy,
            row.Tags.Count == 0 ? null : string.Join(' ', row.Tags),
            row.Note,
            .. RunColumns.Outcomes.Select(Number),
            .. RunColumns.Measures.Select(Number),
        ];
    }

    private static string? Time(DateTime? time) => time?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);
}
