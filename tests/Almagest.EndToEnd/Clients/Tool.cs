using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>Programs of other people, as Debian packages them. A test whose program is not installed is skipped with the command that
/// installs it.</summary>
internal static class Tool
{
    /// <summary>Debian's Python, where its packages are; not one that a user has put before it.</summary>
    public const string Python = "/usr/bin/python3";

    /// <summary>Java that ends within a second or two is quicker where it compiles once, and collects garbage on one thread.</summary>
    private static readonly string[] s_briefJava = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];

    private static readonly ConcurrentDictionary<string, Lazy<Task<bool>>> s_modules = new();

    /// <param name="package">the Debian package that holds it</param>
    public static void Require(string program, string package) =>
        Assert.SkipWhen(Find(program) is null, $"{program} is not installed: apt-get install {package}");

    /// <summary>Skips where Debian's Python has no such module.</summary>
    public static async Task RequireModuleAsync(string module, string package)
    {
        Require(Python, "python3");
        var found = s_modules.GetOrAdd(
            module,
            m => new Lazy<Task<bool>>(async () =>
                (await StartAsync(Python, "-c", $"import importlib.util, sys; sys.exit(importlib.util.find_spec('{m}') is None)")).Code == 0
            )
        );
        Assert.SkipUnless(await found.Value, $"The Python module {module} is not installed: apt-get install {package}");
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

    public static string? Find(string program) =>
        Path.IsPathRooted(program)
            ? File.Exists(program)
                ? program
                : null
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(':')
                .Select(folder => Path.Combine(folder, program))
                .FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end, which the end of the test brings about as well.</summary>
    public static async Task<(int Code, string Output, string Errors)> StartAsync(string program, params string[] arguments)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var process = Process.Start(
            new ProcessStartInfo(program, program == "stilts" ? [.. s_briefJava, .. arguments] : arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                RedirectStandardInput = true,
            }
        )!;
        try
        {
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output, await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
