using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Shapley values of the features for a row's path length in one tree: path-dependent TreeSHAP (Lundberg et al., "From local explanations
/// to global understanding with explainable AI for trees", Nature Machine Intelligence 2, 2020), where a feature that is not known
/// sends the row both ways in proportion to the subsample.
/// </summary>
/// <remarks>
/// A leaf alone is a product game: with the features S known it is reached with probability Π o over S times Π z over the others, where o
/// is 1 if the row meets all of the feature's conditions on the path and z is the share of the subsample that does. The Shapley weight of a
/// coalition is an integral over [0, 1] (the Beta function), so that the value of feature f is
/// <c>v (o_f - z_f) ∫ Π_{j≠f} (o_j t + z_j (1 - t)) dt</c>, a polynomial that Gauss-Legendre quadrature integrates exactly.
/// </remarks>
internal sealed class PathLengthAttribution
{
    /// <summary>Exact up to degree 7, for paths with up to 8 distinct features.</summary>
    private static readonly GaussLegendre s_short = new(4);

    /// <summary>Exact up to degree 31: no path has more than 17 splits.</summary>
    private static readonly GaussLegendre s_long = new(16);

    private readonly double[] _row;
    private readonly double[] _attributions;
    private readonly double[] _covered;
    private readonly bool[] _met;
    private readonly int[] _onPath;
    private int _depth;

    /// <param name="attributions">one element per feature, added to</param>
    public PathLengthAttribution(ReadOnlySpan<double> row, double[] attributions)
    {
        _row = row.ToArray();
        _attributions = attributions;
        _covered = new double[row.Length];
        _met = new bool[row.Length];
        _onPath = new int[row.Length];
        Array.Fill(_covered, 1);
        Array.Fill(_met, true);
    }

    public void Add(IsolationTree tree) => Visit(tree, 0);

    private void Visit(IsolationTree tree, int node)
    {
        if (tree.IsLeaf(node))
        {
            AddLeaf(tree.PathLength[node]);
            return;
        }
        var feature = tree.Feature[node];
        var goesLeft = _row[feature] <= tree.Threshold[node];
        var (keptCovered, keptMet, keptDepth) = (_covered[feature], _met[feature], _depth);
        if (Array.IndexOf(_onPath, feature, 0, _depth) < 0)
            _onPath[_depth++] = feature;
        foreach (var (child, taken) in new[] { (tree.Left[node], goesLeft), (tree.Right[node], !goesLeft) })
        {
            _covered[feature] = keptCovered * tree.Count[child] / tree.Count[node];
            _met[feature] = keptMet && taken;
            Visit(tree, child);
        }
        (_covered[feature], _met[feature], _depth) = (keptCovered, keptMet, keptDepth);
    }

    private void AddLeaf(double pathLength)
    {
        var rule = _depth <= 8 ? s_short : s_long;
        for (var point = 0; point < rule.Points.Length; point++)
        {
            var t = rule.Points[point];
            var product = rule.Weights[point] * pathLength;
            for (var i = 0; i < _depth; i++)
                product *= Factor(_onPath[i], t);
            for (var i = 0; i < _depth; i++)
            {
                var f = _onPath[i];
                _attributions[f] += ((_met[f] ? 1 : 0) - _covered[f]) * product / Factor(f, t);
            }
        }
    }

    private double Factor(int feature, double t) => (_met[feature] ? t : 0) + _covered[feature] * (1 - t);
}
