using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>
/// kill -9 of servers, of PostgreSQL's processes and of PostgreSQL, at named points of a run's completion and at random: no run is half
/// visible, none that was complete is lost, none is doubled, and in the end all are complete. ALMAGEST_KILLS says how many (4 where it says nothing, 40 before a release).
/// </summary>
public sealed class KillTests
{
    static readonly string[] Points = ["before-copy", "after-copy", "before-commit", "after-commit"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static int Kills => TestDepth.Rounds(usually: 4, release: 40, "ALMAGEST_KILLS");

    [Fact]
    [TimeLimit(1200, "each kill takes some ten seconds: a lost run is found by its heartbeat, and PostgreSQL recovers")]
    public async Task Whatever_is_killed_whenever_no_run_is_half_visible_lost_or_doubled()
    {
        await using var ledger = await KilledLedger.CreateAsync();
        // Half of the kills hit servers, a quarter PostgreSQL's processes, a quarter PostgreSQL; two of three at a named point.
        var (server, backend, postmaster) = (Kills - Kills / 4 * 2, Kills / 4, Kills / 4);
        for (var i = 0; i < server; i++) await KillServerAsync(ledger, i % 3 == 2 ? null : Points[(i - i / 3) % Points.Length], i);
        foreach (var point in Points)
        {
            using var survivor = await ServerProcess.StartAsync(ledger.Connection, point);
            for (var i = Array.IndexOf(Points, point); i < backend; i += Points.Length) await KillAtAsync(ledger, survivor, ledger.KillBackendAsync, i % 3 != 2, i);
            for (var i = Array.IndexOf(Points, point); i < postmaster; i += Points.Length) await KillAtAsync(ledger, survivor, ledger.KillPostmasterAsync, i % 3 != 2, i);
            await survivor.KillAsync();
        }
        using var last = await ServerProcess.StartAsync(ledger.Connection);
        await ledger.RequireAllCompleteAsync();
        TestContext.Current.SendDiagnosticMessage("{0} kills, {1} runs, all complete once", Kills, ledger.Submitted);
    }

    static async Task KillServerAsync(KilledLedger ledger, string? point, int seed)
    {
        await ledger.SubmitAsync();
        using var server = await ServerProcess.StartAsync(ledger.Connection, point);
        if (point is null) await Task.Delay(RandomDelay(seed), Cancellation);
        else await server.ReachedAsync();
        await server.KillAsync();
        await ledger.CheckAsync();
    }

    // The server outlives it: it must go on by itself.
    static async Task KillAtAsync(KilledLedger ledger, ServerProcess server, Func<Task> kill, bool atPoint, int seed)
    {
        if (atPoint) await server.ArmAsync();
        await ledger.SubmitAsync();
        if (atPoint) await server.ReachedAsync();
        else await Task.Delay(RandomDelay(seed), Cancellation);
        await kill();
        await ledger.CheckAsync();
        if (atPoint) await server.GoOnAsync();
    }

    static TimeSpan RandomDelay(int seed) => TimeSpan.FromMilliseconds(new Random(seed).Next(400));
}
