using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Export;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;

namespace Almagest.Cli.Commands;

/// <summary><c>runs export</c>: the per-star results of a run with their catalogue columns and where they come from, page by
/// page.</summary>
internal static class RunExportCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write; compressed if its name ends in .gz; - is standard output; of a HATS catalogue its folder",
            HelpName = "FILE",
            Required = true,
        };
        var table = new TableOutput("--output", HatsOutput.Name);
        var anomalies = OptionFactory.Flag("--anomalies", "Only the flagged stars, most anomalous first");
        var kinds = OptionFactory.Flag("--kinds", "The flagged stars, each with its kind: why it is flagged");
        var cluster = OptionFactory.Whole("--cluster", "N", "Only the members of this cluster; -1 = noise", -1, int.MaxValue);
        var clustered = OptionFactory.Flag("--clustered", "Only the members of clusters, whichever");
        var clusters = OptionFactory.Flag("--clusters", "Not the stars but the clusters: where each is, how far, moving how, with errors");
        var order = Order();
        var command = new DescribedCommand(
            "export",
            "Write a run's stars and what it says of them, or its clusters, to a VOTable, FITS, CSV, ECSV, Parquet or JSON file, or its "
                + "stars to the folder of a HATS catalogue, with where they come from",
            "almagest runs export 1f0c2a9e -o run.csv.gz",
            "almagest runs export 1f0c2a9e -o members.parquet --cluster 0",
            "almagest runs export 1f0c2a9e -o clusters.vot --clusters",
            "almagest runs export 1f0c2a9e --anomalies -o - | head",
            "almagest runs export 1f0c2a9e --anomalies --order flag_probability -o sure.csv",
            "almagest runs export 1f0c2a9e --kinds -o why.parquet",
            "almagest runs export 1f0c2a9e --format hats -o run_hats"
        )
        {
            id,
            output,
            anomalies,
            kinds,
            order,
            cluster,
            clustered,
            clusters,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(output);
                var isHats = table.Other(parsed) == HatsOutput.Name;
                if (!isHats)
                    table.Check(shell, parsed, path);
                else if (parsed.GetValue(clusters) || parsed.GetValue(order) is not null)
                    throw new UsageException(
                        "a HATS catalogue is of stars, in the order of their places on the sky",
                        "Leave --clusters and --order out, or choose another --format.",
                        "--format"
                    );
                var flagged =
                    parsed.GetValue(anomalies) ? "--anomalies"
                    : parsed.GetValue(kinds) ? "--kinds"
                    : null;
                var chosen =
                    flagged
                    ?? (
                        parsed.GetValue(cluster) is not null ? "--cluster"
                        : parsed.GetValue(clustered) ? "--clustered"
                        : null
                    );
                if (parsed.GetValue(clusters) && chosen is not null)
                    throw new UsageException($"--clusters writes clusters, but {chosen} chooses stars", "Give one of them.", "--clusters");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                if (flagged is not null && run.RunType != RunTypes.Anomaly)
                    throw new UsageException(
                        $"run {ConsoleText.Short(run.RunId)} is a {run.RunType} run and flags no stars",
                        $"Leave {flagged} out, or use --cluster N.",
                        flagged
                    );
                if ((parsed.GetValue(cluster) is not null || parsed.GetValue(clustered)) && run.RunType != RunTypes.Cluster)
                    throw new UsageException(
                        $"run {ConsoleText.Short(run.RunId)} is an {run.RunType} run and has no clusters",
                        $"Leave {(parsed.GetValue(clustered) ? "--clustered" : "--cluster")} out, or use --anomalies.",
                        parsed.GetValue(clustered) ? "--clustered" : "--cluster"
                    );
                if (parsed.GetValue(clusters))
                {
                    await WriteClustersAsync(shell, parsed, session.Ledger, table, path, run);
                    return ExitCodes.Done;
                }
                CheckOrder(parsed, order, run);
                var query = new ResultQuery(
                    flagged is not null,
                    (int?)parsed.GetValue(cluster),
                    ByScore: flagged is not null || parsed.GetValue(order) == "score"
                )
                {
                    ByFlagProbability = parsed.GetValue(order) == FlagProbability,
                    ClusteredOnly = parsed.GetValue(clustered),
                };
                var why = parsed.GetValue(kinds) ? await KindsAsync(shell, session.Ledger, run) : null;
                var export = new RunExport(session.Ledger);
                if (isHats)
                {
                    using var room = new ScratchRoom();
                    await HatsOutput.AnswerAsync(
                        shell,
                        path,
                        () => export.HatsAsync(run, query, why, room: room, cancellationToken: shell.CancellationToken)
                    );
                    return ExitCodes.Done;
                }
                var rows = await export.TableAsync(run, query, why, shell.CancellationToken);
                var whole = query is { AnomaliesOnly: false, ClusteredOnly: false, ClusterId: null };
                var total =
                    path == "-" ? (long?)null
                    : whole ? run.TotalStars
                    // Of what is in no cluster there are no rows to count.
                    : RunRows.AreInFiles(run) && !query.IsOfKept ? ResultsSummary.Parse(run.ResultsSummary)?.NoiseCount
                    : await new ResultRepository(session.Ledger).CountAsync(run.RunId, query, shell.CancellationToken);
                await table.WriteAsync(shell, parsed, path, rows, "star", "stars", total);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>The option that orders the stars of an anomaly run, as the API's <c>order</c>.</summary>
    public static Option<string?> Order() =>
        OptionFactory.Choice(
            "--order",
            "Stars by score, most anomalous first, or by the chance that their true values are flagged, given their errors",
            "score",
            FlagProbability
        );

    public const string FlagProbability = "flag_probability";

    public static void CheckOrder(ParseResult parsed, Option<string?> order, DiscoveryRun run)
    {
        if (parsed.GetValue(order) is not null && run.RunType != RunTypes.Anomaly)
            throw new UsageException(
                $"run {ConsoleText.Short(run.RunId)} is a {run.RunType} run: its results have no scores",
                "Leave --order out.",
                "--order"
            );
    }

    private static async Task<StarKinds> KindsAsync(CommandShell shell, LedgerDatabase ledger, DiscoveryRun run)
    {
        using var kinds = new RunKinds(ledger);
        return await kinds.StarsAsync(run.RunId, shell.CancellationToken);
    }

    private static async Task WriteClustersAsync(
        CommandShell shell,
        ParseResult parsed,
        LedgerDatabase ledger,
        TableOutput table,
        string path,
        DiscoveryRun run
    )
    {
        if (run.RunType != RunTypes.Cluster)
            throw new UsageException(
                $"run {ConsoleText.Short(run.RunId)} is an {run.RunType} run and has no clusters",
                "Leave --clusters out, or use --anomalies.",
                "--clusters"
            );
        var export = new ClusterExport(ledger);
        var rows = await export.TableAsync(run, shell.CancellationToken);
        var total = (await export.ListAsync(run, 1, shell.CancellationToken)).Total;
        await table.WriteAsync(shell, parsed, path, rows, "cluster", "clusters", path == "-" ? null : total);
    }
}
