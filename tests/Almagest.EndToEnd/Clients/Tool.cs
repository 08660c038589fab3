using System.Diagnostics;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>Programs of other people, as Debian packages them. A test whose program is not installed is skipped with the command that installs it.</summary>
static class Tool
{
    /// <summary>Debian's Python, where its packages are; not one that a user has put before it.</summary>
    public const string Python = "/usr/bin/python3";

    /// <param name="package">the Debian package that holds it</param>
    public static void Require(string program, string package) =>
        Assert.SkipWhen(Find(program) is null, $"{program} is not installed: apt-get install {package}");

    /// <summary>Skips where Debian's Python has no such module.</summary>
    public static async Task RequireModuleAsync(string module, string package)
    {
        Require(Python, "python3");
        var (code, _, _) = await StartAsync(Python, ["-c", $"import {module}"]);
        Assert.SkipWhen(code != 0, $"The Python module {module} is not installed: apt-get install {package}");
    }

    /// <summary>Runs it, and fails with what it says unless it ends well.</summary>
    /// <returns>its standard output</returns>
    public static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output, errors) = await StartAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}\n{output}\n{errors}");
        return output;
    }

    /// <summary>A file beside the tests.</summary>
    public static string Beside(string file) => Path.Combine(AppContext.BaseDirectory, "Clients", file);

    public static string? Find(string program) => Path.IsPathRooted(program) ? File.Exists(program) ? program : null
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    static async Task<(int Code, string Output, string Errors)> StartAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
