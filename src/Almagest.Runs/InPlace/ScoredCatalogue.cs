using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Columns;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Execution;
using Almagest.Runs.Files;

namespace Almagest.Runs.InPlace;

/// <summary>What an anomaly run says of every star of a catalogue that is read where it lies, as a HATS catalogue.</summary>
public static class ScoredCatalogue
{
    private static readonly IReadOnlyList<Column> s_columns =
    [
        StarColumns.Place,
        .. ColumnDictionary.List("star_id", "source_id", "ra_deg", "dec_deg", "is_anomaly", "anomaly_score"),
    ];

    private static readonly IReadOnlyList<Column> s_chances = ColumnDictionary.List("flag_probability", "score_spread");

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
        var scored = ScoredStars.Of(stars, outcome.Analysis, room, mostRows, progress, cancellationToken);
        var partition = new HatsPartition(mostRows);
        foreach (var place in scored.Places())
            partition.Add(place);
        var draws = outcome.Analysis.Draws is not null;
        var table = ColumnTable.Of(
            "results",
            draws ? [.. s_columns, .. s_chances] : s_columns,
            ResultColumns.Provenance(
                outcome.Dataset,
                outcome.Request.Parameters,
                outcome.Request.Filter,
                outcome.Analysis.Summary(),
                "all stars of the run, by place on the sky"
            ),
            RowsAsync(scored, draws)
        );
        if (ResultColumns.HasIntegerIds(outcome.Dataset))
            table = table with { IntegerIds = new HashSet<string> { "source_id" } };
        return new HatsCatalogue(CatalogueName(outcome.Dataset.Name), table, partition.Finish(), mostRows);
    }

    // As programs that take the name for a folder's or a variable's like it.
    private static string CatalogueName(string dataset) =>
        string.Concat(dataset.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')) + "_scores";

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> RowsAsync(ScoredStars scored, bool draws)
    {
        await foreach (var batch in scored.BySkyAsync())
        {
            var rows = new object?[batch.Count][];
            for (var i = 0; i < rows.Length; i++)
            {
                var s = batch[i];
                var flag = s.Score < 0 ? 1L : 0L;
                rows[i] = draws
                    ? [s.Place, s.StarId, s.SourceId, s.RaDeg, s.DecDeg, flag, s.Score, Known(s.FlagProbability), Known(s.ScoreSpread)]
                    : [s.Place, s.StarId, s.SourceId, s.RaDeg, s.DecDeg, flag, s.Score];
            }
            yield return rows;
        }
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
