namespace Almagest.Discovery.Anomaly;

/// <summary>Distinct row numbers at random.</summary>
internal static class RowDraw
{
    /// <summary>By Floyd's algorithm: as many draws as the sample has rows, however many there are.</summary>
    public static int[] Of(int rows, int size, ref TreeRandom random)
    {
        var chosen = new HashSet<int>(size);
        var order = new int[size];
        for (var i = 0; i < size; i++)
        {
            var last = rows - size + i;
            var row = random.Next(last + 1);
            if (!chosen.Add(row))
                chosen.Add(row = last);
            order[i] = row;
        }
        return order;
    }
}
