using System.Diagnostics;
using Almagest.Ledger.Database;

namespace Almagest.Killing;

/// <summary>A piece of work under way, in a process of its own or in this one.</summary>
internal interface IWorker : IAsyncDisposable
{
    /// <summary>Ends when it stands at its statement, with the text of that; never where it stands at none.</summary>
    Task<string> Reached { get; }

    /// <summary>Ends with the work: how many statements it had; null where it failed, or was killed.</summary>
    Task<int?> Done { get; }

    /// <summary>Lets it go on from its statement.</summary>
    Task GoOnAsync();
}

/// <summary>In this process: what is killed is the database.</summary>
internal sealed class InnerWorker : IWorker
{
    private readonly StatementPoints _points;

    public InnerWorker(LedgerWork work, string kind, string key, int stop, bool after, CancellationToken cancellationToken)
    {
        _points = new StatementPoints(stop, after);
        Done = Task.Run(
            async () =>
            {
                try
                {
                    await StatementPoints.WatchAsync(() => work.DoAsync(kind, key, cancellationToken));
                    return (int?)_points.Count;
                }
                catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
                {
                    // As a command fails whose database goes away; what it has left is what the audit looks for.
                    return null;
                }
            },
            CancellationToken.None
        );
    }

    public Task<string> Reached => _points.Reached;

    public Task<int?> Done { get; }

    public Task GoOnAsync()
    {
        _points.Release();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _points.Dispose();
        await Done;
    }
}

/// <summary>In a process of its own, the program that the tests bring for it.</summary>
internal sealed class OuterWorker : IWorker
{
    private readonly Process _process;
    private readonly TaskCompletionSource<string> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="program">path of Almagest.ServerProbe.dll</param>
    public OuterWorker(string program, string connection, string target, string folder, string kind, string key, int stop, bool after)
    {
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var number = stop.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _process = Process.Start(
            new ProcessStartInfo(dotnet, [program, "work", connection, target, folder, kind, key, number, after ? "after" : "before"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        Done = Task.Run(ReadAsync);
    }

    public Task<string> Reached => _reached.Task;

    public Task<int?> Done { get; }

    /// <summary>Ends when the work itself begins: before that, a process only starts.</summary>
    public Task Begun => _begun.Task;

    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<int?> ReadAsync()
    {
        int? done = null;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "begun")
                _begun.TrySetResult();
            else if (line.StartsWith("reached ", StringComparison.Ordinal))
                _reached.TrySetResult(line["reached ".Length..]);
            else if (line.StartsWith("done ", StringComparison.Ordinal))
            {
                done = int.Parse(line["done ".Length..], System.Globalization.CultureInfo.InvariantCulture);
                break;
            }
        }
        _begun.TrySetResult();
        return done;
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async Task GoOnAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Done;
        _process.Dispose();
    }
}

/// <summary>The work of a process of its own, as <see cref="OuterWorker"/> starts it.</summary>
public static class WorkProcess
{
    /// <param name="args">connection, connection of the target, folder, kind, key, statement, before or after</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        await using var ledger = new LedgerDatabase(args[0]);
        await using var target = new LedgerDatabase(args[1]);
        var work = new LedgerWork(ledger, args[2]) { Target = target };
        using var points = new StatementPoints(int.Parse(args[5], System.Globalization.CultureInfo.InvariantCulture), args[6] == "after");
        _ = points.Reached.ContinueWith(
            async reached => Console.WriteLine("reached " + (await reached).ReplaceLineEndings(" ")),
            TaskScheduler.Default
        );
        _ = Task.Run(async () =>
        {
            await Console.In.ReadLineAsync();
            points.Release();
        });
        Console.WriteLine("begun");
        await StatementPoints.WatchAsync(() => work.DoAsync(args[3], args[4], CancellationToken.None));
        Console.WriteLine($"done {points.Count}");
        return 0;
    }
}
