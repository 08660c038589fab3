using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class WatchTests
{
    [Fact]
    public async Task A_watch_is_added_told_of_new_flags_listed_shown_and_removed()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        Assert.Contains("There is no watch", (await ledger.RunAsync("watch", "list")).Ok().Out, StringComparison.Ordinal);
        var added = (await ledger.RunAsync("watch", "add", "whole", "--region", "dec=-90..90", "-d", "sky", "--by", "eve", "--json")).Ok();
        Assert.Equal("eve", added.Json.GetProperty("added_by").GetString());
        Assert.Contains("No new run", (await ledger.RunAsync("watch", "look")).Ok().Out, StringComparison.Ordinal);

        // Twice as many as the runs before: what they flagged, and others.
        (await ledger.RunAsync("discover", "anomalies", "--contamination", "0.2")).Ok();
        var told = (await ledger.RunAsync("watch", "look", "--json")).Ok().Json[0];
        Assert.Equal((2, 400), (told.GetProperty("earlier_runs").GetInt32(), told.GetProperty("flagged").GetInt32()));
        var newly = told.GetProperty("newly_flagged").GetInt32();
        Assert.InRange(newly, 150, 250);
        var run = told.GetProperty("run_id").GetString()![^8..];
        var sentence =
            $"{newly} newly flagged by run {run}; 2 earlier runs of the same detector and recipe did not flag them; it flags 20 % of";
        var shown = (await ledger.RunAsync("watch", "show", "whole")).Ok().Out.ReplaceLineEndings(" ");
        Assert.Contains(sentence, shown, StringComparison.Ordinal);
        Assert.Contains(told.GetProperty("source_ids")[0].GetString()!, shown, StringComparison.Ordinal);
        var listed = (await ledger.RunAsync("watch", "list", "--json")).Ok().Json[0];
        Assert.Equal((1, 1), (listed.GetProperty("runs").GetInt32(), listed.GetProperty("runs_with_news").GetInt32()));
        Assert.Contains("whole", (await ledger.RunAsync("watch", "list")).Ok().Out, StringComparison.Ordinal);

        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("watch", "add", "both")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("watch", "add", "a", "--region", "magnitude=..15")).ExitCode);
        var taken = await ledger.RunAsync("watch", "add", "whole", "--region", "dec=0..90");
        Assert.Contains("almagest watch remove NAME", taken.Error, StringComparison.Ordinal);
        (await ledger.RunAsync("watch", "remove", "whole")).Ok();
        Assert.Contains("almagest watch list", (await ledger.RunAsync("watch", "show", "whole")).Error, StringComparison.Ordinal);
    }
}
