namespace Almagest.Discovery.Statistics;

/// <summary>Gauss-Legendre quadrature on [0, 1]: exact for polynomials up to degree 2n - 1.</summary>
internal sealed class GaussLegendre
{
    public GaussLegendre(int n)
    {
        Points = new double[n];
        Weights = new double[n];
        for (var i = 0; i < n; i++)
        {
            // Newton's method from the asymptotic place of the root of the Legendre polynomial.
            var x = Math.Cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 1;
            for (var step = 0; step < 100; step++)
            {
                double previous = 1,
                    value = x;
                for (var k = 2; k <= n; k++)
                    (previous, value) = (value, ((2 * k - 1) * x * value - (k - 1) * previous) / k);
                slope = n * (x * value - previous) / (x * x - 1);
                var change = value / slope;
                x -= change;
                if (Math.Abs(change) < 1e-16)
                    break;
            }
            Points[i] = (1 - x) / 2;
            Weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
    }

    public double[] Points { get; }

    public double[] Weights { get; }
}
