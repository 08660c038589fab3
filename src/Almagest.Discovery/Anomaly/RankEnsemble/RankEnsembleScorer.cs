namespace Almagest.Discovery.Anomaly.RankEnsemble;

/// <summary>Scores other values of the stars by the places that they would take among all the other stars as they were measured.</summary>
/// <param name="members">of the fit, with their scorers</param>
internal sealed class RankEnsembleScorer(IReadOnlyList<AnomalyResult> members, string combination) : IRowScorer
{
    private readonly Lazy<double[][]> _ascending = new(() =>
        [
            .. members.Select(m =>
            {
                var sorted = (double[])m.RawScores.Clone();
                Array.Sort(sorted);
                return sorted;
            }),
        ]
    );

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        var shares = new double[members.Count][];
        for (var m = 0; m < shares.Length; m++)
        {
            shares[m] = new double[scores.Length];
            members[m].Scorer!.Score(rows, of, shares[m]);
            for (var i = 0; i < scores.Length; i++)
            {
                var score = AnomalyAlgorithm.InReach(shares[m][i]);
                shares[m][i] = ShareRanks.Of(score, members[m].RawScores[of[i]], _ascending.Value[m]);
            }
        }
        for (var i = 0; i < scores.Length; i++)
            scores[i] = ShareRanks.Combine(shares, i, combination);
    }
}
