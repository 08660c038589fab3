using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>A measured value for people: its error to two digits, and the value to as many places.</summary>
public static class MeasuredText
{
    /// <param name="format">of the value where no error is known</param>
    /// <returns>such as <c>7.372 ± 0.064</c>; a dash where there is no value</returns>
    public static string Of(double? value, double? error, string format)
    {
        if (value is not { } v)
            return "–";
        if (error is not { } e || !(e > 0) || !double.IsFinite(e))
            return v.ToString(format, CultureInfo.InvariantCulture);
        var places = $"F{Math.Clamp(1 - (int)Math.Floor(Math.Log10(e)), 0, 9)}";
        return $"{v.ToString(places, CultureInfo.InvariantCulture)} ± {e.ToString(places, CultureInfo.InvariantCulture)}";
    }
}
