using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Redraws;

/// <summary>The core stars of a tile, of which the nearest to a point is found.</summary>
internal sealed class CoreTree
{
    private readonly NeighbourTree _tree;
    private readonly int[] _places;
    private readonly int[] _rows;
    private readonly CoreStars _cores;

    private CoreTree(CoreStars cores, int[] rows, AlgorithmContext context)
    {
        _cores = cores;
        // They are in the order of their rows, so that of two that are as near the first is found.
        _rows = Array.ConvertAll(cores.Places, place => rows[place]);
        _tree = new NeighbourTree(cores.Points, context.Parallel());
        _places = _tree.Places();
    }

    /// <summary>Null where the tile has none.</summary>
    public static CoreTree? Of(ICoreTiles all, int tile, AlgorithmContext context) =>
        all.CoresOf(tile) is { Places.Length: > 0 } cores ? new CoreTree(cores, all.Tiles.RowsOf(all.Tiles.Tiles[tile]), context) : null;

    /// <summary>The number of the core star at a place of the tile; negative where the star there is not core.</summary>
    public int CoreAt(int place) => Array.BinarySearch(_cores.Places, place);

    /// <summary>One a thread.</summary>
    public NeighbourSearch Search() => new(_tree, 1);

    /// <param name="without">the number of a core star that does not count; negative = all count</param>
    public Nearest Find(NeighbourSearch search, ReadOnlySpan<double> point, int without)
    {
        search.FindSorted(point, without < 0 ? -1 : _places[without]);
        if (search.Found == 0)
            return Nearest.None;
        var core = _tree.Cells.Points.Row[search.Places[0]];
        return new Nearest(search.Squared[0], _rows[core], _cores.Labels[core]);
    }
}
