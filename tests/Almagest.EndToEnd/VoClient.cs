using Almagest.EndToEnd.Clients;

namespace Almagest.EndToEnd;

/// <summary>Clients of the virtual observatory, as they are installed on this machine.</summary>
internal static class VoClient
{
    /// <summary>Runs a script with pyvo, numpy and the server's address as <c>server</c>; what it prints.</summary>
    public static async Task<string> PyvoAsync(Uri server, string script)
    {
        await Tool.RequireModuleAsync("pyvo", "python3-pyvo");
        return await Tool.RunAsync(
            Tool.Python,
            "-W",
            "ignore",
            "-c",
            $"import sys, pyvo, numpy\nserver = sys.argv[1].rstrip('/')\n{script}",
            server.ToString()
        );
    }

    /// <summary>Runs a command of STILTS; what it prints.</summary>
    public static Task<string> StiltsAsync(params string[] arguments)
    {
        Tool.Require("stilts", "stilts");
        return Tool.RunAsync("stilts", arguments);
    }

    /// <summary>The same where an exit code other than 0 is a finding and no failure of the command.</summary>
    public static async Task<string> LintAsync(params string[] arguments)
    {
        Tool.Require("stilts", "stilts");
        var (_, output, errors) = await Tool.StartAsync("stilts", arguments);
        return output + errors;
    }
}
