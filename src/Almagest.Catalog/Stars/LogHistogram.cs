namespace Almagest.Catalog.Stars;

/// <summary>How many positive numbers are of which size, in steps of 2 %: the middle one of any number of them in little memory.</summary>
internal sealed class LogHistogram
{
    private const double Least = 1e-9,
        Step = 0.02;
    private const int Steps = 2500;

    private readonly long[] _counts = new long[Steps];

    public long Count { get; private set; }

    /// <param name="value">above 0; what is beyond the ends counts at them</param>
    public void Add(double value)
    {
        _counts[(int)Math.Clamp(Math.Log(value / Least) / Step, 0, Steps - 1)]++;
        Count++;
    }

    /// <summary>Half of the numbers are below it, to a step; NaN without numbers.</summary>
    public double Median
    {
        get
        {
            long below = 0;
            for (var i = 0; i < Steps; i++)
            {
                below += _counts[i];
                if (below * 2 >= Count && Count > 0)
                    return Least * Math.Exp((i + 0.5) * Step);
            }
            return double.NaN;
        }
    }
}
