using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;

namespace Almagest.Discovery.Anomaly.Knn;

/// <summary>
/// The distance to the k-th nearest other star (Ramaswamy, Rastogi and Shim, SIGMOD 2000), with the scores of PyOD's <c>KNN</c> turned:
/// lower = more anomalous. Distances are exact, and equal to those of scikit-learn's <c>NearestNeighbors</c>.
/// </summary>
internal sealed class KnnAlgorithm : AnomalyAlgorithm<KnnParameters>, IExplainable
{
    private KnnAlgorithm() { }

    public static KnnAlgorithm Instance { get; } = new();

    public override string Name => KnnParameters.Name;

    public override string Title => "k-nearest-neighbour distance";

    public override string Finds => "stars far from all others";

    public override string Reference =>
        "Ramaswamy, Rastogi and Shim 2000, Efficient Algorithms for Mining Outliers from Large Data Sets, ACM SIGMOD, 427";

    public override int WorkBytes(RunParameters parameters, int features) => 100 + 8 * features;

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        new KnnExplainer(features, Tree(features, context), (KnnParameters)parameters, context);

    private protected override FittedScores Score(FeatureMatrix features, KnnParameters parameters, AlgorithmContext context)
    {
        var tree = Tree(features, context);
        context.Progress?.Report(0.1);
        var scores = new double[features.Rows];
        var k = Math.Min(parameters.NNeighbors, features.Rows - 1);
        tree.ForEachPlace(
            () => new NeighbourSearch(tree, k),
            (place, search) => scores[tree.Cells.Points.Row[place]] = -Measure(search, place, parameters.Method),
            done => context.Progress?.Report(0.1 + 0.9 * done)
        );
        return new FittedScores(scores, new KnnScorer(tree, k, parameters.Method));
    }

    internal static double Measure(NeighbourSearch search, int place, string method)
    {
        if (method == KnnParameters.Largest)
            return Math.Sqrt(search.KthSquared(place));
        search.FindSorted(place);
        return Mean(search);
    }

    /// <summary>The same of a point that is in the place of another, as its star.</summary>
    internal static double Measure(NeighbourSearch search, ReadOnlySpan<double> point, int without, string method)
    {
        search.FindSorted(point, without);
        return method == KnnParameters.Largest ? Math.Sqrt(search.Squared[^1]) : Mean(search);
    }

    private static double Mean(NeighbourSearch search)
    {
        double sum = 0;
        foreach (var squared in search.Squared)
            sum += Math.Sqrt(squared);
        return sum / search.Squared.Length;
    }

    private static NeighbourTree Tree(FeatureMatrix features, AlgorithmContext context)
    {
        InputGuard.Require(features, "the distance to neighbours");
        return new NeighbourTree(features, context.Parallel());
    }

    protected override IEnumerable<string> Notes(int rows, KnnParameters parameters) =>
        [.. base.Notes(rows, parameters), .. NeighbourNotes.Of(parameters.NNeighbors, rows)];
}
