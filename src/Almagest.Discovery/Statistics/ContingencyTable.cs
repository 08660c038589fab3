namespace Almagest.Discovery.Statistics;

/// <summary>How two labellings of the same things divide them: how many things have each pair of labels.</summary>
public sealed class ContingencyTable
{
    private readonly Dictionary<int, long> _rows = [];
    private readonly Dictionary<int, long> _columns = [];

    /// <param name="cells">pairs of labels with their counts, each pair once, counts above 0</param>
    public ContingencyTable(IEnumerable<(int Row, int Column, long Count)> cells)
    {
        Cells = [.. cells];
        foreach (var (row, column, count) in Cells)
        {
            _rows[row] = _rows.GetValueOrDefault(row) + count;
            _columns[column] = _columns.GetValueOrDefault(column) + count;
            Total += count;
        }
    }

    public IReadOnlyList<(int Row, int Column, long Count)> Cells { get; }

    public long Total { get; }

    /// <summary>How many things have each label of the first labelling.</summary>
    public IReadOnlyDictionary<int, long> Rows => _rows;

    /// <summary>How many things have each label of the second labelling.</summary>
    public IReadOnlyDictionary<int, long> Columns => _columns;

    /// <summary>
    /// Adjusted Rand index (Hubert and Arabie 1985): 1 where both divide alike, about 0 where they agree by chance only, at least -1.
    /// Every label counts as a group, also one for noise. 1 where both put all in one group, or each thing in its own.
    /// </summary>
    public double AdjustedRandIndex()
    {
        double both = Cells.Sum(c => Pairs(c.Count)),
            first = _rows.Values.Sum(Pairs),
            second = _columns.Values.Sum(Pairs),
            all = Pairs(Total);
        if (all == 0)
            return 1;
        var expected = first * second / all;
        var most = (first + second) / 2;
        return most == expected ? 1 : (both - expected) / (most - expected);
    }

    private static double Pairs(long n) => n * (n - 1.0) / 2;
}
