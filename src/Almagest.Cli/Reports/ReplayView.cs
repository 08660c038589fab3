using Almagest.Cli.Shell;
using Almagest.Runs.Replay;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs replay</c> answers.</summary>
internal static class ReplayView
{
    public static void Show(IAnsiConsole console, ReplayReport r)
    {
        console.Heading($"Run {r.Run.RunId}, recomputed");
        console.Facts([
            (
                "result",
                r.IsReproduced
                    ? $"all {ConsoleText.Count(r.Rows)} stored rows came out again, to the last bit"
                    : $"{ConsoleText.Count(r.Equal)} of {ConsoleText.Count(r.Rows)} stored rows came out again"
            ),
            ("different", r.Different > 0 ? ConsoleText.Count(r.Different) : null),
            ("only stored", r.OnlyStored > 0 ? ConsoleText.Count(r.OnlyStored) : null),
            ("only recomputed", r.OnlyRecomputed > 0 ? ConsoleText.Count(r.OnlyRecomputed) : null),
            ("hash", r.RecomputedHash),
            (
                "stored",
                r.IsIntact switch
                {
                    true => "the rows are those that the run was stored with",
                    false => $"the rows were changed since: their hash is {r.StoredRowsHash}",
                    null => "an older program kept no hash of the rows",
                }
            ),
            .. r.Notes.Select(n => ("note", (string?)n)),
        ]);
        if (r.Examples.Count == 0)
            return;
        console.Say("\nThe first that differ:");
        var table = ConsoleTables.Of(">star_id", "~stored", "~recomputed");
        foreach (var e in r.Examples)
            table.Row(e.StarId.ToString(), e.Stored ?? "–", e.Recomputed ?? "–");
        console.Write(table);
    }
}
