using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>
/// Splits a star's factor by the features that keep it away from its neighbours: the factor is the neighbours' mean density times the
/// star's mean reachability distance, and that is split as the distance to each neighbour is.
/// </summary>
internal sealed class LofExplainer(FeatureMatrix features, LofModel model, AlgorithmContext context)
    : NeighbourExplainer(s_measure, features, Around(model), context)
{
    private static readonly ScoreMeasure s_measure = new(
        "local_outlier_factor",
        "local outlier factor",
        "",
        "on the average of the selection",
        false
    );

    private static Func<INeighbourhood> Around(LofModel model)
    {
        var places = model.Tree.Places();
        return () => new Neighbourhood(model, places, new LofModel.Neighbourhood(model));
    }

    private sealed class Neighbourhood(LofModel model, int[] places, LofModel.Neighbourhood around) : INeighbourhood
    {
        public double MoveTo(int row)
        {
            around.MoveTo(places[row]);
            return around.Factor();
        }

        public int Count => around.Places.Length;

        public double Reach(int neighbour) => around.Reachability(neighbour);

        public int RowOf(int neighbour) => model.Tree.Cells.Points.Row[around.Places[neighbour]];
    }
}
