namespace Almagest.Runs.Explanation;

/// <summary>A star that is like another to a run: near it in the run's features.</summary>
/// <param name="Distance">Euclidean, each feature in units of its standard deviation among the stars that the run analysed</param>
public readonly record struct AlikeStar(long StarId, double Distance);
