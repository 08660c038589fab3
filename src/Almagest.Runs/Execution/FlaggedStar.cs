namespace Almagest.Runs.Execution;

/// <summary>A star that a run flags.</summary>
/// <param name="FlagProbability">the chance that its true values are flagged; null where it is not known</param>
/// <param name="ScoreSpread">standard deviation of its score over its draws; null where there are none</param>
public sealed record FlaggedStar(long StarId, double Score, double? FlagProbability, double? ScoreSpread);
