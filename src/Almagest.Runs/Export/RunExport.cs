using System.Globalization;
using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Kinds;
using Almagest.Runs.Results;

namespace Almagest.Runs.Export;

/// <summary>What a complete run says of its stars, as a table to be written.</summary>
public sealed class RunExport(LedgerDatabase ledger)
{
    /// <summary>The rows are read page by page while they are written; a run that is deleted meanwhile ends the writing with an
    /// error.</summary>
    /// <param name="query">which results, and in which order; limit and page token do not matter</param>
    /// <param name="kinds">of its stars; null = the table says nothing of kinds</param>
    /// <exception cref="LedgerException">the run is not complete, or has no such results</exception>
    public Task<ExportTable> TableAsync(
        DiscoveryRun run,
        ResultQuery query,
        StarKinds? kinds = null,
        CancellationToken cancellationToken = default
    ) => TableAsync(run, query, kinds, bySky: false, null, cancellationToken);

    /// <summary>The same rows as a HATS catalogue: divided over the sky, with the cell of each star. Who writes it reads them from the
    /// database in one query.</summary>
    /// <param name="query">which results; in a catalogue they have the order of their places</param>
    /// <param name="mostRows">of one cell</param>
    /// <param name="room">of files that are needed until the catalogue is written, where the run's results are in files</param>
    /// <inheritdoc cref="TableAsync(DiscoveryRun, ResultQuery, StarKinds?, CancellationToken)"/>
    public async Task<HatsCatalogue> HatsAsync(
        DiscoveryRun run,
        ResultQuery query,
        StarKinds? kinds = null,
        int mostRows = HatsCatalogue.DefaultMostRows,
        ScratchRoom? room = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        if (RunRows.AreInFiles(run) && !query.IsOfKept)
        {
            ArgumentNullException.ThrowIfNull(room);
            Require(run, query);
            var files = await FileResults.OpenAsync(ledger, run, query, cancellationToken);
            ScratchRoom.Require(run.TotalStars * StarsBySky.DiskBytesOfStar);
            var stars = await Task.Run(() => StarsBySky.Of(files, room, mostRows, null, cancellationToken), cancellationToken);
            return stars.Catalogue(Name(run), await TableAsync(run, query, kinds, bySky: true, stars, cancellationToken), mostRows);
        }
        var table = await TableAsync(run, query, kinds, bySky: true, null, cancellationToken);
        var partition = new HatsPartition(mostRows);
        await foreach (var place in new ResultRepository(ledger).PlacesAsync(run.RunId, query, cancellationToken))
            partition.Add(place);
        return new HatsCatalogue(Name(run), table, partition.Finish(), mostRows);
    }

    private static string Name(DiscoveryRun run) => $"almagest_run_{run.RunId}";

    /// <param name="sorted">stars of results in files, by their places on the sky</param>
    private async Task<ExportTable> TableAsync(
        DiscoveryRun run,
        ResultQuery query,
        StarKinds? kinds,
        bool bySky,
        StarsBySky? sorted,
        CancellationToken cancellationToken
    )
    {
        Require(run, query);
        var files =
            !bySky && RunRows.AreInFiles(run) && !query.IsOfKept
                ? await FileResults.OpenAsync(ledger, run, query, cancellationToken)
                : null;
        var order =
            bySky ? "by place on the sky"
            : query.ByFlagProbability ? "likeliest flagged first"
            : query.ByScore ? "most anomalous first"
            : "by star_id";
        var provenance = await new Provenance(ledger).OfAsync(
            $"What run {run.RunId} says of its stars",
            $"{Chosen(query)}, {order}",
            run,
            cancellationToken
        );
        var table =
            !bySky
                ? ResultTable.Of(
                    provenance,
                    files?.ReadAsync(cancellationToken) ?? BatchesAsync(run.RunId, query, cancellationToken),
                    kinds
                )
            : sorted is not null ? ResultTable.BySky(provenance, sorted.ReadAsync(cancellationToken), kinds)
            : ResultTable.BySky(provenance, new ResultRepository(ledger).BySkyAsync(run.RunId, query, cancellationToken), kinds);
        return table with { IntegerIds = await IntegerIds.ColumnsAsync(ledger, RunDatasets.Ids(run), cancellationToken) };
    }

    private static string Chosen(ResultQuery query) =>
        query.ClusterId switch
        {
            { } cluster => cluster < 0
                ? "the stars in no cluster"
                : string.Create(CultureInfo.InvariantCulture, $"the members of cluster {cluster}"),
            null => query.AnomaliesOnly ? "the flagged stars"
            : query.ClusteredOnly ? "the members of clusters"
            : "all stars of the run",
        } + (query.StarIds is { } ids ? string.Create(CultureInfo.InvariantCulture, $" among {ids.Count:N0} selected") : "");

    /// <summary>Refuses before the first byte: an answer that has begun cannot become an error.</summary>
    private static void Require(DiscoveryRun run, ResultQuery query)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(query);
        if ((query.AnomaliesOnly || query.IsByScores) && run.RunType != RunTypes.Anomaly)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {run.RunId} is a {run.RunType} run and flags no stars",
                "Choose a cluster, or all stars.",
                query.IsByScores ? "order" : "anomalies_only"
            );
        if ((query.ClusterId is not null || query.ClusteredOnly) && run.RunType != RunTypes.Cluster)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {run.RunId} is an {run.RunType} run and has no clusters",
                "Choose the flagged stars, or all.",
                query.ClusteredOnly ? "clustered_only" : "cluster_id"
            );
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs have results.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
    }

    private async IAsyncEnumerable<IReadOnlyList<StarResult>> BatchesAsync(
        Guid runId,
        ResultQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var results = new ResultRepository(ledger);
        if (query is { StarIds: { } chosen, IsByScores: false })
        {
            // A million ids are asked for once, and not with every page.
            foreach (var part in chosen.Order().Chunk(ResultRepository.MostRows))
                yield return (
                    await results.PageAsync(runId, query with { StarIds = part, After = null, Limit = part.Length }, cancellationToken)
                ).Items;
            yield break;
        }
        string? after = null;
        do
        {
            var page = await results.PageAsync(runId, query with { After = after, Limit = ResultRepository.MostRows }, cancellationToken);
            yield return page.Items;
            after = page.Next;
        } while (after is not null);
    }
}
