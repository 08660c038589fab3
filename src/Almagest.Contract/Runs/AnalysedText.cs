using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>Which stars of its selection a run analysed, in the words of command line, pages and exports.</summary>
public static class AnalysedText
{
    /// <summary>E.g. <c>1,184 of 7,100 stars were not analysed; each counts once, under the first that it lacks: no pmra (680), no
    /// color (504).</c>; null where all were.</summary>
    /// <param name="analysed">stars analysed</param>
    public static string? NotAnalysed(long analysed, IReadOnlyList<ExcludedCount> excluded)
    {
        ArgumentNullException.ThrowIfNull(excluded);
        var left = excluded.Sum(e => e.Count);
        return left == 0
            ? null
            : $"{Count(left)} of {Count(analysed + left)} stars were not analysed"
                + (excluded.Count > 1 ? "; each counts once, under the first that it lacks: " : ": ")
                + $"{string.Join(", ", excluded.Select(e => $"{e.Reason} ({Count(e.Count)})"))}.";
    }

    /// <summary>E.g. <c>Results of 6,967 of 69,000 stars rest on filled values, medians of the other stars: pmra 6,967, color 12.</c>; null
    /// where nothing was filled. Runs of older programs say how many stars lacked each column, and not how many lacked any.</summary>
    public static string? Filled(ResultsSummary? summary)
    {
        if (summary?.Features?.Imputed is not { Count: > 0 } imputed)
            return null;
        var columns = string.Join(", ", imputed.Select(i => $"{i.Column} {Count(i.Count)}"));
        var whose = (summary.Features.FilledStars, summary.TotalStars) switch
        {
            ({ } filled, { } all) => $"Results of {Count(filled)} of {Count(all)} stars",
            (null, { } all) => $"Results of some of the {Count(all)} stars",
            _ => "Some results",
        };
        return $"{whose} rest on filled values, medians of the other stars: {columns}.";
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
