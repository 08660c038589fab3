using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Runs.Explanation;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>datasets compare</c> answers.</summary>
internal static class DatasetComparisonView
{
    public static void Show(IAnsiConsole console, DatasetComparisonResource found)
    {
        console.Heading($"{found.Dataset1} and {found.Dataset2}");
        console.Facts(
            ("stars in both", Pairing(found.Pairing)),
            ($"only in {found.Dataset1}", Alone(found.Only1, found.Dataset2)),
            ($"only in {found.Dataset2}", Alone(found.Only2, found.Dataset1)),
            ("only there", found.Columns1.Count == 0 ? null : $"columns of {found.Dataset1}: {string.Join(", ", found.Columns1)}"),
            ("new columns", found.Columns2.Count == 0 ? null : $"columns of {found.Dataset2}: {string.Join(", ", found.Columns2)}")
        );
        var table = ConsoleTables.Of(
            "quantity",
            "unit",
            ">stars",
            ">shift",
            ">±",
            ">scatter",
            ">error 1",
            ">error 2",
            ">scatter in σ",
            ">beyond 3 σ",
            ">expected",
            ">beyond 5 σ"
        );
        foreach (var q in found.Quantities)
            table.Row(
                q.Quantity,
                q.Unit ?? "",
                ConsoleText.Count(q.Pairs),
                Value(q.Shift) + (q.IsSystematic ? "!" : ""),
                Value(q.ShiftError),
                Value(q.Scatter),
                Value(q.Error1),
                Value(q.Error2),
                ConsoleText.Number(q.SigmaScatter, "0.00"),
                q.Beyond3 is { } three ? ConsoleText.Count(three) : "–",
                ConsoleText.Number(q.Expected3, "0.#"),
                q.Beyond5 is { } five ? ConsoleText.Count(five) : "–"
            );
        console.Write(table);
        if (found.Quantities.Any(q => q.IsSystematic))
            console.Say("! The shift is more than five of its errors: a systematic difference, which is no change of single stars.");
        foreach (var q in found.Quantities.Where(q => q.Lost + q.Gained > 0))
            console.Say(
                $"{q.Quantity}: {ConsoleText.Plural(q.Lost, "star has", "stars have")} it only in {found.Dataset1}, "
                    + $"{ConsoleText.Count(q.Gained)} only in {found.Dataset2}."
            );
        foreach (var note in found.Pairing.Notes.Concat(found.Notes))
            console.Say(note);
    }

    public static string Pairing(PairingResource pairing) =>
        $"{ConsoleText.Count(pairing.Pairs)}, "
        + (pairing.MatchId is { } match ? $"by cross-match {match}" : "by equal ids")
        + (
            pairing.Ambiguous1 + pairing.Ambiguous2 > 0
                ? $"; {ConsoleText.Count(pairing.Ambiguous1)} and {ConsoleText.Count(pairing.Ambiguous2)} with several links, in no pair"
                : ""
        )
        + (pairing.Elsewhere > 0 ? $"; {ConsoleText.Count(pairing.Elsewhere)} equal ids of stars that are elsewhere" : "");

    private static string Alone(UnpairedStars stars, string other)
    {
        string[] of =
        [
            .. stars.OutsideCoverage > 0
                ? [$"{ConsoleText.Count(stars.OutsideCoverage)} where {other} has no star around"]
                : Array.Empty<string>(),
            .. stars.Fainter > 0 ? [$"{ConsoleText.Count(stars.Fainter)} fainter than 99 % of {other}"] : Array.Empty<string>(),
            .. stars.MedianMagnitude is { } m ? [$"median magnitude {ConsoleText.Number(m, "0.0")}"] : Array.Empty<string>(),
        ];
        return ConsoleText.Count(stars.Count) + (of.Length == 0 ? "" : $" ({string.Join("; ", of)})");
    }

    private static string Value(double? value) =>
        value is { } v
            ? Math.Abs(v) < 1e4
                ? v.ToString("G3", CultureInfo.InvariantCulture)
                : RunExplanation.Number(v)
            : "–";
}
