using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Discovery.Anomaly;
using Almagest.Runs.Explanation;
using Almagest.Runs.Resources;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs explain</c> answers.</summary>
internal sealed class ExplanationView(RunExplanation found)
{
    public ExplanationResource Document { get; } = found.ToResource();

    public void Show(IAnsiConsole console)
    {
        console.Say(found.Sentence);
        if (found.ChanceSentence is { } chance)
            console.Say(chance);
        console.Say("");
        var isForest = found.Explanation.Measure == ScoreMeasure.PathLength;
        var table = ConsoleTables.Of(
            "feature",
            ">value",
            "unit",
            ">percentile",
            ">share",
            isForest ? ">splits" : ">change",
            isForest ? "path" : "effect"
        );
        foreach (var f in Document.Features)
        {
            table.Row(
                f.Feature,
                RunExplanation.Number(f.Value, f.Unit) + (f.IsImputed ? "*" : ""),
                f.Unit,
                ConsoleText.Number(f.Percentile, "0.0"),
                f.Share > 0 ? ConsoleText.SharePercent(f.Share) : "–",
                ConsoleText.Number(f.Change, "+0.00;-0.00"),
                f.Effect
            );
        }
        console.Write(table);
        if (found.Imputed.Count > 0)
            console.Say("* imputed: the catalogue has no value for this star, and the median stands in.");
    }
}
