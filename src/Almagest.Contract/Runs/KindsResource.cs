namespace Almagest.Contract.Runs;

/// <summary>The flagged stars of an anomaly run, grouped by why they are flagged.</summary>
/// <param name="Flagged">stars that the run flags</param>
/// <param name="LookedAt">flagged stars that were grouped; fewer than <paramref name="Flagged"/> where the run flags very many</param>
/// <param name="InNoKind">of those looked at, the stars that are like too few others</param>
/// <param name="Seeds">further seeds that the kinds' stability was measured with; 0 = none</param>
/// <param name="Kinds">the largest first</param>
public sealed record KindsResource(
    Guid RunId,
    string Algorithm,
    long Flagged,
    int LookedAt,
    int InNoKind,
    int Seeds,
    IReadOnlyList<KindResource> Kinds
);

/// <summary>Flagged stars that are flagged for the same reasons.</summary>
/// <param name="KindId">from 0</param>
/// <param name="Name">what they are more than other stars, in a few words: fainter and bluer</param>
/// <param name="Sentence">the same with numbers</param>
/// <param name="Stability">how much of the kind other seeds find again: the mean over them of the greatest Jaccard similarity; null where
/// none was tried, or the detector has no seed</param>
/// <param name="Features">what makes the kind, the greatest part first</param>
/// <param name="Place">where its stars are</param>
/// <param name="Typical">the stars whose reasons are most like the kind's</param>
/// <param name="Extreme">its most anomalous stars</param>
/// <param name="Like">the kind of the other run that is most like it; null where none is, or no other run was asked for</param>
/// <param name="StarIds">all of its stars, the most typical first</param>
/// <param name="SourceIds">their ids in the catalogue, in the same order</param>
public sealed record KindResource(
    int KindId,
    string Name,
    int Stars,
    string Sentence,
    double? Stability,
    IReadOnlyList<KindFeature> Features,
    KindPlace Place,
    IReadOnlyList<KindStar> Typical,
    IReadOnlyList<KindStar> Extreme,
    KindMatch? Like,
    IReadOnlyList<long> StarIds,
    IReadOnlyList<string> SourceIds
);

/// <summary>A feature's part in a kind.</summary>
/// <param name="Effect">high or low: on which side of the selection its stars are</param>
/// <param name="IsFar">whether all of its stars are far beyond the others: more than 8 half-widths of the selection from its median</param>
/// <param name="Share">its mean part in what makes the stars anomalous, 0 to 1</param>
/// <param name="Median">of the kind's stars</param>
/// <param name="Percentile">of that median in the selection, 0 to 100</param>
public sealed record KindFeature(string Feature, string Unit, string Effect, bool IsFar, double Share, double Median, double Percentile);

/// <summary>Where the stars of a kind are, on the sky and in the diagram.</summary>
/// <param name="RaDeg">of their mean direction, ICRS degrees</param>
/// <param name="DecDeg">likewise</param>
/// <param name="MedianDistanceDeg">half of them are within so many degrees of it; stars from all over the sky have 50 and more</param>
/// <param name="Magnitude">median; null where unknown</param>
/// <param name="Color">median</param>
/// <param name="ParallaxMas">median</param>
public sealed record KindPlace(
    double RaDeg,
    double DecDeg,
    double MedianDistanceDeg,
    double? Magnitude,
    double? Color,
    double? ParallaxMas
);

/// <summary>A star of a kind.</summary>
/// <param name="AnomalyScore">negative = anomalous</param>
/// <param name="Likeness">how like its reasons are to the kind's, up to 1</param>
public sealed record KindStar(long StarId, string SourceId, double AnomalyScore, double Likeness);

/// <summary>A kind of another run.</summary>
/// <param name="Similarity">of the reasons: the cosine of their parts, 1 = the same</param>
/// <param name="SharedStars">stars in both kinds; null where the runs are over other datasets, which have no star in common</param>
public sealed record KindMatch(Guid RunId, int KindId, string Name, int Stars, double Similarity, int? SharedStars);

/// <summary>Stars that a run does not flag, and that are most like a kind of its flagged ones.</summary>
/// <param name="LookedAt">the most anomalous of the stars that are not flagged, among which they were looked for</param>
/// <param name="Stars">the most anomalous first</param>
public sealed record MoreOfKindResource(Guid RunId, int KindId, string Name, int LookedAt, IReadOnlyList<KindStar> Stars);

/// <summary>A kind that was labelled as a whole.</summary>
/// <param name="Labels">stars that have the label now</param>
public sealed record KindLabelResource(Guid RunId, int KindId, string LabelSet, string Kind, int Labels);
