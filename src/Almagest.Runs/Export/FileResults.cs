using System.Runtime.CompilerServices;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;

namespace Almagest.Runs.Export;

/// <summary>The results of a run that are in files, with the columns of their stars out of the files of the catalogue: both are gone over
/// side by side, and few stars are held.</summary>
internal sealed class FileResults
{
    private static readonly string[] s_fields =
    [
        StarField.SourceId,
        StarField.ParallaxMas,
        StarField.ParallaxErrorMas,
        StarField.PmraMasYr,
        StarField.PmdecMasYr,
        StarField.Magnitude,
        StarField.Color,
        StarField.RadialVelocityKmS,
        StarField.Ruwe,
    ];

    private readonly Guid _runId;
    private readonly InPlaceStars _stars;
    private readonly Func<CancellationToken, IEnumerable<StoredResult>> _results;
    private readonly FilledValues? _filled;

    private FileResults(Guid runId, InPlaceStars stars, Func<CancellationToken, IEnumerable<StoredResult>> results, FilledValues? filled) =>
        (_runId, _stars, _results, _filled) = (runId, stars, results, filled);

    /// <summary>Of a run that is not kept, whose stars are not released yet.</summary>
    public static FileResults Of(RunOutcome outcome)
    {
        var stars =
            InPlaceStars.Of(outcome.Dataset) ?? throw new ArgumentException("the stars of the dataset are in the ledger", nameof(outcome));
        return new FileResults(Guid.Empty, stars, _ => Rows(outcome.Analysis), FilledValues.Of(outcome.Request.Parameters));
    }

    private static IEnumerable<StoredResult> Rows(StarAnalysis analysis)
    {
        var row = analysis.Rows();
        for (var i = 0; i < analysis.Stars.Count; i++)
            yield return row(i);
    }

    /// <exception cref="Contract.Errors.LedgerException">the files of the catalogue or of the results are not on this machine or not as
    /// they were, or the query wants an order that needs all results in the ledger</exception>
    public static async Task<FileResults> OpenAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        ResultQuery query,
        CancellationToken cancellationToken
    )
    {
        Require(run, query);
        var dataset = await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId, cancellationToken);
        var stars = InPlaceStars.Of(dataset)!;
        // Before the first byte of an answer, which cannot become an error.
        stars.Require();
        var files = ResultFilesReader.Open(ledger, run);
        var (chosen, cluster) = (query.StarIds?.ToHashSet(), query.ClusterId);
        return new FileResults(
            run.RunId,
            stars,
            token =>
                chosen is null && cluster is null
                    ? files.Read(token)
                    : files.Read(token).Where(r => chosen?.Contains(r.StarId) != false && (cluster is null || r.ClusterId == cluster)),
            FilledValues.Of(run)
        );
    }

    /// <summary>Refuses orders that need all results in the ledger.</summary>
    /// <exception cref="Contract.Errors.LedgerException">this is one</exception>
    public static void Require(DiscoveryRun run, ResultQuery query)
    {
        if (query.IsByScores)
            RunRows.Require(run);
    }

    /// <summary>In the order of star_id, some at a time.</summary>
    public async IAsyncEnumerable<IReadOnlyList<StarResult>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var batches = Read(cancellationToken).GetEnumerator();
        // Reading files, and unpacking them, is no work for a thread that answers.
        while (await Task.Run(batches.MoveNext, cancellationToken))
            yield return batches.Current;
    }

    /// <inheritdoc cref="ReadAsync"/>
    public IEnumerable<IReadOnlyList<StarResult>> Read(CancellationToken cancellationToken)
    {
        foreach (var (batch, results) in StarsWithResults.Read(_stars, s_fields, _results(cancellationToken), cancellationToken))
            if (results.Count > 0)
                yield return [.. results.Select(r => Of(batch, r.Row, r.Result))];
    }

    /// <summary>Their positions alone, in degrees, in the same order.</summary>
    public IEnumerable<(double Ra, double Dec)> Positions(CancellationToken cancellationToken)
    {
        foreach (var (batch, results) in StarsWithResults.Read(_stars, [], _results(cancellationToken), cancellationToken))
        foreach (var (row, _) in results)
            yield return (batch.RaDeg[row], batch.DecDeg[row]);
    }

    private StarResult Of(StarBatch batch, int i, in StoredResult result)
    {
        var star = new StarResult(
            _runId,
            result.StarId,
            result.IsAnomaly ? 1 : 0,
            result.Score,
            result.ClusterId,
            batch.SourceId[i],
            batch.RaDeg[i],
            batch.DecDeg[i],
            Known(batch.ParallaxMas[i]),
            Known(batch.PmraMasYr[i]),
            Known(batch.PmdecMasYr[i]),
            Known(batch.Magnitude[i]),
            Known(batch.Color[i]),
            result.Probability,
            result.Strength
        )
        {
            ParallaxErrorMas = Known(batch.ParallaxErrorMas[i]),
            Ruwe = Known(batch.Ruwe[i]),
            FlagProbability = result.FlagProbability,
            ScoreSpread = result.ScoreSpread,
            MembershipStability = result.Stability,
        };
        return _filled is null ? star : star with { Filled = _filled.In(star, Known(batch.RadialVelocityKmS[i])) };
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
