using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Runs.Review;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>A review as a terminal shows it.</summary>
internal static class ReviewView
{
    /// <summary>The counts, the list, and why its first star is next.</summary>
    public static void Show(IAnsiConsole console, ReviewState state)
    {
        console.Say(Counts(state.Resource));
        console.Say("");
        if (state.Resource.Stars.Count == 0)
        {
            console.Say("Every star of the run has an answer.");
            return;
        }
        StarLines.Show(console, state.Resource.Stars);
        console.Say("");
        ShowNext(console, state);
        console.Say("");
        console.Say(state.Resource.Note);
    }

    /// <summary>The star that is to be answered.</summary>
    public static void ShowNext(IAnsiConsole console, ReviewState state)
    {
        if (state.Resource.Next is not { } next || state.Why is not { } why)
            return;
        var star = next.Star;
        console.Say($"Star {star.SourceId}, number {ConsoleText.Count(next.PlaceBefore)} before any answer");
        console.Say(
            $"  RA {ConsoleText.RightAscension(star.RaDeg, "0.00000")}°, "
                + $"Dec {ConsoleText.Number(star.DecDeg, "+0.00000;-0.00000")}°; magnitude "
                + $"{ConsoleText.Number(star.Magnitude, "0.00")}, colour {ConsoleText.Number(star.Color, "0.00")}; parallax "
                + $"{ConsoleText.Number(star.ParallaxMas, "0.000")}{Error(star.ParallaxErrorMas)} mas; proper motion "
                + $"{ConsoleText.Number(star.PmraMasYr, "0.00")}, {ConsoleText.Number(star.PmdecMasYr, "0.00")} mas/yr"
                + (star.Ruwe is { } ruwe ? $"; RUWE {ConsoleText.Number(ruwe, "0.00")}" : "")
        );
        console.Say($"  {why.Sentence}");
    }

    public static string Counts(ReviewResource review) =>
        $"{ConsoleText.Count(review.Interesting)} interesting, {ConsoleText.Count(review.Ordinary)} ordinary, "
        + $"{ConsoleText.Count(review.Skipped)} skipped, {ConsoleText.Count(review.Left)} not looked at "
        + $"(labels in the set '{review.LabelSet}')";

    private static string Error(double? error) => error is null ? "" : $" ± {ConsoleText.Number(error, "0.000")}";
}
