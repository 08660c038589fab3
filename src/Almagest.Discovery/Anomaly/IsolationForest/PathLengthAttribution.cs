using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Anomaly.IsolationForest;

/// <summary>
/// Shapley values of the features for a row's path length in one tree: path-dependent TreeSHAP (Lundberg et al., "From local explanations to
/// global understanding with explainable AI for trees", Nature Machine Intelligence 2, 2020), where a feature that is not known
/// sends the row both ways in proportion to the subsample.
/// </summary>
/// <remarks>
/// A leaf alone is a product game: with the features S known it is reached with probability Π o over S times Π z over the others, where o is 1
/// if the row meets all of the feature's conditions on the path and z is the share of the subsample that does. The Shapley weight of a
/// coalition is an integral over [0, 1] (the Beta function), so that the value of feature f is
/// <c>v (o_f - z_f) ∫ Π_{j≠f} (o_j t + z_j (1 - t)) dt</c>, a polynomial that Gauss-Legendre quadrature integrates exactly.
/// </remarks>
sealed class PathLengthAttribution
{
    /// <summary>Exact up to degree 7, for paths with up to 8 distinct features.</summary>
    static readonly GaussLegendre Short = new(4);

    /// <summary>Exact up to degree 31: no path has more than 17 splits.</summary>
    static readonly GaussLegendre Long = new(16);

    readonly double[] row;
    readonly double[] attributions;
    readonly double[] covered;
    readonly bool[] met;
    readonly int[] onPath;
    int depth;

    /// <param name="attributions">one element per feature, added to</param>
    public PathLengthAttribution(ReadOnlySpan<double> row, double[] attributions)
    {
        this.row = row.ToArray();
        this.attributions = attributions;
        covered = new double[row.Length];
        met = new bool[row.Length];
        onPath = new int[row.Length];
        Array.Fill(covered, 1);
        Array.Fill(met, true);
    }

    public void Add(IsolationTree tree) => Visit(tree, 0);

    void Visit(IsolationTree tree, int node)
    {
        if (tree.IsLeaf(node))
        {
            AddLeaf(tree.PathLength[node]);
            return;
        }
        var feature = tree.Feature[node];
        var goesLeft = row[feature] <= tree.Threshold[node];
        var (keptCovered, keptMet, keptDepth) = (covered[feature], met[feature], depth);
        if (Array.IndexOf(onPath, feature, 0, depth) < 0) onPath[depth++] = feature;
        foreach (var (child, taken) in new[] { (tree.Left[node], goesLeft), (tree.Right[node], !goesLeft) })
        {
            covered[feature] = keptCovered * tree.Count[child] / tree.Count[node];
            met[feature] = keptMet && taken;
            Visit(tree, child);
        }
        (covered[feature], met[feature], depth) = (keptCovered, keptMet, keptDepth);
    }

    void AddLeaf(double pathLength)
    {
        var rule = depth <= 8 ? Short : Long;
        for (var point = 0; point < rule.Points.Length; point++)
        {
            var t = rule.Points[point];
            var product = rule.Weights[point] * pathLength;
            for (var i = 0; i < depth; i++) product *= Factor(onPath[i], t);
            for (var i = 0; i < depth; i++)
            {
                var f = onPath[i];
                attributions[f] += ((met[f] ? 1 : 0) - covered[f]) * product / Factor(f, t);
            }
        }
    }

    double Factor(int feature, double t) => (met[feature] ? t : 0) + covered[feature] * (1 - t);
}
