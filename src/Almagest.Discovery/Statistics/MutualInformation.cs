namespace Almagest.Discovery.Statistics;

/// <summary>What one labelling tells of another, in the measures of Vinh, Epps and Bailey (2010), normalized by the mean of the two
/// entropies.</summary>
public static class MutualInformation
{
    /// <summary>Normalized mutual information: 1 where both divide alike, 0 where neither tells anything of the other; not corrected for
    /// chance.</summary>
    /// <remarks>1 where both put all in one group.</remarks>
    public static double Normalized(ContingencyTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var mean = (Entropy(table.Rows.Values, table.Total) + Entropy(table.Columns.Values, table.Total)) / 2;
        return mean <= 0 ? 1 : Math.Clamp(Of(table) / mean, 0, 1);
    }

    /// <summary>Adjusted mutual information: 1 where both divide alike, about 0 where they agree by chance only.</summary>
    /// <remarks>1 where both put all in one group, or each thing in its own, as scikit-learn has it.</remarks>
    public static double Adjusted(ContingencyTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Rows.Count == table.Columns.Count && (table.Rows.Count <= 1 || table.Rows.Count == table.Total))
            return 1;
        var mean = (Entropy(table.Rows.Values, table.Total) + Entropy(table.Columns.Values, table.Total)) / 2;
        var expected = Expected(table);
        var room = mean - expected;
        return Math.Abs(room) < 1e-15 ? 0 : (Of(table) - expected) / room;
    }

    /// <summary>In nats.</summary>
    private static double Of(ContingencyTable table)
    {
        double sum = 0,
            n = table.Total;
        foreach (var (row, column, count) in table.Cells)
            sum += count / n * Math.Log(n / table.Rows[row] * count / table.Columns[column]);
        return Math.Max(0, sum);
    }

    private static double Entropy(IEnumerable<long> sizes, long total) => -sizes.Sum(s => (double)s / total * Math.Log((double)s / total));

    /// <summary>The mean over all labellings with these sizes of groups: each cell is hypergeometric. Groups of equal sizes share one
    /// computation.</summary>
    private static double Expected(ContingencyTable table)
    {
        double sum = 0;
        var columns = table.Columns.Values.CountBy(v => v).ToList();
        foreach (var (row, rows) in table.Rows.Values.CountBy(v => v))
        {
            foreach (var (column, count) in columns)
                sum += (double)rows * count * ExpectedCell(row, column, table.Total);
        }
        return sum;
    }

    /// <summary>The sum over a cell's possible counts from the likeliest outwards, until the rest is nothing.</summary>
    private static double ExpectedCell(long row, long column, long total)
    {
        long least = Math.Max(0, row + column - total),
            most = Math.Min(row, column);
        var mode = Math.Clamp((row + 1) * (column + 1) / (total + 2), least, most);
        var peak = Math.Exp(LogChoose(row, mode) + LogChoose(total - row, column - mode) - LogChoose(total, column));
        double chance = peak,
            rest = total - row - column,
            sum = Part(mode);
        for (var k = mode; k < most && chance > peak * 1e-18; )
        {
            chance *= (double)(row - k) / (k + 1) * ((column - k) / (rest + k + 1));
            sum += Part(++k);
        }
        chance = peak;
        for (var k = mode; k > least && chance > peak * 1e-18; )
        {
            chance *= k / (double)(row - k + 1) * ((rest + k) / (column - k + 1));
            sum += Part(--k);
        }
        return sum;

        double Part(long k) => k == 0 ? 0 : chance * k / total * Math.Log((double)total / row * k / column);
    }

    private static double LogChoose(long n, long k) =>
        GammaFunction.Log(n + 1.0) - GammaFunction.Log(k + 1.0) - GammaFunction.Log(n - k + 1.0);
}
