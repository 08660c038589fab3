using System.Runtime.InteropServices;
using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Portable;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Npgsql;

namespace Almagest.Runs.Tasks;

/// <summary>The tasks of a run that follow its preparation. Each reads what it needs from the ledger, and stores what it makes together with
/// its status.</summary>
internal sealed class TaskSteps(LedgerDatabase ledger)
{
    /// <summary>So many scores are held; more go into a file.</summary>
    private const int MostHeld = 1 << 22;

    private readonly SelectionLoader _loader = new(ledger);

    // Of the last run: its tasks come one after the other.
    private Known? _known;

    public async Task ScoreAsync(TaskClaim task, int maxThreads, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        var stars = await StarsAsync(task, run, cancellationToken);
        var scores = run.Prepared.Fit.Score(stars, maxThreads, cancellationToken);
        await StoreAsync(ledger, task, _ => Task.FromResult(MemoryMarshal.AsBytes(scores.AsSpan()).ToArray()), cancellationToken);
    }

    public async Task ThresholdAsync(TaskClaim task, Func<ScratchRoom> rooms, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        using var room = run.Prepared.Stars > MostHeld ? rooms() : null;
        var scores = (room ?? Room.Memory).Create<double>(run.Prepared.Stars);
        var read = await ledger.AskAsync(
            async connection =>
            {
                long count = 0;
                await using var command = new NpgsqlCommand(TaskLife.OutcomesOf, connection)
                {
                    CommandTimeout = 3600,
                    Parameters = { new() { Value = task.Run.RunId }, new() { Value = (int)TaskPhase.Score } },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var some = ScoresOf(reader.GetFieldValue<byte[]>(0));
                    if (count + some.Length > scores.Count)
                        throw Changed(task);
                    scores.Write(count, some);
                    count += some.Length;
                }
                return count;
            },
            cancellationToken
        );
        if (read != scores.Count)
            throw Changed(task);
        var threshold = ScoreThreshold.Of(scores, run.Parameters);
        await StoreAsync(ledger, task, _ => Task.FromResult(Bytes(threshold)), cancellationToken);
    }

