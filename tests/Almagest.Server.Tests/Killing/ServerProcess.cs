using System.Diagnostics;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>A server with two workers in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>The program that is killed.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "Almagest.ServerProbe.dll");

    private ServerProcess(Process process) => _process = process;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public static async Task<ServerProcess> StartAsync(string connection, string? point = null)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var info = new ProcessStartInfo(dotnet, [Program, connection, point ?? ""])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new ServerProcess(Process.Start(info)!);
        server._process.ErrorDataReceived += (_, _) => { };
        server._process.BeginErrorReadLine();
        // The point may be reached before the server says that it has started.
        server._first = await server._process.StandardOutput.ReadLineAsync(CancellationToken);
        Assert.Matches("^(ready |reached$)", server._first);
        return server;
    }

    private string? _first;

    /// <summary>Of a server that stands at no point.</summary>
    public Uri Address => new(_first!["ready ".Length..]);

    public int Id => _process.Id;

    /// <summary>Waits until it stands at its point.</summary>
    public async Task ReachedAsync()
    {
        for (var line = _first; line != "reached"; line = await _process.StandardOutput.ReadLineAsync(CancellationToken))
            Assert.NotNull(line);
        _first = null;
    }

    public async Task GoOnAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync(CancellationToken);
    }

    public async Task ArmAsync()
    {
        await _process.StandardInput.WriteLineAsync("again");
        await _process.StandardInput.FlushAsync(CancellationToken);
        _first = "armed";
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
