namespace Almagest.Dashboard.Shared;

/// <summary>What was done with runs that were ticked.</summary>
/// <param name="Words">in a sentence</param>
/// <param name="Deleted">those that are gone and can be brought back</param>
public sealed record TickedOutcome(string Words, IReadOnlyList<Guid> Deleted);
