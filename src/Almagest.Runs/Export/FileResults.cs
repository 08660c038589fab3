using System.Runtime.CompilerServices;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
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

    private readonly DiscoveryRun _run;
    private readonly InPlaceStars _stars;
    private readonly ResultFilesReader _files;
    private readonly HashSet<long>? _chosen;
    private readonly int? _cluster;

    private FileResults(DiscoveryRun run, InPlaceStars stars, ResultFilesReader files, ResultQuery query) =>
        (_run, _stars, _files, _chosen, _cluster) = (run, stars, files, query.StarIds?.ToHashSet(), query.ClusterId);

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
        return new FileResults(run, stars, ResultFilesReader.Open(ledger, run), query);
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

    private IEnumerable<List<StarResult>> Read(CancellationToken cancellationToken)
    {
        var filled = FilledValues.Of(_run);
        foreach (var (batch, results) in StarsWithResults.Read(_stars, s_fields, _files.Read(cancellationToken), cancellationToken))
        {
            var found = new List<StarResult>();
            foreach (var (i, result) in results)
                if (_chosen?.Contains(result.StarId) != false && (_cluster is null || result.ClusterId == _cluster))
                    found.Add(Of(batch, i, result, filled));
            if (found.Count > 0)
                yield return found;
        }
    }

    private StarResult Of(StarBatch batch, int i, StoredResult result, FilledValues? filled)
    {
        var star = new StarResult(
            _run.RunId,
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
        return filled is null ? star : star with { Filled = filled.In(star, Known(batch.RadialVelocityKmS[i])) };
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
