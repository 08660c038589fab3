using Almagest.Discovery.Features;

namespace Almagest.Bench.Clustering;

/// <summary>The benchmark's data: a fifth of the stars in 20 Gaussian clumps, the others a smooth field, standardised.</summary>
internal static class ClumpySky
{
    public static FeatureMatrix Make(int rows, int columns, int seed = 1)
    {
        var random = new Random(seed);
        var centres = new double[20 * columns];
        for (var i = 0; i < centres.Length; i++)
            centres[i] = 0.1 + 0.8 * random.NextDouble();
        var values = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            var clump = random.Next(100);
            for (var j = 0; j < columns; j++)
            {
                values[i * columns + j] =
                    clump < 20 ? centres[clump * columns + j] + (0.005 + 0.001 * clump) * Normal(random) : random.NextDouble();
            }
        }

        for (var j = 0; j < columns; j++)
        {
            double sum = 0,
                squares = 0;
            for (var i = j; i < values.Length; i += columns)
                sum += values[i];
            var mean = sum / rows;
            for (var i = j; i < values.Length; i += columns)
                squares += (values[i] - mean) * (values[i] - mean);
            var deviation = Math.Sqrt(squares / rows);
            for (var i = j; i < values.Length; i += columns)
                values[i] = (values[i] - mean) / deviation;
        }

        return new FeatureMatrix(rows, [.. Enumerable.Range(0, columns).Select(j => $"f{j}")], values);
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
