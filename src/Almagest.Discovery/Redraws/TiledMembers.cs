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

    private int Width => Usual + _further.Length;

    // Right ascension, declination, parallax, proper motions, magnitude, colour.
    private const int Usual = 7;

    public static TiledMembers Of(StarColumns stars, ClusterResult found, CancellationToken cancellationToken)
    {
        var cores = found.Cores!;
        var firsts = new long[cores.Tiles.Tiles.Count + 1];
        for (var tile = 0; tile < cores.Tiles.Tiles.Count; tile++)
            firsts[tile + 1] = firsts[tile] + cores.LabelsOf(tile).Count(label => label >= 0);
        string[] further = [.. stars.Files!.Further];
        var values = stars.Room.Create<double>(firsts[^1] * (Usual + further.Length));
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
                    (first, columns) = (tiles.Current.First, members.Columns(tiles.Current.Stars));
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
        return new StarColumns
        {
            StarId = new long[count],
            RaDeg = columns[0],
            DecDeg = columns[1],
            ParallaxMas = columns[2],
            PmraMasYr = columns[3],
            PmdecMasYr = columns[4],
            Magnitude = columns[5],
            Color = columns[6],
            Further = _further.Index().ToDictionary(f => f.Item, f => columns[Usual + f.Index]),
        };
    }

    private double[][] Columns(StarColumns stars) =>
        [
            stars.RaDeg,
            stars.DecDeg,
            stars.ParallaxMas,
            stars.PmraMasYr,
            stars.PmdecMasYr,
            stars.Magnitude,
            stars.Color,
            .. _further.Select(name => stars.Further[name]),
        ];
}
