using System.CommandLine;
using System.Diagnostics;
using Almagest.Catalog.Files;
using Almagest.Cli.Demo;
using Almagest.Cli.Serving;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Features;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>demo</c>: the main job from a catalogue to answers across runs, on a simulated sky or a catalogue of the user's.</summary>
internal static class DemoCommand
{
    private const int RejectedShown = 10;

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var serving = new ServingOptions();
        var file = OptionFactory.Text("--file", "FILE", "Use this catalogue instead of the simulated sky");
        var map = IngestCommand.Mapping();
        var stars = OptionFactory.Whole(
            "--stars",
            "N",
            $"Stars of the simulated sky (default {new SkySimulationOptions().Stars})",
            100,
            100_000_000,
            "-n"
        );
        var noServe = OptionFactory.Flag("--no-serve", "End when the summary is printed");
        var command = new DescribedCommand(
            "demo",
            "See it all at work: load a catalogue, run several discoveries, ask across runs; then serve",
            "almagest demo",
            "almagest demo --no-serve --json",
            "almagest demo --file gaia-100pc.csv --port 8080"
        )
        {
            file,
            map,
            stars,
            noServe,
            serving.Port,
            serving.Bind,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(file);
                if (path is not null)
                    IngestCommand.RequireFiles([path]);
                if (path is not null && parsed.GetValue(stars) is not null)
                    throw new UsageException("--stars belongs to the simulated sky, not to --file", "Leave one of them out.", "--stars");
                if (path is null && parsed.GetValue(map) is { Length: > 0 })
                    throw new UsageException("--map names columns of a --file, and there is none", "Leave it out, or add --file.", "--map");
                var mapping = IngestCommand.ReadMap(parsed.GetValue(map) ?? []);
                await using var session = await LedgerSession.OpenAsync(
                    shell,
                    parsed,
                    global,
                    SchemaPolicy.Migrate,
                    isService: !parsed.GetValue(noServe)
                );
                var watch = Stopwatch.StartNew();
                var ingest = path is not null
                    ? await IngestCommand.LoadAsync(shell, session.Ledger, [path], new IngestOptions { Map = mapping })
                    : await LoadSimulatedAsync(
                        shell,
                        session.Ledger,
                        new SkySimulationOptions { Stars = parsed.GetValue(stars) ?? new SkySimulationOptions().Stars }
                    );
                var report = await ReportAsync(shell, session.Ledger, ingest, watch);
                if (parsed.GetValue(noServe))
                {
                    shell.Answer(report.Document, report.Show);
                    if (!shell.Json)
                        report.ShowNext(shell.Screen);
                    return ExitCodes.Done;
                }
                // People see what was found even if the port is taken; machines get one document.
                if (!shell.Json)
                    report.Show(shell.Screen);
                await using var server = await RunningServer.StartAsync(
                    session,
                    new ServingPlan(serving.PortOf(parsed), serving.BindOf(parsed)),
                    shell
                );
                shell.Answer(
                    report.Document with
                    {
                        Server = server.Document,
                    },
                    console =>
                    {
                        console.Say("");
                        server.Show(console);
                    }
                );
                await server.UntilStoppedAsync();
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<DemoReport> ReportAsync(CommandShell shell, LedgerDatabase ledger, IngestReport ingest, Stopwatch watch)
    {
        var loaded = await DatasetResources.ReadAsync(ledger, ingest, RejectedShown, shell.CancellationToken);
        var truth = await DemoTruth.LoadAsync(ledger, ingest.Dataset, shell.CancellationToken);
        var (runs, views) = await ProgressDisplay.ShowAsync(
            shell,
            "running",
            progress => DemoRunner.RunAsync(shell, ledger, ingest.Dataset, truth, progress)
        );
        var answers = await DemoAnswers.ReadAsync(ledger, ingest.Dataset, runs, shell.CancellationToken);
        var columns = await new SelectionLoader(ledger).CoverageAsync(
            ingest.Dataset.DatasetId,
            StarFilter.All,
            DistanceRule.Usual,
            shell.CancellationToken
        );
        return new DemoReport(ingest, loaded, runs, views, answers, truth, columns, watch.Elapsed.TotalMilliseconds);
    }

    /// <summary>Writes the simulated sky to a file and loads that as any other catalogue.</summary>
    private static async Task<IngestReport> LoadSimulatedAsync(CommandShell shell, LedgerDatabase ledger, SkySimulationOptions options)
    {
        using var folder = ScratchFolder.Create();
        var name = $"simulated-sky-{options.Stars}";
        var path = Path.Combine(folder.Path, name + ".csv");
        await using (var file = OutputFile.Create(path))
            await SimulateCommand.WriteAsync(shell, new SkySimulator(options), file);
        return await IngestCommand.LoadAsync(shell, ledger, [path], new IngestOptions { DatasetName = name });
    }
}
