using System.Text.Json.Nodes;
using Almagest.Cli.Shell;
using Almagest.Ledger.Model;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>sweep</c> answers: the group, and one line a run with the parameters in which they differ.</summary>
internal static class SweepView
{
    /// <param name="choice">why these features were taken</param>
    /// <param name="fits">how many the runs that were made here needed; null or 0 where nothing can be shared</param>
    public static void Show(
        IAnsiConsole console,
        SweepSummary s,
        IReadOnlyList<DiscoveryRun> runs,
        string dataset,
        string? choice,
        int? fits
    )
    {
        console.Heading(
            $"{ConsoleText.Plural(s.Runs, "run", "runs")} of {s.Algorithm} over {dataset}: {RunSummaryText.Selection(runs[0])}"
        );
        console.Facts([
            ("sweep", s.GroupId.ToString()),
            ("features", choice),
            ("runs", string.Join(", ", s.Statuses.Where(p => p.Value > 0).Select(p => $"{p.Value} {p.Key}"))),
            (
                "fits",
                fits is 1 && s.Runs > 1 ? "one for all runs"
                : fits > 0 && fits < s.Runs ? $"{fits}, shared by the runs"
                : null
            ),
            (
                s.Metric == "anomaly_count" ? "flagged" : "clusters",
                s.Mean is { } mean
                    ? $"{ConsoleText.Number(s.Least, "#,0")} to {ConsoleText.Number(s.Most, "#,0")}, "
                        + $"mean {ConsoleText.Number(mean, "#,0.#")}"
                    : null
            ),
        ]);
        var parameters = runs.Select(r => JsonNode.Parse(r.Parameters)!.AsObject()).ToList();
        var differing = parameters[0]
            .Select(p => p.Key)
            .Where(k => parameters.Select(p => p[k]?.ToJsonString()).Distinct().Count() > 1)
            .ToList();
        var table = ConsoleTables.Of(["run", .. differing.Select(d => ">" + d), "found", "status", ">took"]);
        foreach (var (run, p) in runs.Zip(parameters))
        {
            table.Row([
                ConsoleText.Short(run.RunId),
                .. differing.Select(d => p[d]?.ToString() ?? "–"),
                RunSummaryText.ShortFound(run),
                run.Status,
                run is { StartedAt: { } start, CompletedAt: { } end } ? ConsoleText.Duration((end - start).TotalMilliseconds) : "–",
            ]);
        }
        console.Write(table);
        console.Say(
            s.IsOver
                ? $"Set them side by side: almagest runs compare "
                    + $"{string.Join(' ', runs.Where(r => r.IsComplete).Take(3).Select(r => ConsoleText.Short(r.RunId)))} …"
                : $"They wait for the servers' workers; see how far they are: almagest runs list --sweep {s.GroupId}"
        );
    }
}
