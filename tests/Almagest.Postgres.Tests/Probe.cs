using System.Diagnostics;
using Xunit;

namespace Almagest.Postgres.Tests;

/// <summary>Another process that holds a lease until it is released or killed.</summary>
sealed class Probe : IDisposable
{
    readonly Process process;

    Probe(Process process, string line)
    {
        this.process = process;
        Line = line;
    }

    public static string Program => Path.Combine(AppContext.BaseDirectory, "Almagest.Postgres.Probe.dll");

    public static string DotNet => Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary><c>ready started|attached …</c> or <c>failed …</c></summary>
    public string Line { get; }

    public static async Task<Probe> StartAsync(ServerHome home)
    {
        var info = new ProcessStartInfo(DotNet, [Program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["ALMAGEST_HOME"] = home.Home;
        var process = Process.Start(info)!;
        return new Probe(process, await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? "");
    }

    /// <summary>Lets it give its lease back and end.</summary>
    public async Task ReleaseAsync()
    {
        process.StandardInput.Close();
        Assert.Equal("released", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }
}