    public async Task StoreAsync(TaskClaim task, int maxThreads, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        var threshold = await ThresholdOfAsync(task, run.Prepared, cancellationToken);
        var stars = await StarsAsync(task, run, cancellationToken);
        var scores = ScoresOf(await OutcomeAsync(task, run.Prepared.ScoreOf(task.Number), cancellationToken));
        if (scores.Length != stars.Count)
            throw Changed(task);
        var context = new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken };
        var draws = run.Prepared.Fit.Draw(stars, scores, threshold, context);
        var flagged = scores.Count(score => score - threshold.Offset < 0);
        await StoreAsync(
            ledger,
            task,
            async connection =>
            {
                await connection.ExecuteAsync(
                    "delete from public.discovery_results where run_id = $1 and star_id between $2 and $3",
                    cancellationToken,
                    task.Run.RunId,
                    task.FirstStar,
                    task.LastStar
                );
                await ResultRows.CopyAsync(
                    connection,
                    task.Run.RunId,
                    stars.Count,
                    i => Row(stars.StarId[i], scores[i] - threshold.Offset, draws, i),
                    cancellationToken
                );
                return JsonSerializer.SerializeToUtf8Bytes(
                    new PieceTally(
                        stars.Count,
                        flagged,
                        draws?.Stars ?? 0,
                        draws?.Made ?? 0,
                        [.. draws?.Drawn ?? []],
                        [.. draws?.Held ?? []]
                    )
                );
            },
            cancellationToken
        );
    }

    public async Task CompleteAsync(TaskClaim task, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        var threshold = await ThresholdOfAsync(task, run.Prepared, cancellationToken);
        await using var completion = await new RunRepository(ledger).BeginCompletionAsync(task.Run, cancellationToken);
        await DatabaseBoundary.AskAsync(async () =>
        {
            await HoldAsync(completion.Connection, task, cancellationToken);
            var tallies = (
                await completion.Connection.ListAsync<byte[]>(
                    TaskLife.OutcomesOf,
                    cancellationToken,
                    task.Run.RunId,
                    (int)TaskPhase.Store
                )
            )
                .Select(bytes => JsonSerializer.Deserialize<PieceTally>(bytes)!)
                .ToList();
            var (stars, flagged) = (tallies.Sum(t => t.Stars), tallies.Sum(t => t.Flagged));
            if (stars != run.Prepared.Stars || await CountAsync(completion.Connection, task, cancellationToken) != (stars, flagged))
                throw Changed(task);
            var drawn = tallies.FirstOrDefault(t => t.Stars > 0);
            var summary = run.Prepared.Summary with
            {
                AnomalyCount = flagged,
                ScoreOffset = threshold.Offset,
                Draws =
                    run.Parameters.Draws == 0 || drawn is null
                        ? null
                        : new DrawsSummary(
                            run.Parameters.Draws,
                            tallies.Sum(t => t.DrawnStars),
                            tallies.Sum(t => t.Draws),
                            drawn.Drawn,
                            drawn.Held
                        ),
            };
            await completion.MarkCompleteAsync(stars, summary.ToJson(), cancellationToken);
            await completion.Connection.ExecuteAsync(TaskLife.DeleteOf, cancellationToken, task.Run.RunId);
        });
        // From here on it is complete or not: a cancellation that comes now must not leave that open.
        await completion.CommitAsync(CancellationToken.None);
    }

    /// <summary>Stores what a task makes and that it is done, together or not at all.</summary>
    /// <param name="work">answers what others need of it</param>
    /// <exception cref="LedgerException">the task is another worker's by now, or its run has ended</exception>
    public static Task StoreAsync(
        LedgerDatabase ledger,
        TaskClaim task,
        Func<NpgsqlConnection, Task<byte[]>> work,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(
                    System.Data.IsolationLevel.ReadCommitted,
                    cancellationToken
                );
                if (await connection.ScalarAsync(TaskLife.HoldRun, cancellationToken, task.Run.RunId) is not RunStatus.Running)
                    throw Lost(task);
                await HoldAsync(connection, task, cancellationToken);
                var outcome = await work(connection);
                RunCompletion.AtPoint?.Invoke($"before-{task.What}");
                await using (var finish = TaskClaims.Command(connection, TaskLife.Finish, task))
                {
                    finish.Parameters.Add(new() { Value = outcome });
                    if (await finish.ExecuteNonQueryAsync(cancellationToken) != 1)
                        throw Lost(task);
                }
                await transaction.CommitAsync(CancellationToken.None);
                RunCompletion.AtPoint?.Invoke($"after-{task.What}");
            },
            cancellationToken
        );

    /// <summary>The task is another's by now.</summary>
    public static LedgerException Lost(TaskClaim task) =>
        LedgerException
            .Of(
                ErrorCode.RunLost,
                $"task {task.Number} of run {task.Run.RunId} was taken from this worker: the run has ended, or no heartbeat was seen for "
                    + "too long"
            )
            .With("run_id", task.Run.RunId);

    private static async Task HoldAsync(NpgsqlConnection connection, TaskClaim task, CancellationToken cancellationToken)
    {
        await using var hold = TaskClaims.Command(connection, TaskLife.Hold, task);
        if (await hold.ExecuteScalarAsync(cancellationToken) is not true)
            throw Lost(task);
    }

    private static LedgerException Changed(TaskClaim task) =>
        LedgerException
            .Of(
                ErrorCode.RunStarsChanged,
                $"the stars of run {task.Run.RunId} have changed while it was worked on",
                "Nothing of it is kept. Start it again."
            )
            .With("run_id", task.Run.RunId);

    private static async Task<(int Stars, int Flagged)> CountAsync(
        NpgsqlConnection connection,
        TaskClaim task,
        CancellationToken cancellationToken
    )
    {
        await using var command = new NpgsqlCommand(
            "select count(*)::int, (count(*) filter (where is_anomaly = 1))::int from public.discovery_results where run_id = $1",
            connection
        )
        {
            CommandTimeout = 3600,
            Parameters = { new() { Value = task.Run.RunId } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), reader.GetInt32(1));
    }

    private static StoredResult Row(long star, double score, StarDraws? draws, int row) =>
        new(
            star,
            score < 0,
            score,
            null,
            FlagProbability: Number(draws?.Shares, row),
            ScoreSpread: Number(draws?.Spreads, row)
        );

    private static double? Number(double[]? values, int row) => values is not null && !double.IsNaN(values[row]) ? values[row] : null;

    private static byte[] Bytes(ScoreThreshold threshold) =>
        MemoryMarshal.AsBytes<double>([threshold.Offset, threshold.Near]).ToArray();

    private async Task<ScoreThreshold> ThresholdOfAsync(TaskClaim task, PreparedTasks prepared, CancellationToken cancellationToken)
    {
        var numbers = ScoresOf(await OutcomeAsync(task, prepared.Threshold, cancellationToken));
        return new ScoreThreshold(numbers[0], numbers[1]);
    }

    private static double[] ScoresOf(byte[] bytes) => MemoryMarshal.Cast<byte, double>(bytes).ToArray();

    /// <summary>The stars of the task's tile that are analysed.</summary>
    private async Task<StarColumns> StarsAsync(TaskClaim task, Known run, CancellationToken cancellationToken)
    {
        var stars = await _loader.LoadBetweenAsync(
            run.Run.DatasetId,
            StarFilter.FromJson(run.Run.DatasetFilter),
            NeededNumbers.WithDraws(run.Parameters),
            task.FirstStar,
            task.LastStar,
            cancellationToken
        );
        if (task.Digest is null || !StarPiece.IsOf(stars, task.Digest))
            throw Changed(task);
        return run.Prepared.Fit.Analysed(stars, run.Parameters.Missing == RunParameters.Exclude);
    }

    private async Task<Known> KnowAsync(TaskClaim task, CancellationToken cancellationToken)
    {
        if (_known is { } known && known.Run.RunId == task.Run.RunId)
            return known;
        var run = await new RunRepository(ledger).GetAsync(task.Run.RunId, cancellationToken);
        var parameters = ParameterReader.ReadStored(run);
        var prepared = PreparedTasks.Read(await OutcomeAsync(task, 0, cancellationToken), parameters);
        return _known = new Known(run, parameters, prepared);
    }

    private Task<byte[]> OutcomeAsync(TaskClaim task, int number, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
                await connection.ScalarAsync(TaskLife.OutcomeOf, cancellationToken, task.Run.RunId, number) as byte[] ?? throw Lost(task),
            cancellationToken
        );

    private sealed record Known(DiscoveryRun Run, RunParameters Parameters, PreparedTasks Prepared);
}
