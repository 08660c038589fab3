using System.Diagnostics;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>A server with two workers in a process of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    readonly Process process;

    ServerProcess(Process process) => this.process = process;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ServerProcess> StartAsync(string connection, string? point = null)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var info = new ProcessStartInfo(dotnet, [Path.Combine(AppContext.BaseDirectory, "Almagest.ServerProbe.dll"), connection, point ?? ""])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var server = new ServerProcess(Process.Start(info)!);
        server.process.ErrorDataReceived += (_, _) => { };
        server.process.BeginErrorReadLine();
        // The point may be reached before the server says that it has started.
        server.first = await server.process.StandardOutput.ReadLineAsync(Cancellation);
        Assert.Contains(server.first, new[] { "ready", "reached" });
        return server;
    }

    string? first;

    /// <summary>Waits until it stands at its point.</summary>
    public async Task ReachedAsync()
    {
        for (var line = first; line != "reached"; line = await process.StandardOutput.ReadLineAsync(Cancellation))
            Assert.NotNull(line);
        first = null;
    }

    public async Task GoOnAsync()
    {
        await process.StandardInput.WriteLineAsync();
        await process.StandardInput.FlushAsync(Cancellation);
    }

    public async Task ArmAsync()
    {
        await process.StandardInput.WriteLineAsync("again");
        await process.StandardInput.FlushAsync(Cancellation);
        first = "armed";
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
    }

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }
}
