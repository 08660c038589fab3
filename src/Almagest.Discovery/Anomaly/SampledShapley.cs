using System.Numerics;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>
/// Shapley values of a row's features in any measure, against stars of the selection: what the measure is on the average over them where
/// some features are the row's and the others theirs. Exact over the coalitions up to <see cref="MostExact"/> features that differ; beyond,
/// over random orders in which features become known, each followed by its reverse.
/// </summary>
internal sealed class SampledShapley
{
    internal delegate void MeasureRows(ReadOnlySpan<double> rows, Span<double> measured);

    private const int MostExact = 5;
    private const int Orders = 16;
    private const int Others = 32;

    private readonly double[][] _others;
    private readonly MeasureRows _measure;

    public SampledShapley(FeatureMatrix features, MeasureRows measure)
    {
        _measure = measure;
        var count = Math.Min(features.Rows, Others);
        _others = [.. Enumerable.Range(0, count).Select(i => features.Row((int)((2L * i + 1) * features.Rows / (2L * count))).ToArray())];
        double[] rows = [.. _others.SelectMany(r => r)];
        var measured = new double[count];
        measure(rows, measured);
        Expected = measured.Average();
    }

    /// <summary>The mean over the stars compared with.</summary>
    public double Expected { get; }

    /// <returns>by feature; they add up to <paramref name="measured"/> - <see cref="Expected"/></returns>
    public double[] Of(ReadOnlySpan<double> row, out double measured)
    {
        var own = new double[1];
        _measure(row, own);
        measured = own[0];
        return row.Length <= MostExact ? Exactly(row.ToArray(), measured) : ByOrders(row.ToArray(), measured);
    }

    private double[] Exactly(double[] row, double measured)
    {
        var columns = row.Length;
        var values = new double[1 << columns];
        for (var known = 0; known < values.Length; known++)
            values[known] =
                known == 0 ? Expected
                : known == values.Length - 1 ? measured
                : Value(row, f => (known >> f & 1) != 0);
        var weights = new double[columns];
        for (var size = 0; size < columns; size++)
            weights[size] = 1 / (columns * Binomial(columns - 1, size));
        var changes = new double[columns];
        for (var f = 0; f < columns; f++)
        for (var known = 0; known < values.Length; known++)
        {
            if ((known >> f & 1) == 0)
                changes[f] += weights[BitOperations.PopCount((uint)known)] * (values[known | 1 << f] - values[known]);
        }
        return changes;
    }

    private double[] ByOrders(double[] row, double measured)
    {
        // The same for every row: what differs between rows is then no chance.
        var random = new TreeRandom(0, 0);
        var changes = new double[row.Length];
        var order = Enumerable.Range(0, row.Length).ToArray();
        for (var i = 0; i < Orders; i++)
        {
            if (i % 2 == 1)
                Array.Reverse(order);
            else
                Shuffle(order, ref random);
            var known = new bool[row.Length];
            var before = Expected;
            for (var at = 0; at < order.Length; at++)
            {
                known[order[at]] = true;
                var value = at == order.Length - 1 ? measured : Value(row, f => known[f]);
                changes[order[at]] += (value - before) / Orders;
                before = value;
            }
        }
        return changes;
    }

    private double Value(double[] row, Func<int, bool> isKnown)
    {
        var rows = new double[_others.Length * row.Length];
        for (var i = 0; i < _others.Length; i++)
        for (var f = 0; f < row.Length; f++)
            rows[i * row.Length + f] = isKnown(f) ? row[f] : _others[i][f];
        var measured = new double[_others.Length];
        _measure(rows, measured);
        return measured.Average();
    }

    private static void Shuffle(int[] order, ref TreeRandom random)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = random.Next(i + 1);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

    private static double Binomial(int n, int k)
    {
        double product = 1;
        for (var i = 1; i <= k; i++)
            product *= (double)(n - k + i) / i;
        return product;
    }
}
