using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Almagest.Cli.Tests;

/// <summary>The program as a process of its own.</summary>
internal sealed partial class CliProcess : IDisposable
{
    public const int Interrupt = 2, Terminate = 15;

    readonly Process process;
    readonly Task<string> error;

    CliProcess(Process process)
    {
        this.process = process;
        error = process.StandardError.ReadToEndAsync();
    }

    public static CliProcess Start(params string[] args) => Start(new Dictionary<string, string?>(), args);

    /// <param name="environment">variables to set, or to remove where null</param>
    public static CliProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] args)
    {
        // Tests that were themselves started in the background of a script inherit SIGINT as ignored; a user's terminal gives it as usual.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(CommandLine).Assembly.Location, .. args])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment.Remove("ALMAGEST_DATABASE");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new CliProcess(Process.Start(start)!);
    }

    public StreamReader Output => process.StandardOutput;

    public bool HasExited => process.HasExited;

    /// <summary>Waits for the end, at most two minutes; answers what was printed after what has been read already.</summary>
    public async Task<CliResult> EndAsync(CancellationToken testCancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(testCancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var cancellation = limit.Token;
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return new CliResult(process.ExitCode, output, await error);
    }

    public void Signal(int number) => Xunit.Assert.Equal(0, Kill(process.Id, number));

    /// <summary>Reads standard output until a JSON document is complete.</summary>
    public async Task<string> ReadDocumentAsync(CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            lines.Add(line);
            if (line == "}") return string.Join('\n', lines);
        }
        throw new InvalidOperationException($"the program ended without a document: {string.Join('\n', lines)} {await error}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
