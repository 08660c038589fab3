using System.Globalization;
using System.Text;

namespace Almagest.Bench.Forest;

/// <summary>The benchmark of the discovery engine: our times and memory beside the yardsticks', measured in the same run.</summary>
public static class EngineBench
{
    private const int Columns = 4;

    /// <summary>Times the isolation forest at each size and returns a Markdown page.</summary>
    /// <param name="progress">told what is being measured</param>
    public static string IsolationForest(IReadOnlyList<int> sizes, IReadOnlyList<Yardstick> yardsticks, Action<string> progress)
    {
        var page = new StringBuilder();
        page.AppendLine("# Isolation forest: time and memory").AppendLine();
        page.AppendLine(
            $"{Machine.Describe()}. 100 trees of 256, {Columns} features; scoring only; ours the best of five passes, theirs the best "
                + $"of up to three, in the same run on the same matrix."
        );
        page.AppendLine(
                "Wall times suffer when the machine is busy, ours and theirs; processor seconds (all threads together) much less. "
                    + "Ratios are theirs / ours."
            )
            .AppendLine();
        page.AppendLine("| rows | program | score, s | processor, s | ratio | ratio, processor |")
            .AppendLine("| ---: | --- | ---: | ---: | ---: | ---: |");
        var ours = new List<ForestTiming>();
        foreach (var rows in sizes)
        {
            var asked = yardsticks.Where(y => rows <= y.MaxRows).ToArray();
            var file = asked.Length > 0 ? Path.GetTempFileName() : null;
            try
            {
                progress($"ours, {rows:N0} rows");
                var our = ForestTiming.MeasureApart(rows, Columns, 5, file);
                ours.Add(our);
                page.AppendLine(Invariant($"| {rows:N0} | Almagest | {our.Score:G3} | {our.ScoreCpu:G3} | 1 | 1 |"));
                foreach (var yardstick in asked)
                {
                    progress($"{yardstick.Command} {string.Join(' ', yardstick.Arguments)}, {rows:N0} rows");
                    var their = yardstick.Measure(file!, Columns);
                    page.AppendLine(
                        Invariant(
                            $"| | {their.Name} | {their.Seconds:G3} | {their.CpuSeconds:G3} | {their.Seconds
                                / our.Score:F1} | {their.CpuSeconds / our.ScoreCpu:F1} |"
                        )
                    );
                }
            }
            finally
            {
                if (file is not null)
                    File.Delete(file);
            }
        }
        page.AppendLine()
            .AppendLine(
                "| rows | grow trees, ms | threshold, ms | explain one star, ms | allocated while scoring, MB | matrix, MB | peak of "
                    + "the process, MB |"
            );
        page.AppendLine("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (var t in ours)
            page.AppendLine(
                Invariant(
                    $"| {t.Rows:N0} | {1e3 * t.Fit:F1} | {1e3 * t.Threshold:F1} | {1e3 * t.Explain:F1} | {t.AllocatedBytes
                        / 1e6:F1} | {t.InputBytes / 1e6:F1} | {t.PeakBytes / 1e6:F0} |"
                )
            );
        return page.ToString();
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
