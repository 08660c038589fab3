using System.Globalization;
using Almagest.Contract.Runs;
using Almagest.Discovery.Changes;
using Almagest.Runs.Explanation;

namespace Almagest.Runs.Changes;

/// <summary>Causes of changed flags as sentences.</summary>
internal static class ChangeWords
{
    /// <summary>What is nearer than this is as it was measured before.</summary>
    private const double Within = 3;

    private static readonly Dictionary<string, (string Word, string Unit)> s_words = new()
    {
        ["position"] = ("position", "mas"),
        ["parallax_mas"] = ("parallax", "mas"),
        ["pmra_mas_yr"] = ("proper motion in right ascension", "mas/yr"),
        ["pmdec_mas_yr"] = ("proper motion in declination", "mas/yr"),
        ["radial_velocity_km_s"] = ("radial velocity", "km/s"),
        ["magnitude"] = ("magnitude", "mag"),
        ["color"] = ("colour", "mag"),
    };

    public static string Of(ScoreParts parts, ScoreCause cause, ChangedValue? value) =>
        cause switch
        {
            ScoreCause.Measurement => value is null ? "Its measurements changed." : $"{Moved(value)}.",
            ScoreCause.Errors => value is null ? "The errors of its measurements changed." : $"{Error(value)}.",
            ScoreCause.Threshold => $"Mostly the threshold moved: it made {Signed(parts.Threshold)} of {Signed(parts.Total)} in score, the "
                + $"star's own values {Signed(parts.Measurement)}.",
            ScoreCause.Detector => $"Mostly the detector is another, which learned from run 2's stars: it made {Signed(parts.Detector)} of "
                + $"{Signed(parts.Total)} in score, the star's own values {Signed(parts.Measurement)}.",
            _ => $"No one cause: of {Signed(parts.Total)} in score the star's own values made {Signed(parts.Measurement)}, its errors "
                + $"{Signed(parts.Errors)}, the threshold {Signed(parts.Threshold)}, the detector {Signed(parts.Detector)}.",
        };

    /// <summary>A value that moved, such as <c>its parallax went from 1.2 ± 0.3 to 4.1 ± 0.1 mas, by 9.2 σ</c>.</summary>
    public static string Moved(ChangedValue value)
    {
        var (word, unit) = s_words[value.Quantity];
        var far =
            value.Sigmas is not { } sigmas ? "; its error is not known in both"
            : Math.Abs(sigmas) < Within
                ? string.Create(CultureInfo.InvariantCulture, $", by {sigmas:+0.0;-0.0} σ, which is within its errors")
            : string.Create(CultureInfo.InvariantCulture, $", by {sigmas:+0.0;-0.0} σ");
        return value is { Value1: { } one, Value2: { } two }
            ? $"Its {word} went from {With(one, value.Error1, unit)} to {With(two, value.Error2, unit)} {unit}{far}"
            : $"Its {word} moved{far}";
    }

    /// <summary>An error that changed.</summary>
    public static string Error(ChangedValue value) =>
        value is { Error1: { } one, Error2: { } two } && one != two
            ? $"The error of its {s_words[value.Quantity].Word} {(two < one ? "shrank" : "grew")} from {Errors(one, two)} "
                + $"{s_words[value.Quantity].Unit}"
            : $"The error of its {s_words[value.Quantity].Word} changed";

    private static string With(double value, double? error, string unit) =>
        error is > 0 and < double.PositiveInfinity ? MeasuredText.Of(value, error, "") : RunExplanation.Number(value, unit, decimals: 3);

    // Two digits of each, and more where these do not tell them apart.
    private static string Errors(double one, double two)
    {
        var (first, second) = (MeasuredText.Alone(one, one, "0"), MeasuredText.Alone(two, two, "0"));
        return first == second ? $"{RunExplanation.Number(one)} to {RunExplanation.Number(two)}" : $"{first} to {second}";
    }

    private static string Signed(double score) => score.ToString("+0.0000;-0.0000;0", CultureInfo.InvariantCulture);
}

/// <summary>A quantity in both catalogues; null = not known.</summary>
internal sealed record ChangedValue(string Quantity, double? Value1, double? Value2, double? Error1, double? Error2, double? Sigmas);
