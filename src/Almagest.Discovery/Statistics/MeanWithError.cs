namespace Almagest.Discovery.Statistics;

/// <summary>A mean and its standard error; the error is null where it cannot be said.</summary>
public readonly record struct MeanWithError(double Mean, double? Error)
{
    /// <summary>The arithmetic mean and s / √n, s² being the sample's variance (divided by n − 1); null of no value. Of one value the
    /// error is not known.</summary>
    public static MeanWithError? Of(ReadOnlySpan<double> values)
    {
        if (values.Length == 0)
            return null;
        // From the first value on, so that large numbers which differ little keep their digits.
        double shift = 0;
        foreach (var value in values)
            shift += value - values[0];
        var mean = values[0] + shift / values.Length;
        double squares = 0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new MeanWithError(mean, values.Length == 1 ? null : Math.Sqrt(squares / (values.Length - 1) / values.Length));
    }

    /// <summary>
    /// The weighted mean of values of known errors that scatter by more than these: weights 1 / (σᵢ² + τ²), error 1 / √Σw. The variance τ²
    /// of the true values is what Cochran's Q leaves (DerSimonian and Laird 1986, Controlled Clinical Trials 7, 177), and 0 where the
    /// errors explain the scatter. So a few small errors do not decide the mean of a cluster that has a depth.
    /// </summary>
    /// <param name="errors">one for each value, above 0</param>
    public static MeanWithError? Of(ReadOnlySpan<double> values, ReadOnlySpan<double> errors)
    {
        if (values.Length == 0)
            return null;
        var (mean, sum) = Weighted(values, errors, 0);
        double excess = 1 - values.Length,
            squares = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var weight = 1 / (errors[i] * errors[i]);
            excess += weight * (values[i] - mean) * (values[i] - mean);
            squares += weight * weight;
        }
        var spread = sum - squares / sum;
        if (excess > 0 && spread > 0)
            (mean, sum) = Weighted(values, errors, excess / spread);
        return new MeanWithError(mean, 1 / Math.Sqrt(sum));
    }

    private static (double Mean, double Sum) Weighted(ReadOnlySpan<double> values, ReadOnlySpan<double> errors, double variance)
    {
        double sum = 0,
            shift = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var weight = 1 / (errors[i] * errors[i] + variance);
            sum += weight;
            shift += weight * (values[i] - values[0]);
        }
        return (values[0] + shift / sum, sum);
    }
}
