using Almagest.Discovery.Anomaly.IsolationForest;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>
/// Learns the path lengths that the leaves of a forest stand for from answers on some stars: active anomaly discovery (Das et al. 2016,
/// 2020), with two changes.
/// </summary>
/// <remarks>
/// <para>
/// Where the authors weight a leaf, an offset is added to its path length, which is the same linear model; the prior is no offset,
/// that is the forest itself. The loss is around the score that a share of <see cref="Share"/> of all stars reach, as theirs, but
/// squared, and with a margin of three standard deviations of the scores: a star called interesting should be that far beyond the
/// threshold,
/// an ordinary one that far within. A plain hinge is content when a star is at the threshold, and learns little from each answer.
/// The threshold and the margin are those of the forest before any answer, so that what is learned depends on which answers there are and
/// not on their order.
/// </para>
/// <para>
/// With s the sum of path lengths over the trees, lower for stars that are more anomalous, minimise over the offsets d of all leaves
/// <c>Σ_i max(0, margin - y_i (threshold - s_i(d)))² + ridge Σ_leaf d²</c>. The dual has one number for each answer, not negative, and is
/// solved by coordinate descent (Hsieh et al. 2008, LIBLINEAR), in the order of the rows and by one thread.
/// </para>
/// </remarks>
internal static class LeafLearning
{
    /// <summary>Of all stars, those that the threshold of the loss leaves outside; the authors' usual one.</summary>
    public const double Share = 0.03;

    /// <summary>The ridge for each tree. Answers on stars that share no leaf with others are then met to one part in a hundred.</summary>
    private const double Ridge = 0.01;

    private const int MostSweeps = 500;
    private const double Enough = 1e-9;

    /// <summary>A forest whose leaves have learned; the same where there are no answers.</summary>
    /// <param name="sums">of every row, the path length summed over the trees</param>
    /// <param name="answers">rows in ascending order, and whether they are interesting</param>
    /// <param name="row">the values of a row</param>
    public static IsolationForestModel Learn(
        IsolationForestModel forest,
        PathLengths sums,
        IReadOnlyList<(int Row, bool IsInteresting)> answers,
        Func<int, double[]> row
    )
    {
        if (answers.Count == 0 || sums.Margin == 0)
            return forest;
        var trees = forest.Trees;
        var offsets = trees.Select(t => new double[t.Nodes]).ToArray();
        var leaves = new int[answers.Count][];
        var length = new double[answers.Count];
        for (var i = 0; i < leaves.Length; i++)
        {
            var values = row(answers[i].Row);
            leaves[i] = [.. trees.Select(t => t.LeafOf(values))];
            for (var t = 0; t < trees.Count; t++)
                length[i] += trees[t].PathLength[leaves[i][t]];
        }
        Descend(sums, answers, leaves, length, offsets, Ridge * trees.Count);
        return new IsolationForestModel(
            [.. trees.Select((t, i) => t.WithPathLengths(offsets[i]))],
            forest.Subsample,
            forest.FeatureNames,
            forest.MaxThreads
        );
    }

    private static void Descend(
        PathLengths sums,
        IReadOnlyList<(int Row, bool IsInteresting)> answers,
        int[][] leaves,
        double[] length,
        double[][] offsets,
        double ridge
    )
    {
        var dual = new double[answers.Count];
        for (var sweep = 0; sweep < MostSweeps; sweep++)
        {
            var largest = 0.0;
            for (var i = 0; i < dual.Length; i++)
            {
                var own = leaves[i];
                // Interesting stars have short paths.
                var side = answers[i].IsInteresting ? -1 : 1;
                var now = length[i];
                for (var t = 0; t < own.Length; t++)
                    now += offsets[t][own[t]];
                var lacking = sums.Margin - side * (now - sums.Threshold);
                var next = Math.Max(0, dual[i] + (lacking - ridge * dual[i]) / (own.Length + ridge));
                var change = next - dual[i];
                if (change == 0)
                    continue;
                dual[i] = next;
                for (var t = 0; t < own.Length; t++)
                    offsets[t][own[t]] += side * change;
                largest = Math.Max(largest, Math.Abs(change));
            }
            if (largest * leaves[0].Length <= Enough * sums.Margin)
                return;
        }
    }
}
