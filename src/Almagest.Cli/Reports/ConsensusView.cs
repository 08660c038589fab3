using Almagest.Cli.Shell;
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
        console.Heading(
            $"{ConsoleText.Plural(found.Runs.Count, "anomaly run", "anomaly runs")}, "
                + $"worth {ConsoleText.Number(found.EffectiveRuns, "0.0")} "
                + $"unrelated ones"
        );
        var runs = ConsoleTables.Of("run", "~parameters", ">weight");
        foreach (var (run, weight) in found.Runs)
            runs.Row(ConsoleText.Short(run.RunId), ParameterText.Short(run.Algorithm, run.Parameters), ConsoleText.Number(weight, "0.00"));
        console.Write(runs);
        console.Say($"\nThe surest of {ConsoleText.Plural(found.Total, "flagged star", "flagged stars")} (rate of flags, 95 % credible):");
        var stars = ConsoleTables.Of("source_id", ">RA (°)", ">Dec (°)", ">mag", ">flagged", ">rate", ">from", ">to");
        foreach (var (c, s) in found.Stars)
        {
            stars.Row(
                s.SourceId,
                ConsoleText.Number(s.RaDeg, "0.000"),
                ConsoleText.Number(s.DecDeg, "+0.000;-0.000"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                $"{c.Flagged} of {c.Analysed}",
                ConsoleText.Number(c.Posterior.Mean, "0.00"),
                ConsoleText.Number(c.Posterior.Low, "0.00"),
                ConsoleText.Number(c.Posterior.High, "0.00")
            );
        }
        console.Write(stars);
    }
}
