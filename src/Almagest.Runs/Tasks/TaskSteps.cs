using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Portable;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Npgsql;

namespace Almagest.Runs.Tasks;

/// <summary>The tasks of a run between its preparation and its end. Each reads what it needs from the ledger, and keeps there what it makes
/// together with its status.</summary>
internal sealed class TaskSteps(LedgerDatabase ledger)
{
    /// <summary>Of so many stars what tasks made is held; of more it goes into files.</summary>
    private const int MostHeld = 1 << 21;

    private readonly SelectionLoader _loader = new(ledger);

    // Of the last run: its tasks come one after the other.
    private Known? _known;

    public async Task ScoreAsync(TaskClaim task, int maxThreads, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        var stars = await StarsAsync(task, run, cancellationToken);
        var scores = run.Prepared.Fit.Score(stars, maxThreads, cancellationToken);
        await KeepAsync(ledger, task, PieceScores.Write(stars.StarId, scores), null, cancellationToken);
    }

    public async Task ThresholdAsync(TaskClaim task, Func<ScratchRoom> rooms, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        using var room = RoomFor(run.Prepared.Stars, rooms);
        var (_, scores) = await ScoresAsync(task, run.Prepared.Stars, room ?? Room.Memory, cancellationToken);
        var threshold = ScoreThreshold.Of(scores, run.Parameters);
        await KeepAsync(ledger, task, PieceScores.Write([threshold.Offset, threshold.Near]), null, cancellationToken);
    }

    public async Task DrawAsync(TaskClaim task, int maxThreads, CancellationToken cancellationToken)
    {
        var run = await KnowAsync(task, cancellationToken);
        var threshold = await ReadThresholdAsync(task, run.Prepared, cancellationToken);
        var stars = await StarsAsync(task, run, cancellationToken);
        var (ids, scores) = PieceScores.Read(await OutcomeAsync(task, run.Prepared.ScoreOf(task.Number), cancellationToken));
        if (!ids.AsSpan().SequenceEqual(stars.StarId))
            throw Changed(task);
        var context = new AlgorithmContext { MaxThreads = maxThreads, CancellationToken = cancellationToken };
        var draws =
            run.Prepared.Fit.Draw(stars, scores, threshold, context) ?? throw new InvalidOperationException("the run asks for no draws");
        await KeepAsync(ledger, task, PieceDraws.Write(draws), null, cancellationToken);
    }

    /// <summary>Files for what was made of so many stars; null = it is held.</summary>
    public static ScratchRoom? RoomFor(int stars, Func<ScratchRoom> rooms) => stars > MostHeld ? rooms() : null;

    /// <summary>The raw scores of all stars that are analysed, in order of star_id.</summary>
    public async Task<(Sequence<long> Ids, Sequence<double> Scores)> ScoresAsync(
        TaskClaim task,
        int stars,
        Room room,
        CancellationToken cancellationToken
    )
    {
        var (ids, scores, first) = (room.Create<long>(stars), room.Create<double>(stars), 0L);
        await EachAsync(
            task,
            TaskPhase.Score,
            bytes =>
            {
                var piece = PieceScores.Read(bytes);
                RequirePlace(task, first, piece.Ids.Length, stars);
                ids.Write(first, piece.Ids);
                scores.Write(first, piece.Scores);
                first += piece.Ids.Length;
            },
            cancellationToken
        );
        RequireAll(task, first, stars);
        return (ids, scores);
    }

    /// <summary>Where the line is drawn.</summary>
    public async Task<ScoreThreshold> ReadThresholdAsync(TaskClaim task, PreparedTasks prepared, CancellationToken cancellationToken)
    {
        var numbers = PieceScores.Doubles(await OutcomeAsync(task, prepared.Threshold, cancellationToken));
        return new ScoreThreshold(numbers[0], numbers[1]);
    }

    /// <summary>Goes over what the tasks of a phase have made, in the order of the tiles.</summary>
    public Task EachAsync(TaskClaim task, TaskPhase phase, Action<byte[]> look, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(TaskLife.OutcomesOf, connection)
                {
                    CommandTimeout = 3600,
                    Parameters =
                    {
                        new() { Value = task.Run.RunId },
                        new() { Value = (int)phase },
                    },
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    look(reader.IsDBNull(0) ? throw Lost(task) : reader.GetFieldValue<byte[]>(0));
            },
            cancellationToken
        );

    /// <summary>Keeps what a task has made and that it is done, together or not at all.</summary>
    /// <param name="also">what belongs to it</param>
    /// <exception cref="LedgerException">the task is another worker's by now, or its run has ended</exception>
    public static Task KeepAsync(
        LedgerDatabase ledger,
        TaskClaim task,
        byte[] outcome,
        Func<NpgsqlConnection, Task>? also,
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
                if (also is not null)
                    await also(connection);
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

    /// <summary>Holds a task until the transaction ends.</summary>
    /// <exception cref="LedgerException">it is another's by now</exception>
    public static async Task HoldAsync(NpgsqlConnection connection, TaskClaim task, CancellationToken cancellationToken)
    {
        await using var hold = TaskClaims.Command(connection, TaskLife.Hold, task);
        if (await hold.ExecuteScalarAsync(cancellationToken) is not true)
            throw Lost(task);
    }

    /// <exception cref="LedgerException">there are more stars than the preparation saw</exception>
    public static void RequirePlace(TaskClaim task, long first, int count, int stars)
    {
        if (first + count > stars)
            throw Changed(task);
    }

    /// <exception cref="LedgerException">there are other stars than the preparation saw</exception>
    public static void RequireAll(TaskClaim task, long found, int stars)
    {
        if (found != stars)
            throw Changed(task);
    }

    /// <summary>What is to be known of the run.</summary>
    public async Task<Known> KnowAsync(TaskClaim task, CancellationToken cancellationToken)
    {
        if (_known is { } known && known.Run.RunId == task.Run.RunId)
            return known;
        var run = await new RunRepository(ledger).GetAsync(task.Run.RunId, cancellationToken);
        var parameters = ParameterReader.ReadStored(run);
        var prepared = PreparedTasks.Read(await OutcomeAsync(task, 0, cancellationToken), parameters);
        return _known = new Known(run, parameters, prepared);
    }

    /// <summary>Lets go what it knows of the last run.</summary>
    public void Forget() => _known = null;

    private static LedgerException Changed(TaskClaim task) =>
        LedgerException
            .Of(
                ErrorCode.RunStarsChanged,
                $"the stars of run {task.Run.RunId} have changed while it was worked on",
                "Nothing of it is kept. Start it again."
            )
            .With("run_id", task.Run.RunId);

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

    private Task<byte[]> OutcomeAsync(TaskClaim task, int number, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
                await connection.ScalarAsync(TaskLife.OutcomeOf, cancellationToken, task.Run.RunId, number) as byte[] ?? throw Lost(task),
            cancellationToken
        );

    internal sealed record Known(DiscoveryRun Run, RunParameters Parameters, PreparedTasks Prepared);
}
