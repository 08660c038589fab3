using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>A measured value for people: its error to two digits, and the value to as many places.</summary>
public static class MeasuredText
{
    /// <param name="format">of the value where no error is known</param>
    /// <returns>such as <c>7.372 ± 0.064</c> or <c>1840 ± 120</c>; a dash where there is no value</returns>
    public static string Of(double? value, double? error, string format) =>
        value is { } v && IsError(error)
            ? $"{Rounded(v, error!.Value)} ± {Rounded(error.Value, error.Value)}"
            : Alone(value, error, format);

    /// <summary>The value without its error, with no digit that the error does not bear out.</summary>
    /// <inheritdoc cref="Of"/>
    public static string Alone(double? value, double? error, string format) =>
        value is not { } v ? "–"
        : IsError(error) ? Rounded(v, error!.Value)
        : v.ToString(format, CultureInfo.InvariantCulture);

    private static bool IsError(double? error) => error is > 0 and < double.PositiveInfinity;

    private static string Rounded(double value, double error)
    {
        var places = 1 - (int)Math.Floor(Math.Log10(error));
        if (places >= 0)
            return (Math.Round(value, Math.Min(places, 15)) + 0.0).ToString($"F{Math.Min(places, 9)}", CultureInfo.InvariantCulture);
        var step = Math.Pow(10, -places);
        return (Math.Round(value / step) * step + 0.0).ToString("F0", CultureInfo.InvariantCulture);
    }
}
