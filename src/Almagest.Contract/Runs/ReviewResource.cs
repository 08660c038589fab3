namespace Almagest.Contract.Runs;

/// <summary>A review of a run's stars as it stands: what was answered, which star is next, and the list after these answers.</summary>
/// <param name="RunId">the run whose forest learns: an isolation forest, or a checkpoint of a review</param>
/// <param name="LabelSet">the set of labels that the answers are kept in; a star that has a label there is answered</param>
/// <param name="Interesting">stars called interesting, is_anomaly 1</param>
/// <param name="Ordinary">stars called ordinary, is_anomaly 0</param>
/// <param name="Skipped">stars looked at and left open, without is_anomaly; they teach nothing</param>
/// <param name="Left">stars that were not answered yet</param>
/// <param name="AnswersHash">SHA-256 of the answers, as a checkpoint made now would store it</param>
/// <param name="Next">the most anomalous star that was not answered yet, after the answers; null where all are</param>
/// <param name="Stars">the next ones in order, the next one itself first; the score is what a checkpoint made now would store</param>
/// <param name="Note">what the order means, a sentence</param>
public sealed record ReviewResource(
    Guid RunId,
    string LabelSet,
    int Interesting,
    int Ordinary,
    int Skipped,
    int Left,
    string AnswersHash,
    ReviewNext? Next,
    IReadOnlyList<ScoredStar> Stars,
    string Note
);

/// <summary>The star that is to be answered next.</summary>
/// <param name="PlaceBefore">its place in the list before any answer, from 1</param>
/// <param name="Why">why it is next: of a review without answers the isolation forest's reasons, otherwise those of the reweighted
/// forest</param>
public sealed record ReviewNext(ScoredStar Star, int PlaceBefore, ExplanationResource Why);

/// <summary>An answer that was taken back.</summary>
/// <param name="StarId">the star is unanswered again</param>
public sealed record ReviewUndone(long StarId, string SourceId);
