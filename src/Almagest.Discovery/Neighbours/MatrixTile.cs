namespace Almagest.Discovery.Neighbours;

/// <summary>Rows of a <see cref="MatrixTiles"/> that are next to each other there.</summary>
internal sealed class MatrixTile(int first, int count, int columns)
{
    public int First => first;

    public int Count => count;

    /// <summary>Around all of them.</summary>
    public PointBox Box { get; } = new(columns);
}
