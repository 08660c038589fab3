using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>How the views are kept fresh.</summary>
public enum ViewMode
{
    /// <summary>Materialized views, refreshed after the runs that touch them.</summary>
    Refresh,

    /// <summary>Views over summary tables, which completing or deleting a run updates in the same transaction.</summary>
    Incremental,
}

/// <summary>The mode, and whether a conversion is under way or was interrupted.</summary>
/// <param name="State"><c>steady</c>, <c>building</c> (towards incremental) or <c>leaving</c> (towards refresh)</param>
public sealed record ViewModeState(ViewMode Mode, string State)
{
    public const string Steady = "steady";
    public const string Building = "building";
    public const string Leaving = "leaving";

    public bool IsSteady => State == Steady;

    /// <summary>The word of the command line and the API.</summary>
    public string Name => NameOf(Mode);

    public static string NameOf(ViewMode mode) => mode == ViewMode.Refresh ? "refresh" : "incremental";

    public static async Task<ViewModeState> ReadAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        return await ReadAsync(connection, cancellationToken);
    }

    /// <summary>The mode; null where the schema that knows it is missing.</summary>
    internal static async Task<ViewModeState?> FindAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select to_regclass('view_summaries.maintenance') is not null", connection);
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))! ? await ReadAsync(connection, cancellationToken) : null;
    }

    internal static async Task<ViewModeState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        return await DatabaseBoundary.AskAsync(async () =>
        {
            await using var command = new NpgsqlCommand("select mode, state from view_summaries.maintenance", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new ViewModeState(reader.GetString(0) == "refresh" ? ViewMode.Refresh : ViewMode.Incremental, reader.GetString(1));
        });
    }
}
