using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Consensus;

/// <summary>What one run marks among the stars that it analysed. Runs over one selection share one set of analysed stars.</summary>
public sealed record MarkedRun(StarSet Analysed, StarSet Marked);

/// <summary>A run of a consensus: what it marks, and how it was made. How it was made alone decides on whom it depends.</summary>
/// <param name="Question">
/// equal for runs of one algorithm with one recipe and the same parameters over the same stars, whatever their seeds and thresholds
/// </param>
/// <param name="Seed">
/// runs of one question with equal seeds share a fitted detector and are one draw; null where the detector uses no random numbers
/// </param>
public sealed record ConsensusRun(MarkedRun Marks, string Question, string? Seed);
