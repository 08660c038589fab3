using System.Diagnostics;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Benchmarks;

/// <summary>Runs a program whose lines are passed on as they come.</summary>
internal static class ToolProcess
{
    /// <param name="output">gets its standard output</param>
    /// <returns>its exit code</returns>
    /// <exception cref="CommandFailedException">it cannot be started</exception>
    public static async Task<int> RunAsync(CommandShell shell, TextWriter output, params string[] arguments)
    {
        var start = new ProcessStartInfo(Dotnet(), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CommandFailedException(
                $"{start.FileName} cannot be started: {e.Message}",
                "Put the dotnet of the .NET 10 SDK into PATH."
            );
        }
        using (process)
        {
            try
            {
                await Task.WhenAll(PumpAsync(process!.StandardOutput, output.WriteLine), PumpAsync(process.StandardError, shell.Say));
                await process.WaitForExitAsync(shell.CancellationToken);
            }
            catch (OperationCanceledException)
            {
                process!.Kill(entireProcessTree: true);
                throw;
            }
            return process.ExitCode;
        }

        async Task PumpAsync(StreamReader from, Action<string> to)
        {
            while (await from.ReadLineAsync(shell.CancellationToken) is { } line)
                to(line);
        }
    }

    private static string Dotnet() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
