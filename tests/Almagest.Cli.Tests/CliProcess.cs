using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Almagest.Cli.Tests;

/// <summary>The program as a process of its own.</summary>
internal sealed partial class CliProcess : IDisposable
{
    public const int Interrupt = 2,
        Terminate = 15;

    private readonly Process _process;
    private readonly Task<string> _error;

    private CliProcess(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public static CliProcess Start(params string[] args) => Start(new Dictionary<string, string?>(), args);

    /// <param name="environment">variables to set, or to remove where null</param>
    public static CliProcess Start(IReadOnlyDictionary<string, string?> environment, params string[] args)
    {
        // Tests that were themselves started in the background of a script inherit SIGINT as ignored; a user's terminal gives it as usual.
        var start = new ProcessStartInfo(
            "env",
            [
                "--default-signal=INT",
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                typeof(CommandLine).Assembly.Location,
                .. args,
            ]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("ALMAGEST_DATABASE");
        // A test ends with all that it started.
        start.Environment["ALMAGEST_KEEP_RUNNING"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new CliProcess(Process.Start(start)!);
    }

    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    public bool HasExited => _process.HasExited;

    /// <summary>Waits for the end, at most two minutes; answers what was printed after what has been read already.</summary>
    public async Task<CliResult> EndAsync(CancellationToken testCancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(testCancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var cancellationToken = limit.Token;
        var output = await _process.StandardOutput.ReadToEndAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return new CliResult(_process.ExitCode, output, await _error);
    }

    public void Signal(int number) => Xunit.Assert.Equal(0, Kill(_process.Id, number));

    /// <summary>Reads standard output until a JSON document is complete.</summary>
    public async Task<string> ReadDocumentAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            if (line == "}")
                return string.Join('\n', lines);
        }
        throw new InvalidOperationException($"the program ended without a document: {string.Join('\n', lines)} {await _error}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
