using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Commands;

/// <summary><c>runs identify</c>: the clusters of a run beside a catalogue of known ones.</summary>
internal static class RunIdentifyCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var with = OptionFactory.Text(
            "--with",
            "DATASET",
            "A dataset of known clusters, one row a cluster; without it what is stored is shown"
        );
        var labels = OptionFactory.Text("--labels", "SET", "The set of labels that names members of known clusters (default: every set)");
        var cluster = OptionFactory.Whole("--cluster", "N", "One cluster, with all known ones that were looked at", 0, int.MaxValue);
        var by = RunAnnotationCommands.By();
        var command = new DescribedCommand(
            "identify",
            "Name the clusters of a run after a loaded catalogue of known clusters, and store the names beside the run",
            "almagest runs identify 1f0c2a9e --with hunt2023",
            "almagest runs identify 1f0c2a9e --with hunt2023 --labels members",
            "almagest runs identify 1f0c2a9e --cluster 3"
        )
        {
            id,
            with,
            labels,
            cluster,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                if (parsed.GetValue(labels) is not null && parsed.GetValue(with) is null)
                    throw new UsageException("--labels is of a new comparison", "Say with which catalogue: --with DATASET.", "--labels");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var chosen = (int?)parsed.GetValue(cluster);
                if (parsed.GetValue(with) is { } catalogue)
                {
                    var found = await new ClusterIdentifier(session.Ledger).IdentifyAsync(
                        run,
                        catalogue,
                        parsed.GetValue(labels),
                        RunAnnotationCommands.Who(parsed, by),
                        shell.CancellationToken
                    );
                    shell.Answer(found, console => IdentificationView.Show(console, found, chosen));
                    return ExitCodes.Done;
                }
                var stored = await new StoredIdentifications(session.Ledger).OfAsync(run.RunId, shell.CancellationToken);
                shell.Answer(stored, console => IdentificationView.Show(console, stored, chosen));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
