namespace Almagest.Discovery.Redraws;

/// <summary>The core star that is nearest to a point so far.</summary>
/// <param name="Squared">distance; infinite where there is none</param>
/// <param name="Row">of the star, by which of two that are as near one comes first</param>
/// <param name="Label">its cluster</param>
internal readonly record struct Nearest(double Squared, int Row, int Label)
{
    public static Nearest None { get; } = new(double.PositiveInfinity, int.MaxValue, -1);
}
