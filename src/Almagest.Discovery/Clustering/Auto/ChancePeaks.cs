namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// How clear the clearest peak of a field without clusters is: a Gumbel distribution (the limit for the largest of many), by the moments of
/// the clearest peaks of the shuffled copies.
/// </summary>
internal sealed class ChancePeaks
{
    private const double Euler = 0.5772156649015329;

    // A narrower one would rest on luck: of the largest of 10^5 to 10^7 normal deviates the scale is 0.23 to 0.17.
    private const double LeastScale = 0.15;

    private readonly double _location;
    private readonly double _scale;

    public ChancePeaks(double[] clearest)
    {
        var mean = clearest.Average();
        var deviation = Math.Sqrt(clearest.Sum(z => (z - mean) * (z - mean)) / Math.Max(1, clearest.Length - 1));
        _scale = Math.Max(LeastScale, deviation * Math.Sqrt(6) / Math.PI);
        _location = mean - Euler * _scale;
    }

    /// <summary>The excess that a share of the fields without clusters reaches somewhere.</summary>
    public double Threshold(double falseAlarm) => _location - _scale * Math.Log(-Math.Log(1 - falseAlarm));

    /// <summary>The natural logarithm of the share of the fields without clusters that reach an excess somewhere.</summary>
    public double LogFalseAlarm(double excess)
    {
        var rare = (excess - _location) / _scale;
        // exp(-rare) is what 1 - exp(-exp(-rare)) is for small ones, of which many are too small for a double.
        return rare > 30 ? -rare : Math.Log(-double.ExpM1(-Math.Exp(-rare)));
    }
}
