using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;

namespace Almagest.Bench.Runs;

/// <summary>
/// Clusters of two runs recognised by their members, where there are many: as alike as can be, and each overlapping two of the other run.
/// </summary>
internal static class ClusterIdentityBench
{
    private const int Members = 20;

    public static string Measure(int clusters, TextWriter log)
    {
        var page = new StringBuilder().Append(
            CultureInfo.InvariantCulture,
            $"""
            ## Clusters of two runs with {clusters:N0} clusters each

            {Members} stars in each cluster; matching alone, without reading them. In the second case every cluster shares half of
            its stars with one of the other run and half with the next: one chain of all, which must be matched as a whole.

            | clusters | identities | seconds |
            | --- | ---: | ---: |

            """
        );
        foreach (var (name, shift) in new[] { ("the same", 0), ("each overlaps two", Members / 2 - 1) })
        {
            log.WriteLine(name);
            var all = new StarSet();
            for (long star = 0; star < (clusters + 1L) * Members; star++)
                all.Add(star);
            ClusteredRun Run(int from) =>
                new(
                    all,
                    [
                        .. Enumerable
                            .Range(0, clusters)
                            .Select(c => new LabelledCluster(
                                c,
                                [.. Enumerable.Range(0, Members).Select(i => (long)c * Members + from + i)]
                            )),
                    ]
                );
            ClusteredRun[] runs = [Run(0), Run(shift)];
            var start = Stopwatch.GetTimestamp();
            var found = ClusterMatching.Match(runs);
            page.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {found.Total:N0} | {Stopwatch.GetElapsedTime(start).TotalSeconds:0.00} |"
            );
        }
        return page.ToString();
    }
}
