using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Runs.Replay;

/// <summary>
/// Makes a new complete run out of the stored scores of another: the same stars, parameters and seed, another contamination. Nothing is
/// loaded from the catalogue and nothing is fitted; the run that it starts from stays as it is.
/// </summary>
/// <remarks>
/// The raw score is the stored score plus the stored offset. Where a raw score and the offset lie in [-1, -0.25] and at most 0.5 apart,
/// that sum is the raw score to the last bit: both are multiples of 2^-54, so their difference was stored without rounding. Outside (paths
/// more than twice as long as expected) it is right within 2^-53. The threshold follows the percentile rule of
/// <see cref="AnomalyResult.FromScores"/>, so flags and scores are those of a fresh run with the same seed.
/// </remarks>
public sealed class RunRethresholder(LedgerDatabase ledger)
{
    private readonly RunRepository _runs = new(ledger);

    /// <summary>Who starts the new run; null = not said.</summary>
    public string? By { get; init; }

    /// <summary>Stores the new run with its results in one transaction and answers it; the views are left to whoever watches
    /// them.</summary>
    /// <param name="runId">a complete anomaly run; it may itself have been made so</param>
    /// <param name="contamination">share of stars to flag, (0, 0.5]</param>
    /// <exception cref="LedgerException">
    /// the contamination is out of range; no such run; it is of another type, not complete, or was deleted meanwhile: nothing is stored
    /// </exception>
    public async Task<DiscoveryRun> RethresholdAsync(Guid runId, double contamination, CancellationToken cancellationToken = default)
    {
        try
        {
            AnomalyParameters.Share.Require(contamination);
        }
        catch (ParameterException e)
        {
            throw LedgerException.Invalid(e.Parameter, e.Message);
        }
        var source = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        RunRows.Require(source.Run);
        var (stars, scores) = await ReadScoresAsync(source.Run, cancellationToken);
        for (var i = 0; i < scores.Length; i++)
            scores[i] += source.Offset;
        var result = AnomalyResult.FromScores(scores, contamination);
        var flagged = result.AnomalyCount();
        for (var i = 0; i < scores.Length; i++)
            scores[i] = result.Decision(i);

        var summary = source.Summary with
        {
            AnomalyCount = flagged,
            ScoreOffset = result.Offset,
            RethresholdedFrom = runId.ToString(),
            Draws = null,
        };
        return await StoreAsync(
            source,
            source.Parameters with
            {
                Contamination = contamination,
                // Nothing is drawn again: the chances of another threshold are other ones.
                Draws = 0,
            },
            stars,
            scores,
            summary,
            cancellationToken
        );
    }

    private async Task<DiscoveryRun> StoreAsync(
        ScoredRun source,
        AnomalyParameters parameters,
        long[] stars,
        double[] scores,
        ResultsSummary summary,
        CancellationToken cancellationToken
    )
    {
        var run = await _runs.CreateAsync(
            source.Run.DatasetId,
            parameters,
            source.Filter,
            RunPlacement.Own with
            {
                By = By,
            },
            cancellationToken
        );
        try
        {
            // Pending until it is complete: the transaction holds its row, so no worker can take it up in between, and
            // should this program die, a server finds it pending and computes it from the catalogue.
            await using (var completion = await _runs.BeginCompletionAsync(run.RunId, cancellationToken))
            {
                await completion.SaveAnomaliesAsync(stars, scores, cancellationToken);
                await completion.CopyExclusionsAsync(source.Run.RunId, cancellationToken);
                await completion.MarkCompleteAsync(stars.Length, summary.ToJson(), cancellationToken);
                await completion.CommitAsync(cancellationToken);
            }
            return await _runs.GetAsync(run.RunId, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await _runs.CancelAsync(run.RunId, CancellationToken.None);
            throw;
        }
        catch (LedgerException e)
        {
            await _runs.FailAsync(run.RunId, e.Remedy is null ? e.Message : $"{e.Message}. {e.Remedy}", CancellationToken.None);
            throw;
        }
    }

    private async Task<(long[] Stars, double[] Scores)> ReadScoresAsync(DiscoveryRun run, CancellationToken cancellationToken)
    {
        return await DatabaseBoundary.AskAsync(async () =>
        {
            var (stars, scores) = (new long[run.TotalStars], new double[run.TotalStars]);
            await using var connection = await ledger.ConnectAsync(cancellationToken);
            await using var command = new NpgsqlCommand(
                "select star_id, anomaly_score from public.discovery_results where run_id = $1 order by star_id",
                connection
            )
            {
                Parameters = { new() { Value = run.RunId } },
                CommandTimeout = 3600,
            };
            var count = 0;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            for (; await reader.ReadAsync(cancellationToken) && count < stars.Length; count++)
                (stars[count], scores[count]) = (reader.GetInt64(0), reader.GetDouble(1));
            // A complete run never changes; it can only be deleted.
            return count == stars.Length
                ? (stars, scores)
                : throw LedgerException
                    .Of(ErrorCode.RunNotFound, $"there is no run {run.RunId} any more: it was deleted meanwhile")
                    .With("run_id", run.RunId);
        });
    }
}
