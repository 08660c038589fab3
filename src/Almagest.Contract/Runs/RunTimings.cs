namespace Almagest.Contract.Runs;

/// <summary>Where the time of a run went, ms.</summary>
/// <param name="Load">reading the selection</param>
/// <param name="Compute">features and algorithm</param>
/// <param name="Persist">storing the results</param>
/// <param name="Views">bringing the views up to date</param>
public sealed record RunTimings(double Load, double Compute, double Persist, double Views);
