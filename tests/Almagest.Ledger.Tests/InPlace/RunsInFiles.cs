using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Sky;

namespace Almagest.Ledger.Tests.InPlace;

/// <summary>A catalogue that is read where it lies, of which the ledger knows no more than where its stars are, and runs over it whose
/// results are in files. There are no files: what the ledger keeps of them is what counts.</summary>
internal sealed class RunsInFiles(TestLedger test)
{
    private readonly Dictionary<long, (double Ra, double Dec)> _places = [];

    /// <summary>Registers a catalogue.</summary>
    /// <returns>its number and the ids of its stars, ascending, in several blocks of 1,024</returns>
    public async Task<(long DatasetId, long[] Stars)> RegisterAsync(string name, int stars, Func<int, (double Ra, double Dec)> place)
    {
        // Eight of them are in a block, and stand at the same places in each.
        const int Apart = 128;
        await using var connection = await test.Ledger.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var rows = (long)stars * Apart;
        var first = (long)
            (
                await connection.ScalarAsync(
                    "select setval(s, nextval(s) + $1 - 1) - $1 + 1 "
                        + "from (select pg_get_serial_sequence('public.stars', 'star_id')::regclass s) q",
                    default,
                    rows
                )
            )!;
        var catalogue = new InPlaceCatalogue
        {
            Path = $"/nowhere/{name}",
            FirstStarId = first,
            Rows = rows,
            Files = [],
        };
        var dataset = (long)
            (
                await connection.ScalarAsync(
                    """
                    insert into public.datasets (name, source, checksum, column_mapping, star_count, rejected_count, in_place)
                    values ($1, '[]', $1, jsonb_build_object(), $2, $3, $4::jsonb) returning dataset_id
                    """,
                    default,
                    name,
                    (long)stars,
                    rows - stars,
                    catalogue.ToJson()
                )
            )!;
        long[] ids = [.. Enumerable.Range(0, stars).Select(i => first + (long)i * Apart)];
        var cells = new CellCounts();
        for (var i = 0; i < stars; i++)
        {
            _places[ids[i]] = place(i);
            cells.Add(CellCounts.CellOf(_places[ids[i]].Ra, _places[ids[i]].Dec));
        }
        await cells.SaveAsync(connection, dataset, default);
        await transaction.CommitAsync();
        return (dataset, ids);
    }

    /// <summary>Completes a pending anomaly run: flagged are the stars of negative scores.</summary>
    /// <param name="excluded">of the same dataset</param>
    /// <param name="commit">false: everything is taken back</param>
    public async Task CompleteAsync(
        Guid runId,
        long datasetId,
        IReadOnlyList<long> stars,
        IReadOnlyList<double> scores,
        IReadOnlyList<(string Reason, long[] Stars)>? excluded = null,
        bool commit = true
    ) =>
        await CompleteAsync(
            runId,
            datasetId,
            [.. stars.Zip(scores, (star, score) => new StoredResult(star, score < 0, score, null))],
            excluded,
            commit
        );

    /// <summary>Completes a pending cluster run: of the noise, -1, the ledger keeps nothing.</summary>
    /// <param name="excluded">of the same dataset</param>
    /// <param name="commit">false: everything is taken back</param>
    public async Task CompleteClustersAsync(
        Guid runId,
        long datasetId,
        IReadOnlyList<long> stars,
        IReadOnlyList<int> labels,
        IReadOnlyList<(string Reason, long[] Stars)>? excluded = null,
        bool commit = true
    ) =>
        await CompleteAsync(
            runId,
            datasetId,
            [.. stars.Zip(labels, (star, label) => new StoredResult(star, false, null, label))],
            excluded,
            commit
        );

    private async Task CompleteAsync(
        Guid runId,
        long datasetId,
        IEnumerable<StoredResult> results,
        IReadOnlyList<(string Reason, long[] Stars)>? excluded,
        bool commit
    )
    {
        var dataset = new Dataset
        {
            DatasetId = datasetId,
            Name = "lying",
            Source = "[]",
            Checksum = "",
            ColumnMapping = "{}",
            InPlace = await test.ScalarAsync<string>($"select in_place::text from datasets where dataset_id = {datasetId}"),
        };
        var rows = results.OrderBy(r => r.StarId).ToList();
        var kept = rows.Where(r => r.IsKept).ToList();
        var set = new AnalysedStars();
        foreach (var row in rows)
            set.Add(row.StarId, CellOf(row.StarId));
        await using var connection = await test.Ledger.ConnectAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await KeptStars.SaveAsync(connection, dataset, kept.Select(r => Star(datasetId, r.StarId)), default) > 0)
            await KeptStars.TellAsync(connection, default);
        await connection.ExecuteAsync(
            """
            insert into public.discovery_results (run_id, star_id, is_anomaly, anomaly_score, cluster_id)
            select $1, star_id, flag, score, cluster
            from unnest($2::bigint[], $3::integer[], $4::double precision[], $5::integer[]) r (star_id, flag, score, cluster)
            """,
            default,
            runId,
            kept.Select(r => r.StarId).ToArray(),
            kept.Select(r => r.IsAnomaly ? 1 : 0).ToArray(),
            kept.Select(r => r.Score).ToArray(),
            kept.Select(r => r.ClusterId).ToArray()
        );
        var cells =
            from reason in excluded ?? []
            from star in reason.Stars
            group star by (reason.Reason, Cell: CellOf(star)) into cell
            select new ExcludedCell(cell.Key.Reason, datasetId, cell.Key.Cell, cell.Count());
        await ExcludedCell.SaveAsync(connection, runId, [.. cells], default);
        var files = new ResultFiles
        {
            Path = $"/nowhere/results/{runId}",
            Files = [],
            Rows = rows.Count,
            Bytes = 0,
        };
        await connection.ExecuteAsync(
            """
            update public.discovery_runs set status = 'completed', is_complete = true, completed_at = clock_timestamp(), total_stars = $2,
              star_set_id = $3, result_files = $4::jsonb where run_id = $1
            """,
            default,
            runId,
            (long)rows.Count,
            await set.SaveAsync(connection, datasetId, default),
            files.ToJson()
        );
        if (commit)
            await transaction.CommitAsync();
    }

    private long CellOf(long star) => CellCounts.CellOf(_places[star].Ra, _places[star].Dec);

    public Star Star(long datasetId, long star) =>
        new()
        {
            StarId = star,
            DatasetId = datasetId,
            SourceId = $"lying-{star}",
            RaDeg = _places[star].Ra,
            DecDeg = _places[star].Dec,
            Healpix29 = Healpix.AngToPix(Healpix.MaxOrder, _places[star].Ra, _places[star].Dec),
        };
}
