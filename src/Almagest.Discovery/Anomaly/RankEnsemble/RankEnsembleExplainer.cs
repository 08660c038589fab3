using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.RankEnsemble;

/// <summary>
/// Splits a star's rarity (minus log10 of the share of stars that are as anomalous) between the detectors by how far each puts it ahead of
/// an ordinary star, and each detector's part between the features as the detector explains it.
/// </summary>
internal sealed class RankEnsembleExplainer : AnomalyExplainer
{
    private static readonly ScoreMeasure s_measure = new("rarity", "rarity", "powers of ten", "on the average of the selection", false);

    private readonly string _combination;
    private readonly IReadOnlyList<double[]> _shares;
    private readonly IReadOnlyList<IAnomalyExplainer> _members;
    private readonly double _expected;

    public RankEnsembleExplainer(string combination, IReadOnlyList<double[]> shares, IReadOnlyList<IAnomalyExplainer> members)
        : base(s_measure)
    {
        (_combination, _shares, _members) = (combination, shares, members);
        _expected = -ShareRanks.Combine(shares, combination).Average();
    }

    public override RowAttribution Attribute(FeatureMatrix features, int row)
    {
        ArgumentNullException.ThrowIfNull(features);
        var score = ShareRanks.Combine(_shares, row, _combination);
        var parts = new double[_members.Count][];
        var weights = new double[_members.Count];
        for (var m = 0; m < parts.Length; m++)
        {
            parts[m] = Signed(_members[m], features, row, -score > _expected);
            weights[m] = Weight(_shares[m][row], -score > _expected);
        }
        var all = weights.Sum();
        var changes = new double[features.Columns];
        for (var m = 0; m < parts.Length; m++)
        for (var f = 0; f < changes.Length; f++)
            changes[f] += (-score - _expected) * (all > 0 ? weights[m] / all : 1.0 / parts.Length) * parts[m][f];
        return new RowAttribution(score, -score, _expected, changes);
    }

    /// <summary>How much a detector has to do with a star's place ahead of the others, or among them.</summary>
    private double Weight(double share, bool isAhead)
    {
        var rarity = -Math.Log10(share);
        if (!isAhead)
            return Math.Max(0, _expected - rarity);
        var best = _combination == RankEnsembleParameters.Best ? 4 : 1;
        return Math.Pow(Math.Max(0, rarity - _expected), best);
    }

    /// <summary>What the detector says of each feature, of those that point the star's way; adds up to 1.</summary>
    private static double[] Signed(IAnomalyExplainer member, FeatureMatrix features, int row, bool isAhead)
    {
        var changes = member.Attribute(features, row).Changes;
        var signed = Array.ConvertAll(changes, c => Math.Max(0, (isAhead ? 1 : -1) * member.Measure.Towards(c)));
        var sum = signed.Sum();
        return Array.ConvertAll(signed, s => sum > 0 ? s / sum : 1.0 / signed.Length);
    }
}
