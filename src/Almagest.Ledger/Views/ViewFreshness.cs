using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>Which rows a view holds, in one snapshot.</summary>
/// <param name="Version">counts the changes of its rows: with <paramref name="ChangedAt"/> equal, equal rows</param>
/// <param name="ChangedAt">when they changed last, whole seconds, UTC; another for each version, so it may be some seconds ahead</param>
/// <param name="AsOf">the same, but never ahead of the database's clock</param>
/// <param name="MissingRuns">complete runs that are not in the view yet</param>
public sealed record ViewFreshness(long Version, DateTime ChangedAt, DateTime AsOf, int MissingRuns)
{
    /// <summary>The columns of <c>public.analytics_views v</c> that <see cref="Of"/> reads.</summary>
    internal const string Columns = """
        v.version, v.changed_at, least(v.changed_at, date_trunc('second', clock_timestamp())),
        case when exists (select 1 from public.pending_view_changes c where c.view_name = v.view_name) then public.missing_runs(v.view_name)
          else 0 end
        """;

    private const string Sql = $"select {Columns} from public.analytics_views v where v.view_name = $1";

    private const string SqlOfSome = $"select {Columns}, v.view_name from public.analytics_views v where v.view_name = any ($1)";

    /// <summary>Reads that of one view.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<ViewFreshness> ReadAsync(
        LedgerDatabase ledger,
        AnalyticsView view,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(view);
        return (await ReadAsync(ledger, [view], cancellationToken)).GetValueOrDefault(view) ?? throw Missing(view);
    }

    /// <summary>Reads that of some views: one statement, prepared once a connection. A view that the database does not know is left
    /// out.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<IReadOnlyDictionary<AnalyticsView, ViewFreshness>> ReadAsync(
        LedgerDatabase ledger,
        IReadOnlyCollection<AnalyticsView> views,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(views);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(SqlOfSome, connection)
                {
                    Parameters = { new NpgsqlParameter<string[]> { TypedValue = [.. views.Select(v => v.Name)] } },
                };
                await command.PrepareAsync(cancellationToken);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var found = new Dictionary<AnalyticsView, ViewFreshness>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    var name = reader.GetString(4);
                    found[views.First(v => v.Name == name)] = Of(reader);
                }
                return found;
            },
            cancellationToken
        );
    }

    internal static async Task<ViewFreshness> ReadAsync(
        NpgsqlConnection connection,
        AnalyticsView view,
        bool prepare,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new NpgsqlParameter<string> { TypedValue = view.Name } },
        };
        if (prepare)
            await command.PrepareAsync(cancellationToken);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Of(reader) : throw Missing(view);
    }

    internal static ViewFreshness Of(NpgsqlDataReader reader) =>
        new(reader.GetInt64(0), reader.GetDateTime(1), reader.GetDateTime(2), reader.GetInt32(3));

    /// <summary>What to say of a view that the database does not know.</summary>
    public static LedgerException Missing(AnalyticsView view) =>
        LedgerException
            .Of(ErrorCode.SchemaMismatch, $"the database does not know the view {view?.Name}", "Migrate it.")
            .With("view", view?.Name);
}
