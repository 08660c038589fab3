using Almagest.Cli.Shell;
using Almagest.Runs.Explanation;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs explain</c> answers.</summary>
internal sealed class ExplanationView(RunExplanation found)
{
    /// <summary>The fields of the API's answer.</summary>
    public object Document => new
    {
        found.Run.RunId,
        found.Star.StarId,
        found.Star.SourceId,
        is_anomaly = found.IsAnomaly ? 1 : 0,
        anomaly_score = found.Score,
        found.Explanation.RawScore,
        score_offset = found.Offset,
        found.Explanation.PathLength,
        found.Explanation.ExpectedPathLength,
        found.Sentence,
        features = found.Explanation.Features.Select(f => new
        {
            feature = f.Name, f.Value, f.Unit, is_imputed = found.Imputed.Contains(f.Name), f.Percentile, f.PathLengthChange, f.Share, effect = Effect(f.PathLengthChange),
        }),
    };

    public void Show(IAnsiConsole console)
    {
        console.Say(found.Sentence);
        console.Say("");
        var table = Tables.Of("feature", ">value", "unit", ">percentile", ">share", ">splits", "path");
        foreach (var f in found.Explanation.Features)
        {
            table.Row(f.Name, RunExplanation.Number(f.Value) + (found.Imputed.Contains(f.Name) ? "*" : ""), f.Unit, Words.Number(f.Percentile, "0.0"),
                f.Share > 0 ? Words.Percent(f.Share) : "–", Words.Number(f.PathLengthChange, "+0.00;-0.00"), Effect(f.PathLengthChange));
        }
        console.Write(table);
        if (found.Imputed.Count > 0) console.Say("* imputed: the catalogue has no value for this star, and the median stands in.");
    }

    static string Effect(double pathLengthChange) => pathLengthChange < 0 ? "shorter" : "longer";
}
