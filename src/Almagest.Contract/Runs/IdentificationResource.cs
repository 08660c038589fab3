namespace Almagest.Contract.Runs;

/// <summary>The clusters of a run beside a catalogue of known clusters.</summary>
/// <param name="Dataset">the catalogue</param>
/// <param name="KnownClusters">clusters in it</param>
/// <param name="LabelSet">the set of labels that members were looked up in; null = every one</param>
/// <param name="Columns">what was taken from which column of the catalogue, such as <c>names: Cluster</c></param>
/// <param name="Notes">what the catalogue lacks, and what follows from it</param>
/// <param name="ExpectedByChance">of the clusters here that one known cluster fits, so many would fit one by chance</param>
/// <param name="Clusters">every cluster of the run, largest first</param>
/// <param name="ProgramVersion">of the program that said so</param>
/// <param name="IdentifiedBy">who asked; null where that is not known</param>
public sealed record IdentificationResource(
    Guid RunId,
    long DatasetId,
    string Dataset,
    long KnownClusters,
    string? LabelSet,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> Notes,
    double ExpectedByChance,
    IReadOnlyList<ClusterIdentification> Clusters,
    string ProgramVersion,
    DateTime IdentifiedAt,
    string? IdentifiedBy
)
{
    /// <summary>Chances below this are not told apart.</summary>
    private const double LeastChance = 0.0001;

    /// <summary>How many of the names chance would give, in words; null where nothing is named.</summary>
    public string? ByChance()
    {
        var chances = Clusters.Where(c => c.Name is not null).Select(c => c.ExpectedByChance ?? 0).ToList();
        if (chances.Count == 0)
            return null;
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var expected = chances.TrueForAll(c => c < LeastChance)
            ? $"fewer than {(LeastChance * chances.Count).ToString("0.####", culture)}"
            : ExpectedByChance.ToString(ExpectedByChance < 0.95 ? "G1" : "0.0", culture);
        var (names, are) = chances.Count == 1 ? ("the one name", "is") : ($"the {chances.Count.ToString(culture)} names", "are");
        return $"Of {names} above {expected} {are} to be expected by chance.";
    }
}

/// <summary>The identifications of a run, the newest first: one with each catalogue.</summary>
public sealed record IdentificationList(Guid RunId, IReadOnlyList<IdentificationResource> Items);

/// <summary>What one catalogue says of one cluster of a run.</summary>
/// <param name="ClusterId">number of the cluster, from 0</param>
/// <param name="Size">stars in it</param>
/// <param name="Verdict">identified, possible, position_only, ambiguous, shared, new or unmatched</param>
/// <param name="Name">of the known cluster that fits best; null where none fits</param>
/// <param name="StarId">its row of the catalogue</param>
/// <param name="Basis">what was compared, such as <c>position, motion, parallax</c>; null where none fits</param>
/// <param name="SeparationDeg">between both centres, degrees</param>
/// <param name="Sigma">difference in all that was compared, in standard deviations</param>
/// <param name="ExpectedByChance">known clusters that would fit so closely by chance, at the density of the catalogue there</param>
/// <param name="Sentence">all that in words</param>
/// <param name="Candidates">known clusters that fit, the best first, and behind them near ones that do not</param>
public sealed record ClusterIdentification(
    int ClusterId,
    long Size,
    string Verdict,
    string? Name,
    long? StarId,
    string? Basis,
    double? SeparationDeg,
    double? Sigma,
    double? ExpectedByChance,
    string Sentence,
    IReadOnlyList<ClusterCandidate> Candidates
);

/// <summary>A known cluster beside one that was found.</summary>
/// <param name="Name">in the catalogue</param>
/// <param name="StarId">its row of the catalogue</param>
/// <param name="Fits">whether every quantity that both have agrees</param>
/// <param name="SeparationDeg">between both centres, degrees</param>
/// <param name="RadiusDeg">the larger of both radii within which half of the members lie, degrees</param>
/// <param name="PositionSigma">separation, as the normal deviation of the same chance</param>
/// <param name="MotionDifferenceMasYr">length of the difference of the proper motions, mas/yr; null where one is not known</param>
/// <param name="MotionSigma">the same as the normal deviation of the same chance; null, too, where it is known too roughly to compare</param>
/// <param name="ParallaxDifferenceMas">found less known, mas; null where one is not known</param>
/// <param name="ParallaxSigma">the same in standard deviations; null, too, where it is known too roughly to compare</param>
/// <param name="Sigma">all of it together</param>
/// <param name="ExpectedByChance">known clusters that would fit so closely by chance; null of one that does not fit</param>
/// <param name="LabelSet">the labels that name its members; null where none do</param>
/// <param name="Labelled">of its members by those labels, stars that the run analysed</param>
/// <param name="Common">of these, members of the cluster that was found</param>
public sealed record ClusterCandidate(
    string Name,
    long StarId,
    bool Fits,
    double SeparationDeg,
    double RadiusDeg,
    double PositionSigma,
    double? MotionDifferenceMasYr,
    double? MotionSigma,
    double? ParallaxDifferenceMas,
    double? ParallaxSigma,
    double Sigma,
    double? ExpectedByChance,
    string? LabelSet,
    long? Labelled,
    long? Common
)
{
    /// <summary>standard deviation of the difference of the motions along the axis that is known worse, mas/yr</summary>
    public double? MotionErrorMasYr { get; init; }

    /// <summary>standard deviation of the difference of the parallaxes, mas</summary>
    public double? ParallaxErrorMas { get; init; }
}

/// <summary>What a cluster is called after a catalogue of known ones.</summary>
/// <param name="Dataset">the catalogue</param>
/// <param name="Verdict">as in <see cref="ClusterIdentification"/></param>
/// <param name="Name">null where none fits</param>
public sealed record ClusterKnownAs(string Dataset, string Verdict, string? Name, double? ExpectedByChance)
{
    /// <summary>In a few words: the name, and how sure it is.</summary>
    public string Text =>
        Verdict switch
        {
            "identified" => Name ?? "",
            "possible" => $"{Name}?",
            "position_only" => $"{Name}? (position only)",
            "ambiguous" => $"{Name}? (others fit, too)",
            "shared" => $"{Name}? (fits other clusters, too)",
            "new" => $"not in {Dataset}",
            _ => "–",
        };
}
