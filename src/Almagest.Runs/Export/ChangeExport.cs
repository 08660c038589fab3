using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Comparison;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Runs.Changes;

namespace Almagest.Runs.Export;

/// <summary>The flags that are new or gone between two runs, as a table to be written.</summary>
public sealed class ChangeExport(LedgerDatabase ledger)
{
    private static readonly string[] s_ids = ["star_{0}_id", "source_id_{0}"];

    private static readonly IReadOnlyList<Column> s_columns =
    [
        ChangeColumns.Change,
        .. s_ids.Select(c => ColumnDictionary.Side(c, "1")),
        .. s_ids.Select(c => ColumnDictionary.Side(c, "2")),
        .. ColumnDictionary.List("ra_deg", "dec_deg", "magnitude"),
        .. ChangeColumns.OfFlag,
    ];

    /// <param name="change">new or gone; null = both</param>
    /// <param name="cause">only those of this <see cref="ChangeCause"/></param>
    public async Task<ExportTable> TableAsync(
        RunChanges changes,
        string? change = null,
        string? cause = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(changes);
        var provenance = await new Provenance(ledger).OfAsync(
            $"Flags of run {changes.Run2.RunId} (2) that run {changes.Run1.RunId} (1) has not, and the other way round",
            $"{change ?? "new, gone"}{(cause is null ? "" : $", cause {cause}")}, by change of score",
            [changes.Run1, changes.Run2],
            cancellationToken
        );
        provenance["matched_by"] = changes.Resource.Pairing.By;
        provenance["match_id"] = changes.Resource.Pairing.MatchId;
        provenance["causes_told"] = changes.Resource.CausesTold;
        object?[][] rows = [.. changes.Of(change, cause).Select(Row)];
        return ColumnTable.Of("changes", s_columns, provenance, new[] { rows }.ToAsyncEnumerable()) with
        {
            IntegerIds = new HashSet<string>([
                .. await IntegerIds.ColumnsAsync(ledger, [changes.Run1.DatasetId], cancellationToken, "source_id_1"),
                .. await IntegerIds.ColumnsAsync(ledger, [changes.Run2.DatasetId], cancellationToken, "source_id_2"),
            ]),
        };
    }

    private static object?[] Row(StarChange s) =>
        [
            s.Change,
            s.Star1Id,
            s.SourceId1,
            s.Star2Id,
            s.SourceId2,
            s.RaDeg,
            s.DecDeg,
            s.Magnitude,
            s.Score1,
            s.Score2,
            s.Cause,
            s.Quantity,
            s.Value1,
            s.Value2,
            s.Error1,
            s.Error2,
            s.Sigmas,
            s.MeasurementPart,
            s.ErrorPart,
            s.ThresholdPart,
            s.DetectorPart,
            Plain(s.Sentence),
        ];

    // Not every format of tables has these.
    private static string Plain(string sentence) =>
        sentence
            .Replace("±", "+-", StringComparison.Ordinal)
            .Replace("σ", "sigma", StringComparison.Ordinal)
            .Replace("≥", ">=", StringComparison.Ordinal)
            .Replace("≤", "<=", StringComparison.Ordinal)
            .Replace("°", " deg", StringComparison.Ordinal);
}
