namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>Some points next to each other, with a number each.</summary>
internal static unsafe class PointBlock
{
    /// <summary>The tight box around those whose number lies between two, both included: the lows, then the highs.</summary>
    /// <returns>false where there is none</returns>
    public static bool Box(ReadOnlySpan<double> points, ReadOnlySpan<int> notes, int least, int most, int dimensions, double* box)
    {
        var isEmpty = true;
        for (var i = 0; i < notes.Length; i++)
        {
            if (notes[i] < least || notes[i] > most)
                continue;
            for (var j = 0; j < dimensions; j++)
            {
                var value = points[i * dimensions + j];
                box[j] = isEmpty ? value : Math.Min(box[j], value);
                box[dimensions + j] = isEmpty ? value : Math.Max(box[dimensions + j], value);
            }
            isEmpty = false;
        }
        return !isEmpty;
    }
}
