using Almagest.Contract.Serialization;

namespace Almagest.Contract.Status;

/// <summary>A watch on the stars of a set of labels, or of a region of the sky: it tells which of them anomaly runs newly flag.</summary>
/// <param name="LabelSet">the set of labels; null where a region is watched</param>
/// <param name="Region">a filter of cone, ra_deg and dec_deg; null where a set of labels is watched</param>
/// <param name="Watched">what is watched, in words</param>
/// <param name="DatasetId">the one dataset whose stars are watched; null = those of every one</param>
/// <param name="AddedBy">who added it; null where that is not known</param>
/// <param name="AddedAt">UTC; it tells of runs that completed since</param>
/// <param name="Runs">runs that analysed some of its stars since</param>
/// <param name="RunsWithNews">those of them that newly flagged some</param>
/// <param name="Last">what the last of them says; null where there is none yet</param>
public sealed record WatchResource(
    long WatchId,
    string Name,
    string? LabelSet,
    RawJson? Region,
    string Watched,
    long? DatasetId,
    string? Dataset,
    string? AddedBy,
    DateTime AddedAt,
    long Runs,
    long RunsWithNews,
    WatchNews? Last
);

/// <summary>What one run says of the stars of a watch.</summary>
/// <param name="Watch">its name</param>
/// <param name="EarlierRuns">complete runs before it of the same datasets, detector, parameters and recipe, whatever their seed, threshold
/// and filter; copies with another threshold are not counted, but their flags are</param>
/// <param name="Stars">watched stars that the run analysed; in a region of a catalogue that is read where it lies, of those that some run
/// has flagged</param>
/// <param name="Flagged">of these, flagged</param>
/// <param name="NewlyFlagged">of these, analysed by an earlier run and flagged by none; 0 where there is no earlier run</param>
/// <param name="FirstAnalysed">flagged ones that no earlier run analysed; 0 where there is no earlier run</param>
/// <param name="SourceIds">the first of the newly flagged ones, the most anomalous first</param>
/// <param name="Sentence">all of it in words</param>
public sealed record WatchNews(
    string Watch,
    Guid RunId,
    string Algorithm,
    DateTime CompletedAt,
    int EarlierRuns,
    long Stars,
    long Flagged,
    long NewlyFlagged,
    long FirstAnalysed,
    IReadOnlyList<string> SourceIds,
    string Sentence,
    DateTime ToldAt
);

/// <summary>A watch with what runs say of its stars, the newest first.</summary>
public sealed record WatchHistory(WatchResource Watch, IReadOnlyList<WatchNews> News);
