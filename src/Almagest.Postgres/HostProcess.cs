using System.ComponentModel;
using System.Diagnostics;

namespace Almagest.Postgres;

/// <summary>What a program printed and how it ended.</summary>
internal readonly record struct ProcessResult(int ExitCode, string Output, string Error)
{
    public bool Succeeded => ExitCode == 0;

    /// <summary>Everything printed, errors first, without blank ends.</summary>
    public string Text => $"{Error.Trim()}\n{Output.Trim()}".Trim();
}

/// <summary>Starts programs of the system in a clean environment: no <c>PG*</c> variables, messages in English.</summary>
internal static class HostProcess
{
    public static async Task<ProcessResult> RunAsync(
        IReadOnlyList<string> command,
        string? directory = null,
        string? input = null,
        CancellationToken cancellationToken = default
    )
    {
        using var process = Start(command, directory);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteInputAsync(process, input).ConfigureAwait(false);
            var printed = await Task.WhenAll(output, error).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return new ProcessResult(process.ExitCode, printed[0], printed[1]);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Starts a program with its three streams redirected; the caller disposes it.</summary>
    public static Process Start(IReadOnlyList<string> command, string? directory = null)
    {
        var info = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory ?? "/",
        };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);

        // PGDATA, PGOPTIONS, PGPORT … of the user's shell are meant for another server.
        foreach (var name in info.Environment.Keys.Where(IsForeign).ToList())
            info.Environment.Remove(name);
        info.Environment["LC_ALL"] = "C";
        try
        {
            return Process.Start(info)!;
        }
        catch (Win32Exception error)
        {
            throw new PostgresServerException(
                $"Cannot run {command[0]}: {error.Message}.",
                "Check that it is installed and that you may run it.",
                error
            );
        }
    }

    public static async Task WriteInputAsync(Process process, string? input)
    {
        try
        {
            if (input is not null)
                await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading: its exit code and its messages say why.
        }
    }

    private static bool IsForeign(string name) =>
        name.StartsWith("PG", StringComparison.Ordinal)
        || name.StartsWith("LC_", StringComparison.Ordinal)
        || name is "LANG" or "LANGUAGE" or "TZ";
}
