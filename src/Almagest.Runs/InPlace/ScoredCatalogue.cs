using System.Text.Json.Nodes;
using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Execution;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.InPlace;

/// <summary>What a run says of every star of a catalogue that is read where it lies, as a HATS catalogue.</summary>
public static class ScoredCatalogue
{
    private static readonly IReadOnlyList<Column> s_columns =
    [
        StarColumns.Place,
        .. ColumnDictionary.List("star_id", "source_id", "ra_deg", "dec_deg"),
    ];

    private static readonly IReadOnlyList<Column> s_scores = ColumnDictionary.List("is_anomaly", "anomaly_score");

    /// <summary>Roughly what a star takes of the scratch files until the catalogue is written.</summary>
    public const long DiskBytesOfStar = 80;

    /// <param name="outcome">of a run over such a catalogue, whose stars are not released yet</param>
    /// <param name="room">of the files that it needs until the catalogue is written</param>
    /// <param name="mostRows">of one cell</param>
    /// <param name="progress">told the number of stars that are sorted so far</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">the files have changed</exception>
    public static HatsCatalogue Of(
        RunOutcome outcome,
        ScratchRoom room,
        int mostRows = HatsCatalogue.DefaultMostRows,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(room);
        var stars =
            InPlaceStars.Of(outcome.Dataset) ?? throw new ArgumentException("the stars of the dataset are in the ledger", nameof(outcome));
        var (analysis, shape) = (outcome.Analysis, outcome.Analysis.Shape());
        var scored = ScoredStars.Of(
            stars,
            ScoredStars.CountCells(analysis.Stars),
            Rows(analysis),
            shape,
            room,
            mostRows,
            progress,
            cancellationToken
        );
        return Of(
            CatalogueName(outcome.Dataset.Name),
            outcome.Dataset,
            scored,
            shape,
            ResultColumns.Provenance(
                outcome.Dataset,
                outcome.Request.Parameters,
                outcome.Request.Filter,
                analysis.Summary(),
                "all stars of the run, by place on the sky"
            ),
            mostRows
        );
    }

    /// <summary>The same of a run that is kept, out of its files and those of the catalogue.</summary>
    /// <param name="room">of the files that it needs until the catalogue is written</param>
    /// <param name="rows">which stars, in words</param>
    /// <param name="only">which of its results</param>
    /// <param name="mostRows">of one cell</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">files of the catalogue or of the results are missing, or have
    /// changed</exception>
    internal static async Task<HatsCatalogue> OfAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        ScratchRoom room,
        string rows,
        Func<StoredResult, bool> only,
        int mostRows,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(room);
        var dataset = await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId, cancellationToken);
        var files = ResultFilesReader.Open(ledger, run);
        var shape = files.Shape();
        var provenance = await new Provenance(ledger).OfAsync($"What run {run.RunId} says of its stars", rows, run, cancellationToken);
        return await Task.Run(
            () =>
            {
                var stars = InPlaceStars.Of(dataset)!;
                var scored = ScoredStars.Of(
                    stars,
                    ScoredStars.CountCells(stars, files.Read(cancellationToken).Where(only), cancellationToken),
                    files.Read(cancellationToken).Where(only),
                    shape,
                    room,
                    mostRows,
                    null,
                    cancellationToken
                );
                return Of($"almagest_run_{run.RunId}", dataset, scored, shape, provenance, mostRows);
            },
            cancellationToken
        );
    }

    private static HatsCatalogue Of(
        string name,
        Dataset dataset,
        ScoredStars scored,
        ResultShape shape,
        JsonObject provenance,
        int mostRows
    )
    {
        var partition = new HatsPartition(mostRows);
        foreach (var place in scored.Places())
            partition.Add(place);
        var table = ColumnTable.Of(
            "results",
            [.. s_columns, .. shape.IsClusters ? shape.Always : s_scores, .. shape.Numbers.Select(n => n.Column)],
            provenance,
            RowsAsync(scored, shape.IsClusters)
        );
        if (ResultColumns.HasIntegerIds(dataset))
            table = table with { IntegerIds = new HashSet<string> { "source_id" } };
        return new HatsCatalogue(name, table, partition.Finish(), mostRows);
    }

    private static IEnumerable<StoredResult> Rows(StarAnalysis analysis)
    {
        var row = analysis.Rows();
        for (var i = 0; i < analysis.Stars.Count; i++)
            yield return row(i);
    }

    // As programs that take the name for a folder's or a variable's like it.
    private static string CatalogueName(string dataset) =>
        string.Concat(dataset.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')) + "_scores";

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> RowsAsync(ScoredStars scored, bool isClusters)
    {
        await foreach (var batch in scored.BySkyAsync())
        {
            var rows = new object?[batch.Count][];
            for (var i = 0; i < rows.Length; i++)
            {
                var s = batch[i];
                rows[i] =
                [
                    s.Place,
                    s.StarId,
                    s.SourceId,
                    s.RaDeg,
                    s.DecDeg,
                    .. isClusters ? (object?[])[(long)s.Said] : [s.Said < 0 ? 1L : 0L, s.Said],
                    .. s.Numbers.Select(n => double.IsNaN(n) ? null : (object?)n),
                ];
            }
            yield return rows;
        }
    }
}
