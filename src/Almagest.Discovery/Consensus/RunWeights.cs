using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>
/// How much say each run of a group has: 1 over the sum of its similarities to all runs of the group, itself included. m identical runs
/// weigh 1 together, unrelated ones 1 each. The similarity is Cohen's kappa, which for marks is their intraclass correlation (Fleiss and
/// Cohen 1973); with m equally similar runs the sum of weights is m / (1 + (m - 1) ρ), the effective size of a clustered sample (Kish
/// 1965).
/// </summary>
public sealed class RunWeights
{
    private readonly double[,] _similarity;

    /// <param name="similarity">symmetric, in [0, 1], 1 on the diagonal</param>
    public RunWeights(double[,] similarity)
    {
        ArgumentNullException.ThrowIfNull(similarity);
        this._similarity = similarity;
    }

    public int Count => _similarity.GetLength(0);

    /// <summary>Measures the similarities of runs: kappa, 0 where it is negative or two runs share no star.</summary>
    public static RunWeights Of(IReadOnlyList<MarkedRun> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var similarity = new double[runs.Count, runs.Count];
        for (var i = 0; i < runs.Count; i++)
        {
            similarity[i, i] = 1;
            for (var j = 0; j < i; j++)
            {
                var kappa = MarkOverlap.Count(runs[i].Analysed, runs[i].Marked, runs[j].Analysed, runs[j].Marked).Kappa ?? 0;
                similarity[i, j] = similarity[j, i] = Math.Clamp(kappa, 0, 1);
            }
        }
        return new RunWeights(similarity);
    }

    /// <summary>The weights of the runs of a group; 0 for the others.</summary>
    public double[] Within(Func<int, bool> isMember)
    {
        ArgumentNullException.ThrowIfNull(isMember);
        var members = Enumerable.Range(0, Count).Where(isMember).ToArray();
        var weights = new double[Count];
        foreach (var i in members)
        {
            double sum = 0;
            foreach (var j in members)
                sum += _similarity[i, j];
            weights[i] = 1 / sum;
        }
        return weights;
    }

    /// <summary>The weights within the group of all runs.</summary>
    public double[] All() => Within(_ => true);
}

/// <summary>What one run marks among the stars that it analysed. Runs over one selection share one set of analysed stars.</summary>
public sealed record MarkedRun(StarSet Analysed, StarSet Marked);
