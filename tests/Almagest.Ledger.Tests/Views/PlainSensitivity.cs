using System.Globalization;

namespace Almagest.Ledger.Tests.Views;

/// <summary>Pairs of runs that differ in one parameter, found plainly by looking at every pair.</summary>
public static class PlainSensitivity
{
    public const string Sql = """
        select run_1_id, run_2_id, parameter, value_1::text, value_2::text, run_1_count, run_2_count, overlap_count, jaccard_similarity,
          last_updated
        from mv_run_sensitivity
        """;

    /// <summary>What a run was made with that was stored without a parameter.</summary>
    private static readonly Dictionary<string, string> s_defaults = new()
    {
        ["contamination"] = "0.05",
        ["n_estimators"] = "100",
        ["max_samples"] = "256",
        ["missing"] = "\"impute\"",
        ["distance_without_errors"] = "true",
    };

    public static List<string> Rows(IEnumerable<PlainRun> runs, PlainSky sky)
    {
        var complete = PlainLedger.Anomaly(runs).OrderBy(r => r.RunId, PlainLedger.IdOrder).ToList();
        return PlainLedger.Sorted(
            from a in complete
            from b in complete.SkipWhile(r => r != a).Skip(1)
            where (a.DatasetId, a.Filter, a.Algorithm) == (b.DatasetId, b.Filter, b.Algorithm)
            let differing = a
                .Settings.Keys.Union(b.Settings.Keys)
                .Union(s_defaults.Keys)
                .Where(k => k is not ("random_state" or "draws") && !Same(Of(a, k), Of(b, k)))
                .ToList()
            where differing.Count == 1
            let narrow = differing[0] is "features" or "missing" or "min_parallax_over_error" or "distance_without_errors"
            let flags = (
                A: narrow ? [.. a.Flagged.Intersect(b.Stars)] : a.Flagged.ToList(),
                B: narrow ? [.. b.Flagged.Intersect(a.Stars)] : b.Flagged.ToList()
            )
            let shared = flags.A.Intersect(flags.B).Count()
            let union = flags.A.Union(flags.B).Count()
            select PlainLedger.Row(
                a.RunId,
                b.RunId,
                differing[0],
                Of(a, differing[0]),
                Of(b, differing[0]),
                flags.A.Count,
                flags.B.Count,
                shared,
                union == 0 ? 0 : (double)shared / union,
                PlainLedger.Max(a.CompletedAt, b.CompletedAt)
            )
        );
    }

    private static string Of(PlainRun run, string parameter) =>
        run.Settings.GetValueOrDefault(parameter) ?? s_defaults.GetValueOrDefault(parameter, "null");

    private static bool Same(string a, string b) =>
        a == b
        || (
            decimal.TryParse(a, NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && decimal.TryParse(b, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
            && x == y
        );
}
