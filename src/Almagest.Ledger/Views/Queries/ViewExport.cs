using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Ledger.Views.Queries;

/// <summary>A query-optimized view as a table to be written, streamed: the rows of the statement that answers in JSON, too.</summary>
public sealed class ViewExport(LedgerDatabase ledger)
{
    /// <exception cref="LedgerException">the database has trouble, or does not know the view; there is no such column to sort
    /// by</exception>
    /// <exception cref="ArgumentException">a condition that the view does not have</exception>
    public async Task<ExportTable> TableAsync(AnalyticsView view, ViewRows? rows = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        var sql = new ViewSql(view, rows ?? new ViewRows());
        var freshness = await ViewFreshness.ReadAsync(ledger, view, cancellationToken);
        var provenance = Provenance.Begin($"The view {view.Name}", sql.Description);
        provenance["view"] = view.Name;
        provenance["complete_runs_not_shown_yet"] = freshness.MissingRuns;
        return ColumnTable.Of(
            view.Name,
            view.Columns,
            provenance,
            QueryRows.ReadAsync(
                ledger,
                command =>
                {
                    command.CommandText = sql.Text;
                    command.Parameters.AddRange(sql.Parameters());
                },
                cancellationToken
            )
        );
    }
}
