using System.Globalization;
using Almagest.Contract.Runs;

namespace Almagest.Cli.Shell;

/// <summary>Numbers and times as people read them. JSON output never goes through here.</summary>
internal static class ConsoleText
{
    private static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    public static string Count(long value) => value.ToString("N0", s_plain);

    // Thirty zeros of an error that is a sentinel would push the table off the screen.
    public static string Number(double? value, string format) =>
        value is not { } v ? "–"
        : Math.Abs(v) < 1e12 ? WithoutSignOfZero(v.ToString(format, s_plain))
        : v.ToString("0.##E+0", s_plain);

    /// <summary>A right ascension, degrees: 359.999 to two digits is 0.00.</summary>
    public static string RightAscension(double? value, string format)
    {
        var text = Number(value, format);
        return double.TryParse(text, NumberStyles.Float, s_plain, out var shown) && shown >= 360 ? Number(shown - 360, format) : text;
    }

    // What is rounded to nothing is on neither side of it; a format of two parts would write both their signs.
    private static string WithoutSignOfZero(string text) =>
        text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 || !text.StartsWith('-') ? text : text[1..];

    public static string SharePercent(double share) => PercentText.Of(100 * share, "0.#");

    public static string Duration(double ms) =>
        ms switch
        {
            < 1 => "<1 ms",
            < 1000 => ms.ToString("0", s_plain) + " ms",
            < 60_000 => (ms / 1000).ToString("0.0", s_plain) + " s",
            _ => $"{(int)(ms / 60_000)} min {(int)(ms / 1000 % 60)} s",
        };

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 1024 => $"{bytes} B",
            < 1024 * 1024 => (bytes / 1024.0).ToString("0", s_plain) + " KiB",
            < 1024L * 1024 * 1024 => (bytes / 1048576.0).ToString("0.0", s_plain) + " MiB",
            _ => (bytes / 1073741824.0).ToString("0.0", s_plain) + " GiB",
        };

    public static string Ago(double? seconds) =>
        seconds switch
        {
            null => "never",
            < 60 => $"{(int)seconds} s ago",
            < 3600 => $"{(int)(seconds / 60)} min ago",
            < 86_400 => $"{(int)(seconds / 3600)} h ago",
            _ => $"{(int)(seconds / 86_400)} d ago",
        };

    public static string When(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm", s_plain);

    public static string Plural(long count, string one, string many) => CountText.Of(count, one, many);

    /// <summary>
    /// The end of a run id, which can be typed back. Ids of version 7 begin with the time, alike for the runs of one moment: the end is
    /// random.
    /// </summary>
    public static string Short(Guid runId) => runId.ToString()[^8..];

    public static string Clip(string text, int length) => text.Length <= length ? text : text[..(length - 1)] + "…";
}
