using System.Globalization;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>
/// Bulk rows of a distributed ledger are committed before the run, dataset or match that they belong to, because a commit on several
/// machines is not seen on all of them at once. Until their owner is there they are listed in <c>unseen_rows</c>, and whoever writes them
/// holds a lock of the session; what is listed and not held was left behind, and is swept. Not thread-safe.
/// </summary>
public sealed class UnseenRows
{
    public const string Results = "results",
        Stars = "stars",
        Links = "links";

    /// <summary>How long rows are left alone after their owner was deleted: a question that began before goes on reading them.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Conditions that hold for the rows that are seen, by the distributed table.</summary>
    internal static IReadOnlyDictionary<string, string> Seen { get; } =
        new Dictionary<string, string>
        {
            ["stars"] = "dataset_id in (select d.dataset_id from public.datasets d)",
            ["star_labels"] =
                "star_id in (select s.star_id from public.stars s where s.dataset_id in (select d.dataset_id from public.datasets d))",
            ["discovery_results"] = "run_id in (select r.run_id from public.discovery_runs r where r.is_complete)",
            ["star_links"] = "match_id in (select m.match_id from public.cross_matches m)",
        };

    private const string Key = "hashtextextended($1 || ' ' || $2, 0)";

    private static readonly Dictionary<string, (string Owner, string[] Delete)> s_kinds = new()
    {
        [Results] = (
            "select exists (select 1 from public.discovery_runs where run_id = $1::uuid and is_complete) "
                + "or exists (select 1 from public.deletions where kind = 'run' and run_id = $1::uuid)",
            ["delete from public.discovery_results where run_id = $1"]
        ),
        [Stars] = (
            "select exists (select 1 from public.datasets where dataset_id = $1::bigint)",
            [
                "delete from public.star_labels l using public.stars s where s.dataset_id = $1 and l.star_id = s.star_id",
                "delete from public.stars where dataset_id = $1",
            ]
        ),
        [Links] = (
            "select exists (select 1 from public.cross_matches where match_id = $1::bigint)",
            ["delete from public.star_links where match_id = $1"]
        ),
    };

    private readonly NpgsqlConnection _connection;
    private readonly string _kind;
    private readonly object _owner;
    private bool _held = true;

    private UnseenRows(NpgsqlConnection connection, string kind, object owner)
    {
        _connection = connection;
        _kind = kind;
        _owner = owner;
    }

    private string Owner => Text(_owner);

    /// <summary>Waits until nobody else writes rows of this owner, or sweeps them. The connection is in no transaction.</summary>
    /// <param name="owner">the id of a run, dataset or match</param>
    public static async Task<UnseenRows> HoldAsync(
        NpgsqlConnection connection,
        string kind,
        object owner,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(owner);
        await connection.ExecuteAsync($"select pg_advisory_lock({Key})", cancellationToken, kind, Text(owner));
        return new UnseenRows(connection, kind, owner);
    }

    /// <summary>Lists the owner, in the transaction that writes the rows, and takes away what an attempt before left.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var listed = await _connection.ExecuteAsync(
            "insert into public.unseen_rows (kind, owner) values ($1, $2) on conflict do nothing",
            cancellationToken,
            _kind,
            Owner
        );
        if (listed == 0)
            await DeleteAsync(_connection, _kind, _owner, cancellationToken);
    }

    /// <summary>From the end of this transaction the rows are seen.</summary>
    /// <returns>whether they are there: false where they have been swept</returns>
    public async Task<bool> ShowAsync(CancellationToken cancellationToken) =>
        await _connection.ExecuteAsync("delete from public.unseen_rows where kind = $1 and owner = $2", cancellationToken, _kind, Owner)
        == 1;

    /// <summary>Lets others at them; what was not shown can be swept. The connection is in no transaction, or is lost.</summary>
    public async Task ReleaseAsync()
    {
        if (!_held)
            return;
        _held = false;
        try
        {
            await _connection.ExecuteAsync($"select pg_advisory_unlock({Key})", CancellationToken.None, _kind, Owner);
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // The session is gone, and the lock with it.
        }
    }

    /// <summary>Takes away what nobody will see and nobody writes.</summary>
    /// <param name="olderThan">what was listed later stays</param>
    /// <returns>of how many owners</returns>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public static Task<int> SweepAsync(LedgerDatabase ledger, TimeSpan olderThan, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        return ledger.AskAsync(
            async connection =>
            {
                var listed = new List<(string Kind, string Owner)>();
                await using (
                    var command = new NpgsqlCommand(
                        "select kind, owner from public.unseen_rows where since <= clock_timestamp() - $1 order by since",
                        connection
                    )
                    {
                        Parameters = { new() { Value = olderThan } },
                    }
                )
                await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
                {
                    while (await reader.ReadAsync(cancellationToken))
                        listed.Add((reader.GetString(0), reader.GetString(1)));
                }
                var swept = 0;
                foreach (var (kind, owner) in listed)
                {
                    await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                    if (
                        await connection.ScalarAsync($"select pg_try_advisory_xact_lock({Key})", cancellationToken, kind, owner) is not true
                    )
                        continue;
                    if (
                        await connection.ScalarAsync(
                            "delete from public.unseen_rows where kind = $1 and owner = $2 returning true",
                            cancellationToken,
                            kind,
                            owner
                        )
                        is not true
                    )
                        continue;
                    if (await connection.ScalarAsync(s_kinds[kind].Owner, cancellationToken, owner) is not true)
                    {
                        await DeleteAsync(
                            connection,
                            kind,
                            kind == Results ? Guid.Parse(owner) : long.Parse(owner, CultureInfo.InvariantCulture),
                            cancellationToken
                        );
                        swept++;
                    }
                    await transaction.CommitAsync(cancellationToken);
                }
                return swept;
            },
            cancellationToken
        );
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, string kind, object owner, CancellationToken cancellationToken)
    {
        foreach (var sql in s_kinds[kind].Delete)
            await connection.ExecuteAsync(sql, cancellationToken, owner);
    }

    private static string Text(object owner) => string.Create(CultureInfo.InvariantCulture, $"{owner}");
}
