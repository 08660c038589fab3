namespace Almagest.Discovery.Statistics;

/// <summary>A mean and its standard error; the error is null where it cannot be said.</summary>
public readonly record struct MeanWithError(double Mean, double? Error)
{
    /// <summary>The arithmetic mean and s / √n, s² being the sample's variance (divided by n − 1); null of no value. Of one value the
    /// error is not known.</summary>
    public static MeanWithError? Of(ReadOnlySpan<double> values) => Over(values.ToArray());

    /// <param name="values">gone over twice</param>
    /// <inheritdoc cref="Of(ReadOnlySpan{double})"/>
    internal static MeanWithError? Over(IEnumerable<double> values)
    {
        // From the first value on, so that large numbers which differ little keep their digits.
        double first = 0,
            shift = 0;
        long count = 0;
        foreach (var value in values)
        {
            if (count++ == 0)
                first = value;
            shift += value - first;
        }
        if (count == 0)
            return null;
        var mean = first + shift / count;
        double squares = 0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return new MeanWithError(mean, count == 1 ? null : Math.Sqrt(squares / (count - 1) / count));
    }

    /// <summary>
    /// The weighted mean of values of known errors that scatter by more than these: weights 1 / (σᵢ² + τ²), error 1 / √Σw. The variance τ²
    /// of the true values is what Cochran's Q leaves (DerSimonian and Laird 1986, Controlled Clinical Trials 7, 177), and 0 where the
    /// errors explain the scatter. So a few small errors do not decide the mean of a cluster that has a depth.
    /// </summary>
    /// <param name="errors">one for each value, above 0</param>
    public static MeanWithError? Of(ReadOnlySpan<double> values, ReadOnlySpan<double> errors) =>
        Over(values.ToArray().Zip(errors.ToArray()));

    /// <param name="measured">values with errors above 0; gone over some times</param>
    /// <inheritdoc cref="Of(ReadOnlySpan{double}, ReadOnlySpan{double})"/>
    internal static MeanWithError? Over(IEnumerable<(double Value, double Error)> measured)
    {
        if (Weighted(measured, 0) is not var (mean, sum))
            return null;
        double excess = 1 - measured.LongCount(),
            squares = 0;
        foreach (var (value, error) in measured)
        {
            var weight = 1 / (error * error);
            excess += weight * (value - mean) * (value - mean);
            squares += weight * weight;
        }
        var spread = sum - squares / sum;
        if (excess > 0 && spread > 0)
            (mean, sum) = Weighted(measured, excess / spread)!.Value;
        return new MeanWithError(mean, 1 / Math.Sqrt(sum));
    }

    private static (double Mean, double Sum)? Weighted(IEnumerable<(double Value, double Error)> measured, double variance)
    {
        double sum = 0,
            shift = 0;
        double? first = null;
        foreach (var (value, error) in measured)
        {
            first ??= value;
            var weight = 1 / (error * error + variance);
            sum += weight;
            shift += weight * (value - first.Value);
        }
        return first is { } start ? (start + shift / sum, sum) : null;
    }
}
