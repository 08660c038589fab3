using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>What a complete anomaly run stored of its stars, in order of star_id.</summary>
internal sealed class FlaggedStars
{
    private readonly long[] _stars;
    private readonly double[] _scores;
    private readonly bool[] _flags;

    private FlaggedStars(long[] stars, double[] scores, bool[] flags) => (_stars, _scores, _flags) = (stars, scores, flags);

    public int Count => _stars.Length;

    public IEnumerable<long> Flagged => _stars.Where((_, i) => _flags[i]);

    /// <summary>The stars with a score nearest to the threshold, which is at 0.</summary>
    public IEnumerable<long> NearThreshold => _stars.Select((id, i) => (id, Math.Abs(_scores[i]))).OrderBy(s => s.Item2).Select(s => s.id);

    /// <exception cref="Contract.Errors.LedgerException">its results are in files</exception>
    public static Task<FlaggedStars> ReadAsync(LedgerDatabase ledger, DiscoveryRun run, CancellationToken cancellationToken)
    {
        RunRows.Require(run);
        return ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select star_id, anomaly_score, is_anomaly = 1 from public.discovery_results
                    where run_id = $1 and anomaly_score is not null order by star_id
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = run.RunId } },
                    CommandTimeout = 600,
                };
                var (stars, scores, flags) = (new List<long>(), new List<double>(), new List<bool>());
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    stars.Add(reader.GetInt64(0));
                    scores.Add(reader.GetDouble(1));
                    flags.Add(reader.GetBoolean(2));
                }
                return new FlaggedStars([.. stars], [.. scores], [.. flags]);
            },
            cancellationToken
        );
    }

    public double? Score(long? star) => Row(star) is >= 0 and var row ? _scores[row] : null;

    public bool IsFlagged(long? star) => Row(star) is >= 0 and var row && _flags[row];

    public bool Has(long? star) => Row(star) >= 0;

    private int Row(long? star) => star is { } id ? Array.BinarySearch(_stars, id) : -1;
}
