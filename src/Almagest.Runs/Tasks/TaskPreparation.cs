using Almagest.Contract;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Portable;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Npgsql;

namespace Almagest.Runs.Tasks;

/// <summary>The first task of a run: what takes the whole selection, and the tiles for the others.</summary>
internal sealed class TaskPreparation(LedgerDatabase ledger)
{
    // A row with its indexes, and what the tasks keep of it until then; as much again in the database's log.
    private const long BytesOfResult = 2 * (146 + 4 * sizeof(double));

    public int MaxThreads { get; init; }

    public required int PieceStars { get; init; }

    public required RunMemory Limits { get; init; }

    public required Func<ScratchRoom> Rooms { get; init; }

    public async Task DoAsync(TaskClaim task, IProgress<RunProgress> progress, CancellationToken cancellationToken)
    {
        var run = await new RunRepository(ledger).GetAsync(task.Run.RunId, cancellationToken);
        var dataset = await new DatasetRepository(ledger).GetAsync(run.DatasetId, cancellationToken);
        var (filter, parameters) = (StarFilter.FromJson(run.DatasetFilter), ParameterReader.ReadStored(run));
        progress.Report(new RunProgress("load", 0));
        var expected = Math.Max(1, dataset.StarCount);
        var stars = await new SelectedStars(ledger) { Memory = Limits, Rooms = Rooms }.LoadAsync(
            dataset,
            filter,
            parameters,
            null,
            new Counted(n => progress.Report(new RunProgress("load", (double)n / expected))),
            cancellationToken
        );
        try
        {
            progress.Report(new RunProgress("compute", 0));
            var features = Prepare(stars, parameters, cancellationToken);
            progress.Report(new RunProgress("compute", 0.2));
            var context = new AlgorithmContext { MaxThreads = MaxThreads, CancellationToken = cancellationToken };
            var fit = PortableFit.Of(features, parameters, context);
            var pieces = StarPiece.Of(stars, PieceStars).ToList();
            await DiskSpace.RequireAsync(ledger, features.Stars.Count * BytesOfResult, cancellationToken);
            var analysis = new StarAnalysis(
                features.Stars,
                features,
                new AnomalyResult(Array.Empty<double>(), 0) { Notes = fit.NotesOf(features.Stars.Count) },
                null,
                0
            )
            {
                Quality = await new QualityCuts(ledger).CountAsync(run.DatasetId, filter, cancellationToken),
            };
            var excluded = await ExcludedCell.CountAsync(ledger, features.Excluded, cancellationToken);
            var prepared = new PreparedTasks(analysis.Summary(), fit, excluded, pieces.Count, features.Stars.Count).ToBytes();
            await TaskSteps.KeepAsync(
                ledger,
                task,
                prepared,
                connection => AddAsync(connection, run.RunId, pieces, parameters.Draws > 0, cancellationToken),
                cancellationToken
            );
        }
        finally
        {
            (stars.Room as IDisposable)?.Dispose();
        }
    }

    private PreparedFeatures Prepare(StarColumns stars, RunParameters parameters, CancellationToken cancellationToken)
    {
        if (stars.Count < Algorithm.MinStars)
            throw StarAnalysis.TooFew(stars.Count);
        try
        {
            return FeaturePipeline.Prepare(
                stars,
                StarAnalysis.Recipe(parameters),
                StarAnalysis.Options(parameters, MaxThreads),
                cancellationToken
            );
        }
        catch (TooFewStarsException e)
        {
            throw StarAnalysis.TooFew(e);
        }
    }

    private static async Task AddAsync(
        NpgsqlConnection connection,
        Guid runId,
        List<StarPiece> pieces,
        bool draws,
        CancellationToken cancellationToken
    )
    {
        var tasks = pieces
            .Select(p => (TaskPhase.Score, (StarPiece?)p))
            .Append((TaskPhase.Threshold, (StarPiece?)null))
            .Concat(pieces.Where(_ => draws).Select(p => (TaskPhase.Draw, (StarPiece?)p)))
            .Append((TaskPhase.Complete, (StarPiece?)null))
            .Select((t, i) => (Number: i + 1, Phase: (int)t.Item1, Piece: t.Item2))
            .ToList();
        await connection.ExecuteAsync(
            TaskLife.Add,
            cancellationToken,
            runId,
            tasks.Select(t => t.Number).ToArray(),
            tasks.Select(t => t.Phase).ToArray(),
            tasks.Select(t => t.Piece?.First).ToArray(),
            tasks.Select(t => t.Piece?.Last).ToArray(),
            tasks.Select(t => t.Piece?.Count).ToArray(),
            tasks.Select(t => t.Piece?.Digest).ToArray(),
            ProgramVersion.Current
        );
    }

    private sealed class Counted(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
