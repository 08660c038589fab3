using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Redraws;

/// <summary>The stars of clusters that were found tile by tile, sorted into these tiles; in a tile they keep their order.</summary>
internal sealed class TiledMembers
{
    private readonly string[] _further;
    private readonly long[] _firsts;
    private readonly Sequence<double> _values;

    private TiledMembers(string[] further, long[] firsts, Sequence<double> values) =>
        (_further, _firsts, _values) = (further, firsts, values);

    private int Width => StarColumns.UsualColumns + _further.Length;

    public static TiledMembers Of(StarColumns stars, ClusterResult found, CancellationToken cancellationToken)
    {
        var cores = found.Cores!;
        var firsts = new long[cores.Tiles.Tiles.Count + 1];
        for (var tile = 0; tile < cores.Tiles.Tiles.Count; tile++)
            firsts[tile + 1] = firsts[tile] + cores.LabelsOf(tile).Count(label => label >= 0);
        string[] further = [.. stars.Files!.Further];
        var values = stars.Room.Create<double>(firsts[^1] * (StarColumns.UsualColumns + further.Length));
        var members = new TiledMembers(further, firsts, values);
        var writer = new BucketWriter<double>(values, members.Width, firsts[..^1]);
        using var tiles = stars.Tiles().GetEnumerator();
        var (columns, labels, first) = (Array.Empty<double[]>(), Array.Empty<int>(), 0);
        var one = new double[members.Width];
        cores.Tiles.ForEach(
            (number, tile, _) =>
            {
                if (number >= first + labels.Length)
                {
                    tiles.MoveNext();
                    (first, columns) = (tiles.Current.First, tiles.Current.Stars.Columns(further));
                    labels = new int[tiles.Current.Stars.Count];
                    found.OfLabels.CopyTo(first, labels);
                }
                if (labels[number - first] < 0)
                    return;
                for (var c = 0; c < columns.Length; c++)
                    one[c] = columns[c][number - first];
                writer.Add(tile, one);
            },
            cancellationToken
        );
        writer.Finish();
        return members;
    }

    /// <summary>The members of a tile, without their numbers.</summary>
    public StarColumns StarsOf(int tile)
    {
        var count = (int)(_firsts[tile + 1] - _firsts[tile]);
        var columns = Enumerable.Range(0, Width).Select(_ => new double[count]).ToArray();
        var some = Math.Max(1, Math.Min(_values.Room.Stretch, 1 << 16) / Width);
        for (var first = 0; first < count; first += some)
        {
            var size = Math.Min(some, count - first);
            using var part = _values.Read((_firsts[tile] + first) * Width, size * Width);
            for (var i = 0; i < size; i++)
            for (var c = 0; c < Width; c++)
                columns[c][first + i] = part.Span[i * Width + c];
        }
        return StarColumns.Of(new long[count], columns, _further);
    }
}
