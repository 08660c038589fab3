using Almagest.Ledger.Database;
using Almagest.Runs.Lifecycle;
using Almagest.Server;
using Almagest.Server.Hosting;

namespace Almagest.ServerProbe;

/// <summary>
/// A real server with two workers. At a named point of a run's completion it says 'reached' and stands still until a line comes in; it
/// ends when its input does.
/// </summary>
internal static class HeldServer
{
    public static async Task<int> RunAsync(string connection, string? point)
    {
        var armed = point is { Length: > 0 } ? 1 : 0;
        using var released = new SemaphoreSlim(0);
        RunCompletion.AtPoint = at =>
        {
            if (at != point || Interlocked.Exchange(ref armed, 0) == 0)
                return;
            Console.WriteLine("reached");
            released.Wait();
        };
        await using var ledger = new LedgerDatabase(connection);
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                Workers = 2,
                RunThreads = 1,
                NightlyCron = null,
            }
        );
        Console.WriteLine($"ready {AlmagestServer.AddressOf(app)}");
        // Each line lets it go on; a line with text arms the point again.
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line.Length > 0)
                Interlocked.Exchange(ref armed, 1);
            else
                released.Release();
        }
        await app.StopAsync();
        return 0;
    }
}
