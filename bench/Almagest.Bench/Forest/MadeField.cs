using Almagest.Discovery.Features;

namespace Almagest.Bench.Forest;

/// <summary>A made field of stars: 79 % standard normal, a fifth in 20 clumps, 1 % spread wide; the same for a seed.</summary>
internal static class MadeField
{
    public static FeatureMatrix Make(int rows, int columns, int seed = 1)
    {
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var centres = new double[20 * columns];
        for (var i = 0; i < centres.Length; i++)
            centres[i] = 1.5 * Normal();
        var values = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var kind = random.NextDouble();
            var clump = random.Next(20);
            for (var c = 0; c < columns; c++)
            {
                values[row * columns + c] = kind switch
                {
                    < 0.79 => Normal(),
                    < 0.99 => centres[clump * columns + c] + 0.05 * Normal(),
                    _ => 12 * (random.NextDouble() - 0.5),
                };
            }
        }
        return new FeatureMatrix(rows, [.. Enumerable.Range(0, columns).Select(c => $"f{c}")], values);
    }
}
