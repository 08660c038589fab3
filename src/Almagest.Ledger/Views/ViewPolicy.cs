using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Views;

/// <summary>What a ledger in mode auto did about its views, or left undone.</summary>
public enum AutomaticDecision
{
    /// <summary>They are updated by each run from now on.</summary>
    Converted,

    /// <summary>They should be, but something of somebody else's hangs on them.</summary>
    Advised,

    /// <summary>The conversion failed; the views are refreshed as before.</summary>
    Failed,
}

/// <summary>One step of a ledger in mode auto.</summary>
/// <param name="Reason">a sentence without its full stop</param>
public sealed record AutomaticStep(AutomaticDecision Decision, string Reason, DateTime DecidedAt);

/// <summary>Who chooses the mode of the views.</summary>
/// <param name="IsAutomatic">the ledger itself (mode <c>auto</c>); else whoever said one</param>
/// <param name="Last">the last step that it took by itself; null where it has taken none</param>
public sealed record ViewPolicy(bool IsAutomatic, AutomaticStep? Last)
{
    /// <summary>The word of the command line.</summary>
    public const string Automatic = "auto";

    public static Task<ViewPolicy> ReadAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return ledger.AskAsync(connection => ReadAsync(connection, cancellationToken), cancellationToken);
    }

    /// <summary>Says who chooses from now on; what was decided before is forgotten.</summary>
    public static Task SetAsync(LedgerDatabase ledger, bool automatic, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return ledger.AskAsync(
            connection =>
                connection.ExecuteAsync(
                    "update public.view_policy set automatic = $1, step = null, reason = null, decided_at = null where automatic <> $1",
                    cancellationToken,
                    automatic
                ),
            cancellationToken
        );
    }

    internal static async Task<ViewPolicy> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select automatic, step, reason, decided_at from public.view_policy", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return new ViewPolicy(
            reader.GetBoolean(0),
            reader.IsDBNull(1)
                ? null
                : new AutomaticStep(
                    Enum.Parse<AutomaticDecision>(reader.GetString(1), ignoreCase: true),
                    reader.GetString(2),
                    reader.GetDateTime(3)
                )
        );
    }

    internal static Task RecordAsync(NpgsqlConnection connection, AutomaticStep step, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            "update public.view_policy set step = $1, reason = $2, decided_at = $3",
            cancellationToken,
            step.Decision.ToString().ToLowerInvariant(),
            step.Reason,
            step.DecidedAt
        );
}
