using Almagest.Contract.Errors;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Npgsql;

namespace Almagest.Runs.Results;

/// <summary>The scores of one complete anomaly run, ascending, and their stars: enough to say what any other threshold would
/// flag. Immutable, thread-safe.</summary>
public sealed class RunScores
{
    private RunScores(DiscoveryRun run, double[] ascending, long[] stars) => (Run, Ascending, Stars) = (run, ascending, stars);

    public DiscoveryRun Run { get; }

    /// <summary>Negative = anomalous at the run's own threshold, which is at 0.</summary>
    public IReadOnlyList<double> Ascending { get; }

    /// <summary>The stars of these scores, in their order.</summary>
    public IReadOnlyList<long> Stars { get; }

    /// <exception cref="LedgerException">no such run, it is of another type, or not complete, or its results are in files</exception>
    public static async Task<RunScores> ReadAsync(LedgerDatabase ledger, Guid runId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var run = await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        if (run.RunType != RunTypes.Anomaly)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {runId} is a {run.RunType} run: its results have no scores",
                "Name an anomaly run.",
                "run_id"
            );
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {runId} is {run.Status}: it has no results", "Only a complete run has scores.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
        RunRows.Require(run);
        return await DatabaseBoundary.AskAsync(async () =>
        {
            var (scores, stars) = (new List<double>((int)run.TotalStars), new List<long>((int)run.TotalStars));
            await using var connection = await ledger.ConnectAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                "select anomaly_score, star_id from public.discovery_results where run_id = $1 and anomaly_score is not null",
                connection
            )
            {
                Parameters = { new() { Value = runId } },
                CommandTimeout = 600,
            };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                scores.Add(reader.GetDouble(0));
                stars.Add(reader.GetInt64(1));
            }
            var (ascending, ids) = (scores.ToArray(), stars.ToArray());
            Array.Sort(ascending, ids);
            return new RunScores(run, ascending, ids);
        });
    }

    /// <summary>The threshold on these scores, and what it flags, at a contamination in (0, 0.5]: the rule of
    /// <see cref="RunRethresholder"/>.</summary>
    public (double Threshold, int Count) At(double contamination)
    {
        var scores = (double[])Ascending;
        if (scores.Length == 0)
            return (0, 0);
        var threshold = OrderStatistics.Percentile(scores, 100 * contamination);
        var place = Array.BinarySearch(scores, threshold);
        if (place < 0)
            return (threshold, ~place);
        while (place > 0 && scores[place - 1] == threshold)
            place--;
        return (threshold, place);
    }

    /// <summary>The stars whose scores lie below a threshold, the most anomalous first.</summary>
    public IEnumerable<long> StarsBelow(double threshold) => Stars.Take(Below(threshold));

    /// <summary>How many scores lie below a threshold.</summary>
    public int Below(double threshold)
    {
        var (low, high) = (0, Ascending.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Ascending[middle] < threshold)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
