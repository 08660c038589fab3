using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Consensus;
using Almagest.Runs.Comparison;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs clusters</c>: which clusters of several runs are the same.</summary>
internal static class RunClustersCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var standard = new ClusterMatchingOptions();
        var ids = RunCompareCommand.Ids(2);
        var minJaccard = OptionFactory.Real(
            "--min-jaccard",
            "J",
            FormattableString.Invariant(
                $"Least Jaccard similarity of clusters that are the same one, in (0, 1] (default {standard.MinJaccard})"
            )
        );
        var top = OptionFactory.Whole("--top", "N", "How many clusters to print (default 20)", 1, ClusterIdentityReader.MostIdentities);
        var members = OptionFactory.Whole(
            "--members",
            "N",
            "List this many members of each, the surest first (default 0)",
            0,
            ClusterIdentityReader.MostMembers
        );
        var command = new DescribedCommand(
            "clusters",
            "Recognise clusters across cluster runs: which are the same, how stable, which split or merge, and how surely each star "
                + "belongs",
            "almagest runs clusters 1f0c2a9e 77ab03d1 e4b0917c",
            "almagest runs clusters 1f0c2a9e 77ab03d1 --top 3 --members 50 --json"
        )
        {
            ids,
            minJaccard,
            top,
            members,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await RunCompareCommand.FindAsync(session.Ledger, parsed.GetRequiredValue(ids), 2, shell.CancellationToken);
                var options = standard with
                {
                    MinJaccard = parsed.GetValue(minJaccard) ?? standard.MinJaccard,
                    Limit = (int)(parsed.GetValue(top) ?? 20),
                    Members = (int)(parsed.GetValue(members) ?? 0),
                };
                var found = await new ClusterIdentityReader(session.Ledger).ReadAsync(runs, options, shell.CancellationToken);
                shell.Answer(found.ToResource(), new ClusterIdentityView(found).Show);
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
