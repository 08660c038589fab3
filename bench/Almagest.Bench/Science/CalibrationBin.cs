using System.Globalization;

namespace Almagest.Bench.Science;

/// <summary>Stars of like probability: what the probability says on the mean, and the share that are members.</summary>
internal sealed record CalibrationBin(int Stars, double Probability, double Share)
{
    private const int Bins = 5;

    /// <summary>Two binomial deviations: what chance makes of the share.</summary>
    private double Chance => 2 * Math.Sqrt(Probability * (1 - Probability) / Stars);

    /// <summary>Bins with as many stars each, by rising probability.</summary>
    /// <param name="least">stars of a bin: five bins, or fewer where the stars do not fill five</param>
    public static IReadOnlyList<CalibrationBin> OfEqualSize(IReadOnlyCollection<(double Probability, bool IsMember)> stars, int least = 1)
    {
        var bins = Math.Clamp(stars.Count / least, 1, Bins);
        return [.. stars.OrderBy(p => p.Probability).Chunk(Math.Max(1, (stars.Count + bins - 1) / bins)).Select(Of)];
    }

    /// <summary>Fifths of the probability; those without a star left out.</summary>
    public static IReadOnlyList<CalibrationBin> OfEqualWidth(IReadOnlyCollection<(double Probability, bool IsMember)> stars) =>
        [.. stars.GroupBy(p => Math.Min(Bins - 1, (int)(Bins * p.Probability))).OrderBy(g => g.Key).Select(g => Of([.. g]))];

    /// <param name="tolerance">between probability and share</param>
    /// <param name="withChance">chance comes on top of it</param>
    public bool IsWithin(double tolerance, bool withChance) => Math.Abs(Share - Probability) <= tolerance + (withChance ? Chance : 0);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Probability:0.000} → {Share:0.000}");

    /// <summary>With what chance makes of it and how many stars it rests on.</summary>
    public string InFull() => string.Create(CultureInfo.InvariantCulture, $"{Probability:0.00} → {Share:0.00} ± {Chance:0.00} ({Stars})");

    private static CalibrationBin Of((double Probability, bool IsMember)[] stars) =>
        new(stars.Length, stars.Average(p => p.Probability), stars.Average(p => p.IsMember ? 1.0 : 0));
}
