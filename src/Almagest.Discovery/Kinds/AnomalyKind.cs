namespace Almagest.Discovery.Kinds;

/// <summary>Flagged stars that are flagged for the same reasons.</summary>
/// <param name="Members">places among the flagged stars, the most typical first</param>
/// <param name="Reasons">by feature: its mean part in what makes them anomalous, positive where their values are high, negative where low;
/// the squares of the parts' roots, so that absolute values add up to 1 at most</param>
/// <param name="FarIn">the feature in which all of them are far beyond the others; null = in none</param>
public sealed record AnomalyKind(IReadOnlyList<int> Members, IReadOnlyList<double> Reasons, int? FarIn)
{
    /// <summary>Names a feature in words from this part on.</summary>
    public const double WorthNaming = 0.15;

    /// <summary>The features that make the kind, the greatest part first.</summary>
    public IReadOnlyList<int> Leading =>
        [
            .. Enumerable
                .Range(0, Reasons.Count)
                .Where(f => f == FarIn || Math.Abs(Reasons[f]) >= WorthNaming)
                .OrderByDescending(f => Math.Abs(Reasons[f])),
        ];

    /// <summary>How alike the reasons of two kinds over the same features are: the cosine, 1 = the same.</summary>
    public static double Similarity(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        double ab = 0,
            aa = 0,
            bb = 0;
        for (var f = 0; f < a.Count; f++)
            (ab, aa, bb) = (ab + a[f] * b[f], aa + a[f] * a[f], bb + b[f] * b[f]);
        return aa > 0 && bb > 0 ? ab / Math.Sqrt(aa * bb) : 0;
    }
}
