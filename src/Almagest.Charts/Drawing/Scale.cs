using System.Globalization;

namespace Almagest.Charts.Drawing;

/// <summary>Maps values to pixels, linearly. <see cref="FromPixel"/> may be larger than <see cref="ToPixel"/>: the axis then runs the other
/// way.</summary>
internal sealed record Scale(double From, double To, double FromPixel, double ToPixel)
{
    public double At(double value) => FromPixel + (value - From) / (To - From) * (ToPixel - FromPixel);

    public bool Contains(double value) => value >= Math.Min(From, To) && value <= Math.Max(From, To);

    /// <summary>Round values, about as many as asked for.</summary>
    public IReadOnlyList<double> Ticks(int about = 6)
    {
        var (low, high) = (Math.Min(From, To), Math.Max(From, To));
        var raw = (high - low) / Math.Max(1, about);
        if (!(raw > 0) || !double.IsFinite(raw))
            return [low];
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step =
            power
            * (raw / power) switch
            {
                < 1.5 => 1,
                < 3.5 => 2,
                < 7.5 => 5,
                _ => 10,
            };
        var ticks = new List<double>();
        for (var i = Math.Ceiling(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
            ticks.Add(i * step);
        return ticks;
    }

    /// <summary>The values of ticks, all with as many decimals as their step asks for.</summary>
    /// <param name="steps">the ticks before their values were wrapped, as right ascensions are at 360; null = they were not</param>
    public static IReadOnlyList<string> Labels(IReadOnlyList<double> ticks, IReadOnlyList<double>? steps = null)
    {
        ArgumentNullException.ThrowIfNull(ticks);
        steps ??= ticks;
        if (ticks.Count < 2 || ticks.Max(Math.Abs) >= 1e4)
            return [.. ticks.Select(Label)];
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(steps[1] - steps[0]) - 1e-6), 0, 9);
        return [.. ticks.Select(t => Signed(Math.Round(t, 9) + 0.0, "F" + decimals.ToString(CultureInfo.InvariantCulture)))];
    }

    /// <summary>A tick's value as short as it can be told.</summary>
    public static string Label(double value) =>
        value == 0
            ? "0"
            : Math.Abs(value) switch
            {
                >= 1e6 => Signed(value / 1e6, "0.##") + " M",
                >= 1e4 => Signed(value / 1e3, "0.##") + " k",
                _ => Signed(Math.Round(value, 6), "0.######"),
            };

    // With the sign that print has for minus; a hyphen is shorter than a plus.
    private static string Signed(double value, string format) =>
        value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '\u2212');

    /// <summary>The range of some values but for the outermost: a few wild ones must not squeeze the rest into a corner.</summary>
    public static (double Low, double High) Inner(float[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Length == 0)
            return (0, 1);
        Array.Sort(values);
        var wild = values.Length / 2000;
        return Around([values[wild], values[^(wild + 1)]], 0.06);
    }

    /// <summary>From the lowest to the highest of some values, a little wider; never empty.</summary>
    public static (double Low, double High) Around(IEnumerable<double> values, double pad = 0.04)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var v in values)
        {
            if (!double.IsFinite(v))
                continue;
            low = Math.Min(low, v);
            high = Math.Max(high, v);
        }
        if (low > high)
            return (0, 1);
        var more = high > low ? (high - low) * pad : Math.Max(Math.Abs(low) * 0.1, 0.5);
        return (low - more, high + more);
    }
}
