using System.Collections;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>Which stars runs with results in files analysed: the table of results has the flagged or clustered ones
/// alone.</summary>
public sealed class AnalysedSets(LedgerDatabase ledger)
{
    private const int BlockBits = 1024,
        WordBits = 64;

    /// <summary>A condition in SQL: whether a set holds a star.</summary>
    /// <param name="set">an expression for the set's id</param>
    /// <param name="star">an expression for the star's id</param>
    public static string Holds(string set, string star) =>
        $"exists (select 1 from public.analysed_set_blocks k where k.set_id = {set} and k.block = {star} >> 10 "
        + $"and get_bit(k.members, ({star} & 1023)::integer) = 1)";

    /// <summary>Whether a run with results in files analysed a star.</summary>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public async Task<bool> HoldsAsync(DiscoveryRun run, long starId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand($"select {Holds("$1", "$2::bigint")}", connection)
                {
                    Parameters =
                    {
                        new() { Value = run.StarSetId!.Value },
                        new() { Value = starId },
                    },
                };
                return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken
        );
    }

    /// <summary>All stars of a set.</summary>
    /// <exception cref="Contract.Errors.LedgerException">the database has trouble</exception>
    public Task<StarSet> ReadAsync(long setId, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select block, members from public.analysed_set_blocks where set_id = $1 order by block",
                    connection
                )
                {
                    Parameters = { new() { Value = setId } },
                    CommandTimeout = 600,
                };
                var (set, words) = (new StarSet(), new int[BlockBits / 32]);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var first = reader.GetInt64(0) * (BlockBits / WordBits);
                    reader.GetFieldValue<BitArray>(1).CopyTo(words, 0);
                    for (var i = 0; i < BlockBits / WordBits; i++)
                        set.AddWord(first + i, (uint)words[2 * i] | (ulong)(uint)words[2 * i + 1] << 32);
                }
                return set;
            },
            cancellationToken
        );
}
