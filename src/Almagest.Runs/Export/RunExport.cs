using System.Globalization;
using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.InPlace;
using Almagest.Runs.Kinds;
using Almagest.Runs.Results;

namespace Almagest.Runs.Export;

/// <summary>What a complete run says of its stars, as a table to be written.</summary>
public sealed class RunExport(LedgerDatabase ledger)
{
    private static readonly IReadOnlyList<Column> s_columns =
    [
        .. ExportColumns.Star,
        .. RunColumns.OfResult,
        .. ColumnDictionary.List("parallax_error_mas", "parallax_over_error", "ruwe", "filled"),
    ];

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
    ) => TableAsync(run, query, kinds, bySky: false, cancellationToken);

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
            RequireComplete(run);
            FileResults.Require(run, query);
            ScratchRoom.Require(run.TotalStars * ScoredCatalogue.DiskBytesOfStar);
            return await ScoredCatalogue.OfAsync(
                ledger,
                run,
                room,
                $"{Chosen(query)}, by place on the sky",
                result =>
                    (query.ClusterId is not { } cluster || result.ClusterId == cluster) && query.StarIds?.Contains(result.StarId) != false,
                mostRows,
                cancellationToken
            );
        }
        var table = await TableAsync(run, query, kinds, bySky: true, cancellationToken);
        var partition = new HatsPartition(mostRows);
        await foreach (var place in new ResultRepository(ledger).PlacesAsync(run.RunId, query, cancellationToken))
            partition.Add(place);
        return new HatsCatalogue($"almagest_run_{run.RunId}", table, partition.Finish(), mostRows);
    }

    private async Task<ExportTable> TableAsync(
        DiscoveryRun run,
        ResultQuery query,
        StarKinds? kinds,
        bool bySky,
        CancellationToken cancellationToken
    )
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
        // Refused here, before the first byte: an answer that has begun cannot become an error.
        RequireComplete(run);
        var files = RunRows.AreInFiles(run) && !query.IsOfKept ? await FileResults.OpenAsync(ledger, run, query, cancellationToken) : null;
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
        if (kinds is not null)
            provenance["kinds_looked_at"] = kinds.LookedAt;
        Column[] columns = kinds is null ? [.. s_columns] : [.. s_columns, .. KindColumns.OfStar];
        return ColumnTable.Of(
            "results",
            bySky ? [StarColumns.Place, .. columns] : columns,
            provenance,
            bySky ? BySkyAsync(run.RunId, query, kinds, cancellationToken)
                : files is not null ? OutOfFilesAsync(files, kinds, cancellationToken)
                : BatchesAsync(run.RunId, query, kinds, cancellationToken)
        ) with
        {
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, RunDatasets.Ids(run), cancellationToken),
        };
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

    private static void RequireComplete(DiscoveryRun run)
    {
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs have results.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> OutOfFilesAsync(
        FileResults files,
        StarKinds? kinds,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var batch in files.ReadAsync(cancellationToken))
            yield return [.. batch.Select(r => Row(r, kinds))];
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        Guid runId,
        ResultQuery query,
        StarKinds? kinds,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var results = new ResultRepository(ledger);
        if (query is { StarIds: { } chosen, IsByScores: false })
        {
            // A million ids are asked for once, and not with every page.
            foreach (var part in chosen.Order().Chunk(ResultRepository.MostRows))
                yield return Rows(
                    await results.PageAsync(runId, query with { StarIds = part, After = null, Limit = part.Length }, cancellationToken),
                    kinds
                );
            yield break;
        }
        string? after = null;
        do
        {
            var page = await results.PageAsync(runId, query with { After = after, Limit = ResultRepository.MostRows }, cancellationToken);
            yield return Rows(page, kinds);
            after = page.Next;
        } while (after is not null);
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BySkyAsync(
        Guid runId,
        ResultQuery query,
        StarKinds? kinds,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var batch in new ResultRepository(ledger).BySkyAsync(runId, query, cancellationToken))
            yield return [.. batch.Select(r => (object?[])[r.Place, .. Row(r.Result, kinds)])];
    }

    private static List<object?[]> Rows(Page<StarResult> page, StarKinds? kinds) => [.. page.Items.Select(r => Row(r, kinds))];

    private static object?[] Row(StarResult r, StarKinds? kinds) =>
        kinds is null ? Row(r) : [.. Row(r), .. Kind(kinds.Stars.GetValueOrDefault(r.StarId))];

    private static object?[] Kind(StarKind? kind) => [(long?)kind?.KindId, kind?.Name, kind?.Likeness];

    private static object?[] Row(StarResult r) =>
        ExportColumns.Of(
            r,
            (long)r.IsAnomaly,
            r.AnomalyScore,
            (long?)r.ClusterId,
            r.MembershipProbability,
            r.MembershipStrength,
            r.FlagProbability,
            r.ScoreSpread,
            r.MembershipStability,
            r.ParallaxErrorMas,
            r.ParallaxOverError,
            r.Ruwe,
            r.Filled is null ? null : string.Join(' ', r.Filled)
        );
}
