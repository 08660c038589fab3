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
        var complete = runs.Where(r => r.IsComplete).ToList();
        console.Facts([
            ("sweep", s.GroupId.ToString()),
            ("features", choice),
            ("runs", string.Join(", ", s.Statuses.Where(p => p.Value > 0).Select(p => $"{p.Value} {p.Key}"))),
            (
                "fits",
                // A run that failed shares none.
                fits is 1
                && complete.Count > 1
                    ? "one for all runs"
                : fits > 0 && fits < complete.Count ? $"{fits}, shared by the runs"
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
        if (runs.FirstOrDefault(r => r.Status == RunStatus.Failed) is { } failed)
            console.Say($"Why one failed: almagest runs show {ConsoleText.Short(failed.RunId)}");
        if (!s.IsOver)
            console.Say($"They wait for the servers' workers; see how far they are: almagest runs list --sweep {s.GroupId}");
        else if (complete.Count > 1)
            console.Say(
                $"Set them side by side: almagest runs compare {string.Join(' ', complete.Take(3).Select(r => ConsoleText.Short(r.RunId)))}"
                    + (complete.Count > 3 ? " …" : "")
            );
    }
}
