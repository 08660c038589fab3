using Almagest.Contract.Errors;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// Whether the bulk tables of a ledger (stars, labels, results, links) lie on several machines. There no trigger follows what is written
/// into them, and no snapshot covers them all: what says which of their rows count is on one machine, the coordinator, and is written
/// after them (<see cref="UnseenRows"/>).
/// </summary>
public static class LedgerLayout
{
    // Milliseconds.
    private const long Known = 60_000;

    public static async Task<bool> IsDistributedAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        await connection.ScalarAsync("select view_summaries.is_distributed()", cancellationToken) is true;

    /// <summary>The refusal of what a ledger does on one machine alone.</summary>
    /// <param name="what">such as <c>a migration is taken back</c></param>
    /// <param name="instead">what can be done there, after <i>or</i>; null = nothing</param>
    public static LedgerException Refusal(string what, string? instead = null) =>
        LedgerException.Of(
            ErrorCode.LedgerDistributed,
            $"{what} only where all tables of the ledger are on one machine, and those of this ledger are distributed",
            $"Bring them together first{(instead is null ? "" : $", or {instead}")}."
        );

    extension(LedgerDatabase ledger)
    {
        /// <summary>Whether it is distributed, as was known within the last minute: for questions that are right either way.</summary>
        /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
        public async Task<bool> IsDistributedAsync(CancellationToken cancellationToken = default)
        {
            if (ledger.Layout is { } known && Environment.TickCount64 - known.At < Known)
                return known.IsDistributed;
            var isDistributed = await ledger
                .AskAsync(connection => IsDistributedAsync(connection, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            ledger.Layout = new KnownLayout(isDistributed, Environment.TickCount64);
            return isDistributed;
        }

        /// <summary>Asks all parts of the tables for something, so that a machine that is away is noticed.</summary>
        /// <exception cref="Contract.Errors.LedgerException">one of them does not answer</exception>
        public Task RequireNodesAsync(CancellationToken cancellationToken = default) =>
            ledger.AskAsync(
                async connection =>
                {
                    if (await IsDistributedAsync(connection, cancellationToken))
                        await connection.ExecuteAsync("select count(*) from public.stars where star_id < 0", cancellationToken);
                },
                cancellationToken
            );
    }

    /// <summary>Said before labels are written, in their transaction; the triggers' part where there are none.</summary>
    public static Task BeforeLabelsAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("select view_summaries.before_labels()", cancellationToken);

    /// <summary>Said after labels were written, in their transaction.</summary>
    public static Task AfterLabelsAsync(NpgsqlConnection connection, long[] starIds, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("select view_summaries.after_labels($1)", cancellationToken, starIds);

    /// <summary>Said after stars of a dataset were loaded, corrected or deleted, in that transaction.</summary>
    public static Task AfterStarsAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken) =>
        connection.ExecuteAsync("select view_summaries.after_stars($1)", cancellationToken, datasetId);
}

/// <summary>What was found, and when: <see cref="Environment.TickCount64"/>.</summary>
internal sealed record KnownLayout(bool IsDistributed, long At);
