using Almagest.Discovery.Features;

namespace Almagest.Discovery.Neighbours;

/// <summary>
/// Halves the space of the features again and again, until a sample has few enough rows on each side. Of all features that one is cut at
/// its median of which the fewest rows lie within reach of the cut.
/// </summary>
internal sealed class TileCuts
{
    private readonly List<Cut> _cuts = [];
    private int _root;

    private TileCuts() { }

    /// <summary>How many parts there are.</summary>
    public int Parts { get; private set; }

    /// <param name="most">rows of the sample in a part; more where they are all alike</param>
    public static TileCuts Of(FeatureMatrix sample, double reach, int most)
    {
        var cuts = new TileCuts();
        cuts._root = cuts.Grow(sample, [.. Enumerable.Range(0, sample.Rows)], reach, most);
        return cuts;
    }

    /// <summary>The number of the part that a row is in.</summary>
    public int PartOf(ReadOnlySpan<double> row)
    {
        var at = _root;
        while (at >= 0)
        {
            var cut = _cuts[at];
            at = row[cut.Feature] < cut.At ? cut.Below : cut.Above;
        }
        return ~at;
    }

    private int Grow(FeatureMatrix sample, Span<int> rows, double reach, int most)
    {
        if (rows.Length <= most || Best(sample, rows, reach) is not var (feature, pivot))
            return ~Parts++;
        var place = _cuts.Count;
        _cuts.Add(default);
        var middle = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            if (!(sample.Row(rows[i])[feature] < pivot))
                continue;
            (rows[middle], rows[i]) = (rows[i], rows[middle]);
            middle++;
        }
        var below = Grow(sample, rows[..middle], reach, most);
        var above = Grow(sample, rows[middle..], reach, most);
        _cuts[place] = new Cut(feature, pivot, below, above);
        return place;
    }

    /// <summary>Null where all rows are alike.</summary>
    private static (int Feature, double Pivot)? Best(FeatureMatrix sample, ReadOnlySpan<int> rows, double reach)
    {
        (int Feature, double Pivot)? best = null;
        var (fewest, widest) = (int.MaxValue, double.NegativeInfinity);
        var values = new double[rows.Length];
        for (var feature = 0; feature < sample.Columns; feature++)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = sample.Row(rows[i])[feature];
            Array.Sort(values);
            // Above the least, so that both sides hold rows.
            var middle = Math.Max(values.Length / 2, Array.FindIndex(values, v => v > values[0]));
            if (!(values[middle] > values[0]))
                continue;
            var pivot = values[middle];
            var crossing = values.Count(v => Math.Abs(v - pivot) <= reach);
            var width = values[^(1 + values.Length / 10)] - values[values.Length / 10];
            if (crossing < fewest || (crossing == fewest && width > widest))
                (best, fewest, widest) = ((feature, pivot), crossing, width);
        }
        return best;
    }

    /// <param name="Below">the next cut, or the complement of the number of a part</param>
    private readonly record struct Cut(int Feature, double At, int Below, int Above);
}
