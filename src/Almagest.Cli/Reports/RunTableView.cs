using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs compare</c> answers of more than two runs.</summary>
internal sealed class RunTableView(RunTable table, int top)
{
    public void Show(IAnsiConsole console)
    {
        var place = table.Runs.Index().ToDictionary(r => r.Item.Run.RunId, r => Name(r.Index));
        console.Heading($"{ConsoleText.Plural(table.Runs.Count, "run", "runs")}, and what differs between them");
        var list = ConsoleTables.Of([
            "",
            "run",
            .. table.Differing.Select(d => "~" + d.Name),
            ">analysed",
            ">marked",
            ">mean kappa",
            .. Drawn ? [">draw"] : Array.Empty<string>(),
        ]);
        foreach (var (i, r) in table.Runs.Index())
        {
            list.Row([
                Name(i),
                ConsoleText.Short(r.Run.RunId),
                .. table.Differing.Select(d => Plain(d.Values[i])),
                ConsoleText.Count(r.Run.TotalStars),
                RunSummaryText.ShortFound(r.Run),
                ConsoleText.Number(r.MeanKappa, "0.00"),
                .. Drawn ? [ConsoleText.Number(r.Draw, "0")] : Array.Empty<string>(),
            ]);
        }
        console.Write(list);
        if (table.Differing.Count == 0)
            console.Say("They are the same in every parameter.");
        foreach (var group in table.SeedGroups)
        {
            console.Say(
                $"\nThe same except for the seed: {string.Join(", ", group.Members.Select(m => place[m.RunId]))} (seeds "
                    + $"{string.Join(", ", group.Seeds)})"
            );
            console.Facts(
                ("marked", Text(group.Marked, "#,0.#")),
                ("clusters", Text(group.Clusters, "0.#")),
                ("mean score", Text(group.MeanScore, "0.0000")),
                ("kappa of pairs", Text(group.Kappa, "0.000")),
                ("Jaccard of pairs", Text(group.Jaccard, "0.000"))
            );
        }
        if (top == 0)
            return;
        console.Say("\nHow they agree, beyond chance (most significant first):");
        PairLines.Show(console, [.. table.Pairs.Take(top)], id => place[id]);
        if (table.Pairs.Count > top)
            console.Say($"There are more: --top {table.Pairs.Count}");
    }

    private bool Drawn => table.Runs.All(r => r.Run.RunType == RunTypes.Anomaly);

    private static string Plain(string? json) =>
        json is null ? "–"
        : json.StartsWith('"') ? JsonText.Parse(json)!.GetValue<string>()
        : json;

    private static string Name(int place) =>
        place < 26 ? ((char)('A' + place)).ToString() : (place + 1).ToString(CultureInfo.InvariantCulture);

    private static string? Text(Spread? s, string format) =>
        s is null
            ? null
            : $"{ConsoleText.Number(s.Mean, format)}{(s.StdDev is { } d ? $" ± {ConsoleText.Number(d, format)}" : "")} "
                + $"({ConsoleText.Number(s.Min, format)} to {ConsoleText.Number(s.Max, format)})";
}
