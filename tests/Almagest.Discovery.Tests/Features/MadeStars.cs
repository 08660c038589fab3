using Almagest.Discovery.Features;

namespace Almagest.Discovery.Tests.Features;

/// <summary>Small made-up selections.</summary>
internal static class MadeStars
{
    public static StarColumns Random(int count, int seed = 1)
    {
        var random = new Random(seed);
        double[] Column(Func<double> draw) => [.. Enumerable.Range(0, count).Select(_ => draw())];
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(1, count).Select(i => (long)i)],
            RaDeg = Column(() => random.NextDouble() * 360),
            DecDeg = Column(() => Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI),
            ParallaxMas = Column(() => 10 + 20 * random.NextDouble()),
            PmraMasYr = Column(() => 50 * (random.NextDouble() - 0.5)),
            PmdecMasYr = Column(() => 50 * (random.NextDouble() - 0.5)),
            Magnitude = Column(() => 8 + 10 * random.NextDouble()),
            Color = Column(() => 3 * random.NextDouble()),
        };
    }

    /// <summary>The same stars with some columns replaced.</summary>
    public static StarColumns With(
        this StarColumns stars,
        double[]? ra = null,
        double[]? dec = null,
        double[]? parallax = null,
        double[]? pmra = null,
        double[]? pmdec = null,
        double[]? magnitude = null,
        double[]? color = null,
        double[]? parallaxError = null,
        double[]? velocity = null,
        double[]? pmError = null
    ) =>
        new()
        {
            StarId = stars.StarId,
            RaDeg = ra ?? stars.RaDeg,
            DecDeg = dec ?? stars.DecDeg,
            ParallaxMas = parallax ?? stars.ParallaxMas,
            PmraMasYr = pmra ?? stars.PmraMasYr,
            PmdecMasYr = pmdec ?? stars.PmdecMasYr,
            Magnitude = magnitude ?? stars.Magnitude,
            Color = color ?? stars.Color,
            Further = new[]
            {
                (Name: StarColumns.ParallaxErrorName, Values: parallaxError),
                (Name: StarColumns.RadialVelocityName, Values: velocity),
                (Name: StarColumns.PmraErrorName, Values: pmError),
                (Name: StarColumns.PmdecErrorName, Values: pmError),
            }
                .Select(f => (f.Name, Values: f.Values ?? stars.Further.GetValueOrDefault(f.Name)))
                .Where(f => f.Values is not null)
                .ToDictionary(f => f.Name, f => f.Values!),
        };

    public static double[] AllMissing(int count) => [.. Enumerable.Repeat(double.NaN, count)];

    public static double[] Column(this FeatureMatrix matrix, string name)
    {
        var column = matrix.Names.ToList().IndexOf(name);
        return [.. Enumerable.Range(0, matrix.Rows).Select(row => matrix.Row(row)[column])];
    }
}
