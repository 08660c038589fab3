namespace Almagest.Contract.Runs;

/// <summary>How far a run is.</summary>
/// <param name="Stage">load, compute or persist while it runs; null otherwise</param>
/// <param name="Fraction">part of the stage that is done, 0 to 1; null where not known</param>
/// <param name="Percent">how far the whole run is, 0 to 100; it falls only where the run is started again</param>
/// <param name="Error">why it failed; null where it did not</param>
public sealed record RunProgressResource(Guid RunId, string Status, string? Stage, double? Fraction, double Percent, string? Error);
