using System.Diagnostics;
using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>Another process that holds a lease until it is released or killed.</summary>
internal sealed class Probe : IDisposable
{
    private readonly Process _process;

    private Probe(Process process, string line)
    {
        _process = process;
        Line = line;
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "Almagest.Postgres.Probe.dll");

    public static string DotNet => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary><c>ready started|attached …</c> or <c>failed …</c></summary>
    public string Line { get; }

    /// <param name="keep">seconds for which the server stays up after its last user</param>
    public static async Task<Probe> StartAsync(ServerHome home, int keep = 0)
    {
        var info = new ProcessStartInfo(DotNet, [Program, $"{keep}"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        info.Environment["ALMAGEST_HOME"] = home.Home;
        var process = Process.Start(info)!;
        return new Probe(process, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "");
    }

    /// <summary>Lets it give its lease back and end.</summary>
    public async Task ReleaseAsync()
    {
        _process.StandardInput.Close();
        Assert.Equal("released", await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, _process.ExitCode);
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
