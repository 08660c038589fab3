namespace Almagest.Discovery.Anomaly;

/// <summary>What a detector measures of a star, from which its score follows.</summary>
/// <param name="Name">in snake_case, for programs: <c>path_length</c></param>
/// <param name="Title">as people write it: <c>path length</c></param>
/// <param name="Unit">of its values; empty = none</param>
/// <param name="Ordinary">for which star the expected value is, a phrase: <c>on the average of the selection</c></param>
/// <param name="FallsWhenAnomalous">whether less of it is more anomalous</param>
public sealed record ScoreMeasure(string Name, string Title, string Unit, string Ordinary, bool FallsWhenAnomalous)
{
    /// <summary>Splits that isolate a star in the trees of a forest.</summary>
    public static ScoreMeasure PathLength { get; } =
        new("path_length", "path length", "splits", "on the average of the stars that the trees were grown on", true);

    /// <summary>The part of a change that makes a star anomalous is positive.</summary>
    public double Towards(double change) => FallsWhenAnomalous ? -change : change;
}
