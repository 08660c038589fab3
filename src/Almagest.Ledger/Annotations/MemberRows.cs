using System.Globalization;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Annotations;

/// <summary>A list of members as labels: every star of the file belongs to the one cluster, whatever else its row says.</summary>
internal static class MemberRows
{
    /// <summary>A file of bare ids.</summary>
    public static IEnumerable<LabelBatch> Of(IReadOnlyList<(string Id, long Line)> ids, string cluster) =>
        [
            new LabelBatch
            {
                Count = ids.Count,
                SourceId = [.. ids.Select(i => i.Id)],
                Outlier = new int?[ids.Count],
                Kind = new string?[ids.Count],
                Cluster = [.. Enumerable.Repeat(cluster, ids.Count)],
                LineNumber = [.. ids.Select(i => i.Line)],
                Rejected = [],
            },
        ];

    /// <summary>A table with a column of ids, and perhaps one of probabilities.</summary>
    /// <param name="least">only rows of at least this probability; null = all</param>
    /// <exception cref="LedgerException">a probability is asked for, and the table has none, or one that is not a number</exception>
    public static IEnumerable<LabelBatch> Of(IEnumerable<LabelBatch> rows, string cluster, double? least)
    {
        foreach (var batch in rows)
        {
            int[] taken = [.. Enumerable.Range(0, batch.Count).Where(i => least is not { } bound || Probability(batch, i) >= bound)];
            yield return new LabelBatch
            {
                Count = taken.Length,
                SourceId = [.. taken.Select(i => batch.SourceId[i])],
                Outlier = new int?[taken.Length],
                Kind = new string?[taken.Length],
                Cluster = [.. taken.Select(_ => cluster)],
                LineNumber = [.. taken.Select(i => batch.LineNumber[i])],
                Rejected = batch.Rejected,
            };
        }
    }

    private static double Probability(LabelBatch batch, int row)
    {
        if (batch.Probability.ElementAtOrDefault(row) is not { } text)
            return double.NaN;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw LedgerException.Invalid(
                "labels",
                $"line {batch.LineNumber[row]}: expected a probability, found '{text}'",
                "Nothing was stored. Mend the row."
            );
    }
}
