using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Anomaly.Knn;

/// <summary>
/// Splits a star's distance to its neighbours by the features that make it: each neighbour's distance is the sum of (difference in a
/// feature)² / distance.
/// </summary>
internal sealed class KnnExplainer(FeatureMatrix features, NeighbourTree tree, KnnParameters parameters, AlgorithmContext context)
    : NeighbourExplainer(s_measure, features, Around(features, tree, parameters), context)
{
    private static readonly ScoreMeasure s_measure = new(
        "neighbour_distance",
        "distance to its neighbours",
        "",
        "on the average of the selection",
        false
    );

    private static Func<INeighbourhood> Around(FeatureMatrix features, NeighbourTree tree, KnnParameters parameters)
    {
        var (places, k) = (tree.Places(), Math.Min(parameters.NNeighbors, features.Rows - 1));
        return () => new Neighbourhood(tree, places, new NeighbourSearch(tree, k), parameters.Method);
    }

    private sealed class Neighbourhood(NeighbourTree tree, int[] places, NeighbourSearch search, string method) : INeighbourhood
    {
        public double MoveTo(int row) => KnnAlgorithm.Measure(search, places[row], method);

        public int Count => search.Places.Length;

        public double Reach(int neighbour) => Math.Sqrt(search.Squared[neighbour]);

        public int RowOf(int neighbour) => tree.Cells.Points.Row[search.Places[neighbour]];
    }
}
