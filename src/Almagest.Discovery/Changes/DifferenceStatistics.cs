using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Changes;

/// <summary>How one quantity differs between two measurements of the same stars.</summary>
/// <param name="Pairs">stars that have it in both</param>
/// <param name="Same">of them, those whose value is the same to the last digit</param>
/// <param name="Shift">median of second less first</param>
/// <param name="ShiftError">of the median, as of a normal distribution of that scatter</param>
/// <param name="Scatter">standard deviation of the differences, by the median of their distances from the shift</param>
/// <param name="WithErrors">pairs with both errors</param>
/// <param name="Error1">median error in the first of these</param>
/// <param name="Error2">in the second</param>
/// <param name="SigmaScatter">scatter of the differences over their combined errors: 1 where the errors are right and the measurements
/// independent; NaN where no pair has both errors, as what follows</param>
/// <param name="Beyond3">pairs whose difference is more than three combined errors from the shift</param>
/// <param name="Beyond5">more than five</param>
public sealed record DifferenceStatistics(
    long Pairs,
    long Same,
    double Shift,
    double ShiftError,
    double Scatter,
    long WithErrors,
    double Error1,
    double Error2,
    double SigmaScatter,
    long Beyond3,
    long Beyond5
)
{
    /// <summary>Share of a normal distribution beyond 3 and 5 standard deviations on both sides.</summary>
    private const double Tail3 = 2.699796e-3,
        Tail5 = 5.733031e-7;

    /// <summary>Of normal differences, the standard deviation over the median distance from the median.</summary>
    private const double NormalSpread = 1.482602218505602;

    /// <summary>The error of a median over that of a mean.</summary>
    private const double MedianError = 1.2533141373155;

    /// <summary>So many errors of the shift make it a systematic one.</summary>
    private const double SystematicSigmas = 5;

    /// <summary>How many would be so far off, were the errors right and normal, and the measurements independent.</summary>
    public double Expected3 => WithErrors * Tail3;

    /// <inheritdoc cref="Expected3"/>
    public double Expected5 => WithErrors * Tail5;

    /// <summary>Whether the shift is no accident of these stars.</summary>
    public bool IsSystematic => Pairs > 1 && Math.Abs(Shift) > SystematicSigmas * ShiftError;

    /// <param name="differences">second less first, NaN where either has no value</param>
    /// <param name="errors1">NaN where not known</param>
    /// <param name="errors2">likewise</param>
    /// <param name="combined">error of the difference; null = the root of the sum of squares</param>
    public static DifferenceStatistics Of(double[] differences, double[] errors1, double[] errors2, double[]? combined = null)
    {
        ArgumentNullException.ThrowIfNull(differences);
        ArgumentNullException.ThrowIfNull(errors1);
        ArgumentNullException.ThrowIfNull(errors2);
        var shift = OrderStatistics.Median(differences);
        var (away, sigmas) = (new double[differences.Length], new double[differences.Length]);
        var (first, second) = (new double[differences.Length], new double[differences.Length]);
        long pairs = 0,
            same = 0,
            known = 0,
            beyond3 = 0,
            beyond5 = 0;
        for (var i = 0; i < differences.Length; i++)
        {
            away[i] = Math.Abs(differences[i] - shift);
            (sigmas[i], first[i], second[i]) = (double.NaN, double.NaN, double.NaN);
            if (double.IsNaN(differences[i]))
                continue;
            pairs++;
            same += differences[i] == 0 ? 1 : 0;
            var error = combined is null ? Math.Sqrt(errors1[i] * errors1[i] + errors2[i] * errors2[i]) : combined[i];
            if (!(errors1[i] > 0 && errors2[i] > 0 && double.IsFinite(error)))
                continue;
            known++;
            (first[i], second[i]) = (errors1[i], errors2[i]);
            sigmas[i] = (differences[i] - shift) / error;
            beyond3 += Math.Abs(sigmas[i]) > 3 ? 1 : 0;
            beyond5 += Math.Abs(sigmas[i]) > 5 ? 1 : 0;
        }
        var scatter = NormalSpread * OrderStatistics.Median(away);
        var middle = OrderStatistics.Median(sigmas);
        for (var i = 0; i < sigmas.Length; i++)
            sigmas[i] = Math.Abs(sigmas[i] - middle);
        return new DifferenceStatistics(
            pairs,
            same,
            shift,
            pairs > 1 ? MedianError * scatter / Math.Sqrt(pairs) : double.NaN,
            scatter,
            known,
            OrderStatistics.Median(first),
            OrderStatistics.Median(second),
            NormalSpread * OrderStatistics.Median(sigmas),
            beyond3,
            beyond5
        );
    }
}
