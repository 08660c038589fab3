using Almagest.Discovery.Features;

namespace Almagest.Bench.Science;

/// <summary>Kinds of stars that are known by their place in the diagram and by their motion.</summary>
internal static class RealKinds
{
    private const int Least = 5;
    private const double KmS = 4.740470463533348;

    /// <summary>Those of which a table has enough.</summary>
    public static IReadOnlyList<(string Name, bool[] Is)> Of(StarColumns stars) =>
        [
            .. new (string Name, Func<StarColumns, int, bool> Is, double Most)[]
            {
                ("white dwarfs", (s, i) => s.Color[i] < 1.5 && Absolute(s, i) > 10, 0.2),
                ("fast stars", (s, i) => KmS * double.Hypot(s.PmraMasYr[i], s.PmdecMasYr[i]) / s.ParallaxMas[i] > 200, 0.05),
                ("giants", (s, i) => s.Color[i] > 0.8 && Absolute(s, i) < 3.5, 0.05),
            }
                .Select(k =>
                    (k.Name, Is: (bool[])[.. Enumerable.Range(0, stars.Count).Select(i => HasDistance(stars, i) && k.Is(stars, i))], k.Most)
                )
                .Where(k => k.Is.Count(b => b) is var count && count >= Least && count <= k.Most * stars.Count)
                .Select(k => (k.Name, k.Is)),
        ];

    private static double Absolute(StarColumns stars, int i) => stars.Magnitude[i] + 5 * Math.Log10(stars.ParallaxMas[i]) - 10;

    private static bool HasDistance(StarColumns stars, int i) =>
        stars.ParallaxErrorMas[i] > 0 ? stars.ParallaxMas[i] / stars.ParallaxErrorMas[i] >= 5 : stars.ParallaxMas[i] >= 1;
}
