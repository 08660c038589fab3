using System.Text.Json;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Tests;

/// <summary>Runs commands in this process, as <c>Main</c> does.</summary>
internal static class Cli
{
    public static Task<CliResult> RunAsync(params string[] args) => RunAsync(TerminalInfo.None, args);

    public static Task<CliResult> RunAsync(TerminalInfo terminal, params string[] args) =>
        RunAsync(terminal, SettingSources.WithoutFiles, args);

    /// <param name="sources">where settings may stand</param>
    public static async Task<CliResult> RunAsync(TerminalInfo terminal, SettingSources sources, params string[] args)
    {
        var (stdout, stderr) = (new StringWriter(), new StringWriter());
        // Messages of the embedded cluster come from any thread.
        var code = await CommandLine.RunAsync(
            args,
            stdout,
            TextWriter.Synchronized(stderr),
            terminal,
            sources,
            Xunit.TestContext.Current.CancellationToken
        );
        return new CliResult(code, stdout.ToString(), stderr.ToString());
    }
}

internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>The answer as JSON; fails where standard output holds anything but one document.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>Requires success; the messages are in the failure.</summary>
    public CliResult Ok()
    {
        Xunit.Assert.True(ExitCode == ExitCodes.Done, $"exit code {ExitCode}\n{Out}\n{Error}");
        return this;
    }
}
