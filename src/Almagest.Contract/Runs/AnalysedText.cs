using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>Which stars of its selection a run analysed, in the words of command line, pages and exports.</summary>
public static class AnalysedText
{
    /// <summary>What a selection without conditions is called.</summary>
    public const string WholeSelection = "all stars";

    /// <summary>E.g. <c>19,439 analysed of 20,000 of noise</c> or <c>20,000 of noise (all)</c>; of a selection with conditions <c>1,184
    /// analysed of 1,200 selected of noise: magnitude up to 12</c> or <c>1,200 selected of noise, all analysed: magnitude up to
    /// 12</c>. Without numbers where there are none yet.</summary>
    /// <param name="analysed">stars analysed; 0 = not known yet</param>
    /// <param name="excluded">stars of the selection that were not; null where nobody counted them</param>
    /// <param name="dataset">its name, or their names</param>
    /// <param name="selection">in words</param>
    public static string Selected(long analysed, IReadOnlyList<ExcludedCount>? excluded, string dataset, string selection)
    {
        if (analysed == 0)
            return $"{dataset}: {selection}";
        if (excluded is null)
            return $"{Count(analysed)} of {dataset} analysed; selected: {selection}";
        var left = excluded.Sum(e => e.Count);
        return (left, selection) switch
        {
            (0, WholeSelection) => $"{Count(analysed)} of {dataset} (all)",
            (0, _) => $"{Count(analysed)} selected of {dataset}, all analysed: {selection}",
            (_, WholeSelection) => $"{Count(analysed)} analysed of {Count(analysed + left)} of {dataset}",
            _ => $"{Count(analysed)} analysed of {Count(analysed + left)} selected of {dataset}: {selection}",
        };
    }

    /// <summary>E.g. <c>19,439 of 20,000 stars analysed</c> or <c>20,000 stars analysed</c>, beside the words of the selection.</summary>
    /// <param name="analysed">stars analysed</param>
    /// <param name="excluded">stars of the selection that were not; null where nobody counted them</param>
    public static string Share(long analysed, IReadOnlyList<ExcludedCount>? excluded)
    {
        var left = excluded?.Sum(e => e.Count) ?? 0;
        return left > 0
            ? $"{Count(analysed)} of {Count(analysed + left)} stars analysed"
            : $"{CountText.Of(analysed, "star", "stars")} analysed";
    }

    /// <summary>E.g. <c>1,184 of 7,100 stars were not analysed; each counts once, under the first that it lacks: no pmra (680), no
    /// color (504).</c>; null where all were.</summary>
    /// <param name="analysed">stars analysed</param>
    public static string? NotAnalysed(long analysed, IReadOnlyList<ExcludedCount> excluded)
    {
        ArgumentNullException.ThrowIfNull(excluded);
        var left = excluded.Sum(e => e.Count);
        return left == 0
            ? null
            : $"{Count(left)} of {Count(analysed + left)} stars {(left == 1 ? "was" : "were")} not analysed"
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
