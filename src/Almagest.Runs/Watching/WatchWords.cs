using System.Globalization;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Watching;

/// <summary>What a run says of the stars of a watch, in a sentence.</summary>
internal static class WatchWords
{
    /// <param name="knownAlone">whether watched stars are counted that the ledger has: the others are in files</param>
    /// <param name="watched">watched stars that the run analysed</param>
    /// <param name="flagged">of these, flagged</param>
    /// <param name="newly">of these, analysed by some of the earlier runs and flagged by none</param>
    /// <param name="first">flagged, and analysed by no earlier run</param>
    /// <param name="leastBefore">the fewest earlier runs that analysed one of the newly flagged stars</param>
    /// <param name="share">the share of its stars that the run flags, and the largest of the earlier runs; null = not known</param>
    public static string Sentence(
        DiscoveryRun run,
        bool knownAlone,
        int earlier,
        long watched,
        long flagged,
        long newly,
        long first,
        long leastBefore,
        (double Now, double Before)? share
    )
    {
        var name = $"run {Short(run.RunId)}";
        if (watched == 0)
            return knownAlone ? $"{name} flags none of the watched stars" : $"{name} analysed none of the watched stars";
        if (earlier == 0)
            return $"{name} is the first run of its kind: nothing to compare with; it flags {Count(flagged)} of "
                + Stars(watched, knownAlone);
        var runs = $"{Count(earlier)} earlier {(earlier == 1 ? "run" : "runs")} of the same detector and recipe";
        if (flagged == 0)
            return $"{name} flags none of {Stars(watched, knownAlone)}; {runs}";
        var text =
            newly == 0
                ? $"nothing newly flagged by {name}; it flags {Count(flagged)} of {Stars(watched, knownAlone)}, {runs}"
                : $"{Count(newly)} newly flagged by {name}; {runs} did not flag {(newly == 1 ? "it" : "them")}";
        if (newly > 0 && leastBefore < earlier)
            text += newly == 1 ? $" ({Count(leastBefore)} of them analysed it)" : $" (not all of them analysed each of these stars)";
        if (first > 0)
            text +=
                $"; {Count(first)}{(newly > 0 ? " more" : "")} flagged {(first == 1 ? "star was" : "stars were")} analysed by no earlier "
                + "run: no news of a change";
        if (newly > 0 && share is { } s && s.Now > s.Before)
            text += $"; it flags {Percent(s.Now)} of its stars, the earlier {(earlier == 1 ? "one" : "ones at most")} {Percent(s.Before)}";
        return text;
    }

    /// <summary>As runs are named in lists.</summary>
    public static string Short(Guid runId) => runId.ToString()[^8..];

    private static string Stars(long count, bool knownAlone) =>
        $"{Count(count)} watched {(count == 1 ? "star" : "stars")}{(knownAlone ? " that the ledger has" : "")}";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double share) => PercentText.Of(100 * share, "0.##");
}
