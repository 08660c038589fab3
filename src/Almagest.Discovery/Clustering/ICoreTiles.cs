using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Clustering;

/// <summary>The core stars of clusters that were found tile by tile.</summary>
internal interface ICoreTiles
{
    MatrixTiles Tiles { get; }

    /// <summary>The cluster of each star of a tile, in the order of <see cref="MatrixTiles.RowsOf"/>; -1 = none.</summary>
    int[] LabelsOf(int tile);

    /// <summary>How many core stars each cluster has.</summary>
    int[] CountCores(int clusters);

    /// <summary>Around the core stars of a tile.</summary>
    PointBox BoxOf(int tile);

    /// <summary>The core stars of a tile, in the order of <see cref="MatrixTiles.RowsOf"/>.</summary>
    CoreStars CoresOf(int tile);
}

/// <summary>Core stars of a tile.</summary>
/// <param name="Places">in the tile, ascending</param>
/// <param name="Points">their features</param>
/// <param name="Labels">their clusters</param>
internal sealed record CoreStars(int[] Places, FeatureMatrix Points, int[] Labels);
