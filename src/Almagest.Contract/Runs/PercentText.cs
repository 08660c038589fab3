using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>Percentages as people read them: only none is 0 %, and only all are 100 %.</summary>
public static class PercentText
{
    /// <param name="percentage">0 to 100</param>
    /// <param name="format">of the number, with as many places behind the point as are to be written at most</param>
    public static string Of(double percentage, string format)
    {
        ArgumentNullException.ThrowIfNull(format);
        var least = Math.Pow(10, format.IndexOf('.', StringComparison.Ordinal) + 1 - format.Length);
        return percentage > 0 && percentage < least / 2 ? $"<{Number(least)}"
            : percentage < 100 && percentage > 100 - least / 2 ? $">{Number(100 - least)}"
            : Number(percentage);

        string Number(double number) => number.ToString(format, CultureInfo.InvariantCulture) + " %";
    }
}
