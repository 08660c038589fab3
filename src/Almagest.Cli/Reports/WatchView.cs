using Almagest.Cli.Shell;
using Almagest.Contract.Status;
using Almagest.Runs.Watching;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Watches, and what runs say of their stars.</summary>
internal static class WatchView
{
    public static void Show(IAnsiConsole console, IReadOnlyList<WatchResource> watches)
    {
        if (watches.Count == 0)
        {
            console.Say("There is no watch: 'almagest watch add' adds one.");
            return;
        }
        var table = ConsoleTables.Of("name", "~watched", "dataset", "since", "by", ">runs", ">with news", "~last");
        foreach (var w in watches)
            table.Row(
                w.Name,
                w.Watched,
                w.Dataset ?? "every one",
                ConsoleText.When(w.AddedAt),
                w.AddedBy ?? "–",
                ConsoleText.Count(w.Runs),
                ConsoleText.Count(w.RunsWithNews),
                w.Last is { } last ? Text(last) : "no run yet"
            );
        console.Write(table);
    }

    public static void Show(IAnsiConsole console, WatchHistory history)
    {
        var w = history.Watch;
        console.Heading($"Watch {w.Name}: {w.Watched}{(w.Dataset is { } of ? $" of {of}" : "")}, since {ConsoleText.When(w.AddedAt)} UTC");
        if (history.News.Count == 0)
            console.Say("No run over these stars was looked at yet.");
        foreach (var n in history.News)
            console.Say($"{ConsoleText.When(n.CompletedAt)}  {n.Algorithm}: {Text(n)}");
    }

    public static void Show(IAnsiConsole console, IReadOnlyList<WatchNews> told)
    {
        if (told.Count == 0)
            console.Say("No new run over watched stars.");
        foreach (var n in told)
            console.Say($"{n.Watch}: {Text(n)}");
    }

    private static string Text(WatchNews news) => news.SourceIds.Count == 0 ? news.Sentence : $"{news.Sentence}: {WatchRounds.Names(news)}";
}
