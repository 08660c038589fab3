using Almagest.Discovery.Features;

namespace Almagest.Discovery.Changes;

/// <summary>What one catalogue says of a star; NaN = not known.</summary>
public sealed class MeasuredStar
{
    private readonly double[] _values = new double[Enum.GetValues<StarColumn>().Length];

    public MeasuredStar() => Array.Fill(_values, double.NaN);

    public double this[StarColumn column]
    {
        get => _values[(int)column];
        init => _values[(int)column] = value;
    }

    /// <summary>mas.</summary>
    public double ParallaxError { get; init; } = double.NaN;

    /// <summary>mas/yr.</summary>
    public double PmraError { get; init; } = double.NaN;

    /// <summary>mas/yr.</summary>
    public double PmdecError { get; init; } = double.NaN;

    internal ReadOnlySpan<double> Values => _values;
}
