using System.Diagnostics;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Programs that astronomers use, as they are installed on this machine.</summary>
static class VoClient
{
    static readonly TimeSpan Longest = TimeSpan.FromMinutes(4);

    /// <summary>Debian's Python: the one that Debian's packages of pyvo and astropy are for.</summary>
    const string Python = "/usr/bin/python3";

    /// <summary>Runs a script with pyvo, numpy and the server's address as <c>server</c>; what it prints.</summary>
    public static async Task<string> PyvoAsync(Uri server, string script)
    {
        var (code, _) = File.Exists(Python) ? await RunAsync(Python, "-c", "import pyvo") : (1, "");
        Assert.SkipWhen(code != 0, "There is no pyvo here: apt-get install python3-pyvo.");
        return await RequireAsync(Python, "-W", "ignore", "-c", $"import sys, pyvo, numpy\nserver = sys.argv[1].rstrip('/')\n{script}", server.ToString());
    }

    /// <summary>Runs a command of STILTS; what it prints.</summary>
    public static Task<string> StiltsAsync(params string[] arguments)
    {
        Assert.SkipWhen(Find("stilts") is null, "There is no STILTS here: apt-get install stilts.");
        return RequireAsync("stilts", arguments);
    }

    /// <summary>The same where an exit code other than 0 is a finding and no failure of the command.</summary>
    public static async Task<string> LintAsync(params string[] arguments)
    {
        Assert.SkipWhen(Find("stilts") is null, "There is no STILTS here: apt-get install stilts.");
        return (await RunAsync("stilts", arguments)).Output;
    }

    static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    static async Task<string> RequireAsync(string program, params string[] arguments)
    {
        var (code, output) = await RunAsync(program, arguments);
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Longest);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
