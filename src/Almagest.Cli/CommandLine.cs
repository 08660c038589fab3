using System.CommandLine;
using System.CommandLine.Invocation;
using Almagest.Cli.Commands;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;

namespace Almagest.Cli;

/// <summary>The whole command line: parses the arguments, runs one command, answers its exit code.</summary>
internal static class CommandLine
{
    /// <summary>Runs one command, its output going to pipes or files: no colour, no progress bars.</summary>
    /// <inheritdoc cref="RunAsync(IReadOnlyList{string}, TextWriter, TextWriter, TerminalInfo, SettingSources, CancellationToken)"/>
    public static Task<int> RunAsync(
        IReadOnlyList<string> args,
        TextWriter stdout,
        TextWriter stderr,
        CancellationToken cancellationToken = default
    ) => RunAsync(args, stdout, stderr, TerminalInfo.None, SettingSources.WithoutFiles, cancellationToken);

    /// <param name="stdout">gets the answer alone; with <c>--json</c> exactly one JSON document</param>
    /// <param name="stderr">gets messages, progress and errors, from any thread</param>
    /// <param name="terminal">what the writers lead to</param>
    /// <param name="sources">where settings may stand</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        TextWriter stdout,
        TextWriter stderr,
        TerminalInfo terminal,
        SettingSources sources,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(args);
        var json = args.TakeWhile(a => a != "--").Contains("--json");
        var shell = new CommandShell(stdout, stderr, terminal, json, cancellationToken);
        var root = Build(shell);
        var parsed = Parse(root, args);
        if (parsed.Action is ParseErrorAction)
            return UsageErrors.Report(parsed, shell, UsageErrors.MistakenOption(parsed));
        if (!HelpPages.IsShown(parsed.Action) && UsageErrors.MistakenOption(parsed) is { } mistaken)
            return UsageErrors.Report(parsed, shell, mistaken);
        try
        {
            if (!HelpPages.IsShown(parsed.Action))
            {
                var settings = ProgramSettings.Load(root, sources);
                shell.Provide(settings);
                shell.OriginOf = settings.OriginOf;
                parsed = WithSettings(root, args, parsed, settings);
                if (parsed.Action is ParseErrorAction)
                    return UsageErrors.Report(parsed, shell);
            }
            // Signals are this program's own matter (StopSignals), and so are exceptions.
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = stdout,
                    Error = stderr,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellationToken
            );
        }
        catch (Exception e)
        {
            return ErrorReport.Of(e, cancellationToken).Write(shell);
        }
    }

    private static ParseResult Parse(RootCommand root, IReadOnlyList<string> args) =>
        root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });

    /// <summary>The same command line with the options that files and environment set.</summary>
    private static ParseResult WithSettings(RootCommand root, IReadOnlyList<string> args, ParseResult parsed, ProgramSettings settings)
    {
        var options = settings.TakeFor(parsed);
        if (options.Count == 0)
            return parsed;
        // Behind two dashes there are no options.
        var end = args.TakeWhile(a => a != "--").Count();
        return Parse(root, [.. args.Take(end), .. options, .. args.Skip(end)]);
    }

    internal static RootCommand Build(CommandShell shell)
    {
        var root = new RootCommand(
            "Almagest, a discovery ledger for star catalogues: loads catalogues, finds anomalies and clusters, remembers every run."
        );
        var global = new GlobalOptions();
        root.Add(global.Database);
        root.Add(global.Json);
        foreach (
            var command in new Func<CommandShell, GlobalOptions, Command>[]
            {
                DemoCommand.Create,
                ServeCommand.Create,
                WorkerCommand.Create,
                IngestCommand.Create,
                PreviewCommand.Create,
                DatasetCommands.Create,
                DiscoverCommands.Create,
                SweepCommand.Create,
                RunCommands.Create,
                PlotCommands.Create,
                AnalyticsCommands.Create,
                ConsensusCommand.Create,
                LabelCommands.Create,
                CrossMatchCommand.Create,
                LinkCommands.Create,
                WatchCommands.Create,
                MocCommand.Create,
                ViewCommands.Create,
                DeletionCommands.Create,
                TokenCommands.Create,
                DatabaseCommands.Create,
                BackupCommands.CreateBackup,
                BackupCommands.CreateRestore,
                LedgerCommands.Create,
                ConfigCommands.Create,
                CompletionCommands.Create,
                SimulateCommand.Create,
                BenchCommand.Create,
            }
        )
        {
            root.Add(command(shell, global));
        }
        HelpPages.Attach(root, shell);
        return root;
    }
}
