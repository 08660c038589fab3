using System.Globalization;
using System.Text;

namespace Almagest.Bench.Engine;

/// <summary><c>bench engine</c>: time, memory and allocation of every job of the engine at growing sizes, beside scikit-learn.</summary>
internal static class EngineSuite
{
    private const string Sizes = "10k,100k,1M,10M",
        QuickSizes = "2k,20k";

    public static Suite Suite { get; } =
        new(
            "engine",
            "the discovery engine: time, memory and allocation beside scikit-learn",
            $"""
                  --sizes N[,N…]         stars (default {Sizes}; with --quick {QuickSizes})
                  --jobs NAME[,NAME…]    only these: {string.Join(", ", EngineJob.All.Select(j => j.Name))}
                  --no-yardsticks        ours alone
            """,
            args => Task.FromResult(Run(args))
        );

    private static int Run(string[] args)
    {
        var arguments = new BenchArguments(args, ["--sizes", "--jobs"], ["--quick", "--no-yardsticks"]);
        var names = arguments["--jobs"]?.Split(',');
        if (names?.FirstOrDefault(n => EngineJob.All.All(j => j.Name != n)) is { } unknown)
            throw new FormatException($"there is no job '{unknown}'; there are {string.Join(", ", EngineJob.All.Select(j => j.Name))}");
        var jobs = EngineJob.All.Where(j => names is null || names.Contains(j.Name)).ToList();
        var (yardstick, reason) = arguments.Has("--no-yardsticks") ? (null, "not asked for (--no-yardsticks)") : SklearnYardstick.Find();
        arguments.Publish(Page(jobs, arguments.Numbers("--sizes", arguments.Has("--quick") ? QuickSizes : Sizes), yardstick, reason));
        return 0;
    }

    private static string Page(IReadOnlyList<EngineJob> jobs, IReadOnlyList<int> sizes, SklearnYardstick? yardstick, string? reason)
    {
        var page = new StringBuilder("# The discovery engine\n\n");
        page.Append(
                $"{Machine.Describe()}, {DateTime.UtcNow:yyyy-MM-dd}. Each line is a process of its own: the best of up to five "
                    + $"passes within about ten seconds, and the first one.\n"
            )
            .Append(
                "Processor seconds are those of all threads together, and suffer less from a busy machine than wall times. Allocated: "
                    + "managed memory of one pass, its answer included.\n"
            )
            .Append(
                "Peak: the whole process, runtime and matrix included. Ratios are scikit-learn's / ours, on the same values in the "
                    + "same run.\n"
            )
            .Append(yardstick is null ? $"No yardstick: {reason}.\n" : "")
            .Append('\n')
            .Append(
                "| job | stars | features | s | first, s | processor, s | allocated, MB | matrix, MB | peak, MB | scikit-learn, s | "
                    + "its processor, s | its peak, MB | ratio | ratio, processor |\n"
            )
            .Append("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
        var versions = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var job in jobs)
        {
            foreach (var rows in sizes.Where(n => n <= job.MostRows))
            {
                Console.Error.WriteLine(Text($"{job.Name}, {rows:N0} stars"));
                var asked = yardstick is not null && rows <= job.YardstickRows;
                var file = asked ? Path.GetTempFileName() : null;
                try
                {
                    var our = EngineTiming.MeasureApart(job, rows, file);
                    page.Append(
                        Text(
                            $"| {job.Name} | {rows:N0} | {job.Columns} | {our.Seconds:G3} | {our.First:G3} | {our.CpuSeconds:G3} | {our
                                .AllocatedBytes / 1e6:F1} | {our.InputBytes / 1e6:F1} | {our.PeakBytes / 1e6:F0} |"
                        )
                    );
                    var their = asked ? yardstick!.Measure(job, file!) : null;
                    if (their is not null)
                        versions.Add(their.Name);
                    page.Append(
                        their is { Seconds: { } seconds, CpuSeconds: { } cpu }
                            ? Text(
                                $" {seconds:G3} | {cpu:G3} | {their.PeakBytes / 1e6:F0} | {seconds
                                    / our.Seconds:F1} | {cpu / our.CpuSeconds:F1} |\n"
                            )
                            : " – | – | – | – | – |\n"
                    );
                }
                finally
                {
                    if (file is not null)
                        File.Delete(file);
                }
            }
        }
        if (versions.Count > 0)
            page.Append('\n').Append(string.Join("; ", versions)).Append(".\n");
        return page.ToString();
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
