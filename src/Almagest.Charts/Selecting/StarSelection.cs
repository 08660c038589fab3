using System.Globalization;
using Almagest.Contract.Errors;

namespace Almagest.Charts.Selecting;

/// <summary>Stars of a run's selection that somebody points out: those of any of its parts. Immutable; its text stands in
/// addresses.</summary>
/// <remarks>
/// The text has parts with ; between: <c>rect:CHART:LEFT,RIGHT,BOTTOM,TOP</c>, <c>lasso:CHART:X,Y,X,Y,…</c>, <c>stars:ID,ID,…</c>,
/// <c>box:RA,RA,DEC,DEC</c>, <c>below:SCORE</c>, <c>cluster:N</c>, <c>label:SET</c>.
/// </remarks>
public sealed record StarSelection
{
    /// <summary>What an address can hold.</summary>
    private const int MostStars = 500,
        MostCorners = 200,
        MostParts = 50;

    private const string Forms =
        "rect:CHART:LEFT,RIGHT,BOTTOM,TOP, lasso:CHART:X,Y,X,Y,…, box:RA_MIN,RA_MAX,DEC_MIN,DEC_MAX in degrees (RA_MIN above RA_MAX: "
        + "across 0), stars:ID,…, below:SCORE, cluster:N or label:SET, with ; between";

    private StarSelection(IReadOnlyList<SelectionPart> parts) => Parts = parts;

    public static StarSelection None { get; } = new([]);

    public IReadOnlyList<SelectionPart> Parts { get; }

    public bool IsNone => Parts.Count == 0;

    /// <exception cref="LedgerException">it is no such text</exception>
    public static StarSelection Parse(string? text, string field = "select")
    {
        var parts = (text ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries).Select(p => Part(p, text!, field)).ToList();
        return parts.Count <= MostParts
            ? new StarSelection(parts)
            : throw LedgerException.Invalid(field, $"{field} has {parts.Count} parts, expected {MostParts} at most");
    }

    public override string ToString() => string.Join(';', Parts);

    /// <summary>In words, for people.</summary>
    public string Describe() => string.Join("; ", Parts.Select(p => p.Describe()));

    public StarSelection With(SelectionPart part)
    {
        // Single stars are one part; one that is chosen again is let go.
        if (part is not StarsPart { Ids: [var id] } || Parts.OfType<StarsPart>().FirstOrDefault() is not { } stars)
            return new StarSelection([.. Parts.TakeLast(MostParts - 1), part]);
        var ids = stars.Ids.Contains(id) ? stars.Ids.Where(i => i != id) : stars.Ids.TakeLast(MostStars - 1).Append(id);
        var rest = Parts.Where(p => p != stars);
        return new StarSelection(ids.Any() ? [.. rest, new StarsPart([.. ids])] : [.. rest]);
    }

    public static StarSelection Of(SelectionPart part) => new([part]);

    private static SelectionPart Part(string text, string whole, string field)
    {
        var words = text.Split(':', 3);
        SelectionPart? part = words switch
        {
            ["rect", var chart, var numbers] => Numbers(numbers) is { Length: 4 } n
                ? new RectanglePart(chart, n[0], n[1], n[2], n[3])
                : null,
            ["lasso", var chart, var numbers] => Numbers(numbers) is { Length: >= 6 and <= 2 * MostCorners } n && n.Length % 2 == 0
                ? new LassoPart(chart, n)
                : null,
            ["box", var numbers] => Numbers(numbers) is [>= 0 and <= 360 and var from, >= 0 and <= 360 and var to, var low, var high]
            && low >= -90
            && high <= 90
            && low <= high
                ? new BoxPart(from, to, low, high)
                : null,
            ["stars", var ids] => Ids(ids) is { Count: > 0 and <= MostStars } found ? new StarsPart(found) : null,
            ["below", var score] => Numbers(score) is [var s] ? new BelowPart(s) : null,
            ["cluster", var number] => int.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var c)
            && c >= -1
                ? new ClusterPart(c)
                : null,
            ["label", var set] when set.Length is > 0 and <= 600 => new LabelPart(Uri.UnescapeDataString(set)),
            _ => null,
        };
        return part
            ?? throw LedgerException.Invalid(
                field,
                $"{field} is '{Clip(whole)}', and '{Clip(text)}' in it is no part of stars",
                $"Expected {Forms}."
            );
    }

    private static string Clip(string text) => text.Length <= 80 ? text : text[..80] + "…";

    private static double[]? Numbers(string text)
    {
        var numbers = text.Split(',')
            .Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN)
            .ToArray();
        return numbers.All(double.IsFinite) ? numbers : null;
    }

    private static List<long>? Ids(string text)
    {
        var ids = text.Split(',')
            .Select(n => long.TryParse(n, NumberStyles.None, CultureInfo.InvariantCulture, out var v) ? v : -1)
            .ToList();
        return ids.TrueForAll(i => i > 0) ? ids : null;
    }
}
