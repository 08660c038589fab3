using Almagest.Cli.Shell;
using Almagest.Discovery.Consensus;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>consensus</c> answers.</summary>
internal sealed class ConsensusView(StarConsensusList found)
{
    public void Show(IAnsiConsole console)
    {
        if (found.Runs.Count == 0)
        {
            console.Say("There is no complete anomaly run yet. Start one: almagest discover anomalies");
            return;
        }
        var draws = found.Questions.Sum(q => q.Draws);
        var several = found.Questions.Count > 1;
        console.Heading(
            $"{ConsoleText.Plural(found.Runs.Count, "anomaly run", "anomaly runs")}: "
                + ConsoleText.Plural(draws, "independent draw", "independent draws")
                + (several ? $" of {found.Questions.Count} questions" : "")
        );
        var questionOf = found.Questions.Index().SelectMany(q => q.Item.Runs.Select(r => (r, q.Index))).ToDictionary();
        var runs = ConsoleTables.Of(["run", "~parameters", .. several ? [">question"] : Array.Empty<string>(), ">draw"]);
        foreach (var (i, run) in found.Runs.Index())
            runs.Row([
                ConsoleText.Short(run.RunId),
                ParameterText.WithDetector(run.Algorithm, ParameterText.Short(run.Algorithm, run.Parameters)),
                .. several ? [ConsoleText.Count(questionOf[i] + 1)] : Array.Empty<string>(),
                ConsoleText.Count(found.DrawOf[i] + 1),
            ]);
        console.Write(runs);
        var level = ConsoleText.Number(100 * found.Options.Level, "0.#");
        var intervals = found.Stars.Any(s => s.Consensus.Posterior.Intervals is not null);
        var further = found.Options.Further;
        console.Say(
            $"\nThe surest of {ConsoleText.Plural(found.Total, "flagged star", "flagged stars")}: "
                + $"the rate at which other seeds flag them{(intervals ? "," : ".")}"
        );
        if (intervals)
            console.Say(
                $"from where to where it is credible ({level} %), and where the rate in {further} more is to be expected ({level} %)."
            );
        if (found.FlagProbabilities.Count > 0)
            console.Say(
                "P(flag): the chance that a star's true values are flagged, given its errors; the mean over the runs that know it."
            );
        if (several)
            console.Say("A star of several questions has the plain mean of their rates, and no interval.");
        var chances = found.FlagProbabilities.Count > 0;
        var stars = ConsoleTables.Of([
            "source_id",
            ">RA (°)",
            ">Dec (°)",
            ">mag",
            ">flagged",
            ">rate",
            .. intervals ? [">from", ">to", $">in {further} more"] : Array.Empty<string>(),
            .. chances ? [">P(flag)"] : Array.Empty<string>(),
        ]);
        foreach (var (c, s) in found.Stars)
        {
            stars.Row([
                s.SourceId,
                ConsoleText.RightAscension(s.RaDeg, "0.000"),
                ConsoleText.Number(s.DecDeg, "+0.000;-0.000"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                $"{c.Flagged} of {c.Analysed}",
                ConsoleText.Number(c.Posterior.Mean, "0.00"),
                .. intervals ? Ends(c.Posterior.Intervals) : [],
                .. chances
                    ? [ConsoleText.Number(found.FlagProbabilities.TryGetValue(s.StarId, out var p) ? p : null, "0.00")]
                    : Array.Empty<string>(),
            ]);
        }
        console.Write(stars);
    }

    private static string[] Ends(FlagIntervals? found) =>
        found is { } i
            ?
            [
                ConsoleText.Number(i.CredibleLow, "0.00"),
                ConsoleText.Number(i.CredibleHigh, "0.00"),
                $"{ConsoleText.Number(i.PredictiveLow, "0.00")} to {ConsoleText.Number(i.PredictiveHigh, "0.00")}",
            ]
            : ["–", "–", "–"];
}
