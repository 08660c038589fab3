namespace Almagest.Contract.Runs;

/// <summary>Stars of a run's selection that it did not analyse, because they lack a feature of its recipe. Each counts once, under the
/// first feature in the recipe's order that it lacks.</summary>
/// <param name="Reason">what they lack, such as <c>no parallax</c></param>
/// <param name="Count">how many they are</param>
public sealed record ExcludedCount(string Reason, long Count);
