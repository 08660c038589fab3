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
        var (root, parsed) = Parse(shell, args);
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

    // By their names, so that one can be made without the others: to make them all takes longer than most commands work.
    private static readonly (string Name, Func<CommandShell, GlobalOptions, Command> Create)[] s_commands =
    [
        ("demo", DemoCommand.Create),
        (SettingCatalogue.Serve, ServeCommand.Create),
        ("worker", WorkerCommand.Create),
        ("ingest", IngestCommand.Create),
        ("preview", PreviewCommand.Create),
        ("datasets", DatasetCommands.Create),
        ("discover", DiscoverCommands.Create),
        ("sweep", SweepCommand.Create),
        ("runs", RunCommands.Create),
        ("plot", PlotCommands.Create),
        ("analytics", AnalyticsCommands.Create),
        ("consensus", ConsensusCommand.Create),
        ("labels", LabelCommands.Create),
        ("crossmatch", CrossMatchCommand.Create),
        ("links", LinkCommands.Create),
        ("watch", WatchCommands.Create),
        ("moc", MocCommand.Create),
        ("views", ViewCommands.Create),
        ("deletions", DeletionCommands.Create),
        ("tokens", TokenCommands.Create),
        ("db", DatabaseCommands.Create),
        ("backup", BackupCommands.CreateBackup),
        ("restore", BackupCommands.CreateRestore),
        ("ledger", LedgerCommands.Create),
        ("config", ConfigCommands.Create),
        (CompletionCommands.Name, CompletionCommands.Create),
        ("simulate", SimulateCommand.Create),
        ("bench", BenchCommand.Create),
    ];

    /// <summary>The tree of commands: the one that the arguments begin with, or all where that is not enough.</summary>
    private static (RootCommand Root, ParseResult Parsed) Parse(CommandShell shell, IReadOnlyList<string> args)
    {
        // What completes commands, or describes them, is about all of them; so are help and what is said of a mistake.
        if (args is [var first, ..] && first != CompletionCommands.Name && s_commands.Any(c => c.Name == first))
        {
            var only = Build(shell, first);
            var parsed = Parse(only, args);
            if (parsed.Action is not ParseErrorAction && !HelpPages.IsShown(parsed.Action) && UsageErrors.MistakenOption(parsed) is null)
                return (only, parsed);
        }
        var root = Build(shell);
        return (root, Parse(root, args));
    }

    /// <param name="only">the command to be made; null = all of them</param>
    internal static RootCommand Build(CommandShell shell, string? only = null)
    {
        var root = new RootCommand(
            "Almagest, a discovery ledger for star catalogues: loads catalogues, finds anomalies and clusters, remembers every run."
        );
        var global = new GlobalOptions();
        root.Add(global.Database);
        root.Add(global.Json);
        // The options of serve are settings, which every command reads.
        foreach (var (name, create) in s_commands.Where(c => only is null || c.Name == only || c.Name == SettingCatalogue.Serve))
        {
            var command = create(shell, global);
            if (command.Name != name)
                throw new InvalidOperationException($"the command {command.Name} is listed as {name}");
            root.Add(command);
        }
        HelpPages.Attach(root, shell);
        return root;
    }
}
