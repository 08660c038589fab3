using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Runs.Kinds;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs kinds</c> answers.</summary>
internal static class KindsView
{
    public static void Show(IAnsiConsole console, KindsResource found, int? chosen)
    {
        var kinds = found.Kinds.Where(k => chosen is null || k.KindId == chosen).ToList();
        console.Heading($"Run {ConsoleText.Short(found.RunId)}: {ConsoleText.Plural(found.Kinds.Count, "kind", "kinds")} of flagged stars");
        console.Facts([
            ("flagged", ConsoleText.Count(found.Flagged)),
            ("looked at", found.LookedAt == found.Flagged ? null : $"an even sample of {ConsoleText.Count(found.LookedAt)}"),
            ("in no kind", found.InNoKind == 0 ? null : ConsoleText.Count(found.InNoKind)),
            ("stability", found.Seeds == 0 ? null : $"over {ConsoleText.Plural(found.Seeds, "further seed", "further seeds")}"),
        ]);
        foreach (var kind in kinds)
        {
            console.WriteLine();
            console.Say(
                $"{kind.KindId}  {kind.Name}"
                    + (kind.Stability is { } stability ? FormattableString.Invariant($", stability {100 * stability:0} %") : "")
            );
            console.Say($"   {kind.Sentence}");
            console.Say($"   {KindPlaceWords.Of(kind.Place)}");
            if (kind.Like is { } like)
                console.Say(
                    $"   like kind {like.KindId} of {ConsoleText.Short(like.RunId)} ({like.Name}"
                        + (
                            like.SharedStars is { } shared
                                ? $"): {ConsoleText.Plural(shared, "star", "stars")} in both"
                                : ", another dataset)"
                        )
                );
            console.Say($"   typical {Ids(kind.Typical)}; extreme {Ids(kind.Extreme)}");
            if (chosen is not null)
                console.Say($"   star ids {string.Join(' ', kind.StarIds)}");
        }
        if (chosen is { } missing && kinds.Count == 0)
            console.Say($"There is no kind {missing}.");
    }

    public static void Show(IAnsiConsole console, MoreOfKindResource found)
    {
        console.Say(
            $"{ConsoleText.Plural(found.Stars.Count, "star", "stars")} that run {ConsoleText.Short(found.RunId)} does not flag, like kind "
                + $"{found.KindId} ({found.Name}), among the {ConsoleText.Count(found.LookedAt)} most anomalous of those:"
        );
        var table = ConsoleTables.Of("source_id", ">score", ">likeness");
        foreach (var star in found.Stars)
            table.Row(star.SourceId, ConsoleText.Number(star.AnomalyScore, "0.000"), ConsoleText.Number(star.Likeness, "0.00"));
        console.Write(table);
    }

    public static void Show(IAnsiConsole console, KindLabelResource labelled) =>
        console.Say($"{ConsoleText.Plural(labelled.Labels, "star", "stars")} labelled as {labelled.Kind} in the set {labelled.LabelSet}.");

    private static string Ids(IReadOnlyList<KindStar> stars) => string.Join(", ", stars.Take(3).Select(s => s.SourceId));
}
