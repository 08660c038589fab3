using System.Globalization;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>Clusters as an astronomer describes them: where, how far, moving how, and how well that is known.</summary>
internal static class ClusterLines
{
    // A narrower terminal shows the means alone.
    private const int WidthOfErrors = 110;

    /// <summary>The first of them under a heading that says how many there are; nothing where there are none, or none are wanted.</summary>
    /// <param name="clusters">largest first</param>
    public static void ShowLargest(IAnsiConsole console, IReadOnlyList<ClusterResource> clusters, int top)
    {
        if (clusters.Count == 0 || top == 0)
            return;
        console.Say(
            top < clusters.Count
                ? $"\nThe {ConsoleText.Count(top)} largest of {ConsoleText.Count(clusters.Count)} clusters (--top N shows more):"
                : "\nThe clusters:"
        );
        Show(console, [.. clusters.Take(top)]);
    }

    public static void Show(IAnsiConsole console, IReadOnlyList<ClusterResource> clusters)
    {
        // What no cluster of the list has, takes no room: an older run has numbers and sizes, few algorithms judge their clusters.
        var described = clusters.Any(c => c.RaDeg is not null);
        var judged = clusters.Any(c => c.Contrast is not null);
        var named = clusters.Any(c => c.KnownAs is not null);
        var errors = console.Profile.Width >= WidthOfErrors;
        var table = ConsoleTables.Of([
            ">cluster",
            ">stars",
            .. Only(described, ">RA (°)", ">Dec (°)", ">half in (°)", ">plx (mas)", ">dist (pc)", ">pmRA", ">pmDec"),
            .. Only(judged, ">contrast", ">σ"),
            .. Only(named, "known as"),
        ]);
        foreach (var c in clusters)
        {
            table.Row([
                c.ClusterId.ToString(CultureInfo.InvariantCulture),
                ConsoleText.Count(c.Size),
                .. Only(
                    described,
                    ConsoleText.RightAscension(c.RaDeg, "0.00"),
                    ConsoleText.Number(c.DecDeg, "+0.00;-0.00"),
                    ConsoleText.Number(c.RadiusDeg, "0.00"),
                    Written(c.ParallaxMas, c.ParallaxErrorMas, "0.00", errors),
                    c.DistanceText(errors),
                    Written(c.PmraMasYr, c.PmraErrorMasYr, "0.0", errors),
                    Written(c.PmdecMasYr, c.PmdecErrorMasYr, "0.0", errors)
                ),
                .. Only(judged, ConsoleText.Number(c.Contrast, "0.#"), ConsoleText.Number(c.Significance, "0.0")),
                .. Only(named, c.KnownAs is { } known ? known[0].Text : "–"),
            ]);
        }
        console.Write(table);
        if (described && !judged)
            console.Say(ClusterResource.NoProbabilities);
        if (clusters.Any(c => c.DistancePc is not null))
            console.Say($"{ClusterResource.Distances} {ClusterResource.ZeroPoint}");
    }

    // Without the error the value has no digit that the error does not bear out.
    private static string Written(double? value, double? error, string format, bool withError) =>
        withError ? MeasuredText.Of(value, error, format) : MeasuredText.Alone(value, error, format);

    private static string[] Only(bool wanted, params string[] cells) => wanted ? cells : [];
}
