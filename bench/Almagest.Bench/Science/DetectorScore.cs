namespace Almagest.Bench.Science;

/// <summary>How well a detector puts the stars of a kind ahead of the others.</summary>
/// <param name="Auc">the chance that one of them is ahead of a star of no kind</param>
/// <param name="First">see <see cref="DetectorTables"/></param>
internal sealed record DetectorScore(string Kind, bool IsPlanted, int Stars, double Auc, double First)
{
    public string Table { get; init; } = "";

    public string Recipe { get; init; } = "";

    public string Detector { get; init; } = "";

    /// <param name="any">stars of any kind, which are no contrast to this one</param>
    public static double Separation(double[] scores, bool[] isOf, bool[] any)
    {
        int[] rows = [.. Enumerable.Range(0, scores.Length).Where(i => isOf[i] || !any[i]).OrderBy(i => scores[i])];
        double ahead = 0,
            others = 0;
        var count = rows.Count(i => isOf[i]);
        for (var start = 0; start < rows.Length; )
        {
            var end = start;
            while (end < rows.Length && scores[rows[end]] == scores[rows[start]])
                end++;
            var (own, other) = (0, 0);
            for (var i = start; i < end; i++)
            {
                own += isOf[rows[i]] ? 1 : 0;
                other += isOf[rows[i]] ? 0 : 1;
            }
            // Equal scores: half.
            ahead += own * (rows.Length - count - others - other / 2.0);
            others += other;
            start = end;
        }
        return ahead / ((double)count * (rows.Length - count));
    }

    /// <summary>The share of the stars of a kind that is among so many first ones.</summary>
    public static double ShareAmong(double[] scores, bool[] isOf, int first)
    {
        var rows = Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).Take(first);
        return (double)rows.Count(i => isOf[i]) / isOf.Count(b => b);
    }
}
