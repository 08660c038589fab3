using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;

namespace Almagest.Charts.Export;

/// <summary>What of a run's pictures is wanted, as its page shows it at the moment: the page's address has the same terms.</summary>
public sealed record RunPicture
{
    /// <summary>Names of pictures; empty = the main ones.</summary>
    public IReadOnlyCollection<string> Wanted { get; init; } = [];

    /// <summary>Only the members of this cluster, from near.</summary>
    public int? Cluster { get; init; }

    /// <summary>Flagged by another threshold, as a share of the stars; null = as the run flagged.</summary>
    public double? Contamination { get; init; }

    /// <summary>Stars that are shown as selected.</summary>
    public StarSelection Selection { get; init; } = StarSelection.None;

    /// <summary>Parts of charts, by the charts' names.</summary>
    public IReadOnlyDictionary<string, ChartWindow> Zoom { get; init; } = new Dictionary<string, ChartWindow>();

    /// <summary>Null = as it is usual for the pictures.</summary>
    public FigureSize? Size { get; init; }

    /// <summary>Title and caption belong to it.</summary>
    public bool HasCaption { get; init; } = true;
}

/// <summary>Parts of charts as an address holds them: <c>cmd:-0.5,3,15,2;sky:…</c>, left, right, bottom and top.</summary>
public static class ZoomText
{
    /// <exception cref="LedgerException">it is no such text</exception>
    public static IReadOnlyDictionary<string, ChartWindow> Parse(string? text, string field = "zoom")
    {
        var windows = new Dictionary<string, ChartWindow>();
        foreach (var part in (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                part.Split(':', 2) is not [var name, var numbers]
                || numbers.Split(',') is not { Length: 4 } four
                || four.Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN)
                    .ToList()
                    is not [var left, var right, var bottom, var top]
                || !double.IsFinite(left + right + bottom + top)
            )
                throw LedgerException.Invalid(
                    field,
                    $"{field} is '{text}', expected NAME:LEFT,RIGHT,BOTTOM,TOP with ; between charts",
                    "For example cmd:-0.5,3,15,2."
                );
            windows[name] = new ChartWindow(left, right, bottom, top);
        }
        return windows;
    }

    public static string Write(IEnumerable<KeyValuePair<string, ChartWindow>> windows) =>
        string.Join(
            ';',
            windows.Select(w =>
                FormattableString.Invariant($"{w.Key}:{w.Value.Left:G6},{w.Value.Right:G6},{w.Value.Bottom:G6},{w.Value.Top:G6}")
            )
        );
}
