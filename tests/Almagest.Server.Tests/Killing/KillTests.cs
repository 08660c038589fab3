using Almagest.Killing;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>
/// kill -9 of servers, of PostgreSQL's processes and of PostgreSQL, at named points of a run's completion and at random: no run is half
/// visible, none that was complete is lost, none is doubled, and in the end all are complete. ALMAGEST_KILLS says how many (4 where it says
/// nothing, 40 before a release).
/// </summary>
public sealed class KillTests
{
    private const int Seed = 20261130;

    // Of the kinds of work that the runs above do not do, each other one; before a release all, several times: 'almagest bench kills' has a
    // thousand.
    private static readonly int[] s_few = [0, 5, 6, 7, 10, 12];

    private static readonly string[] s_points = ["before-copy", "after-copy", "before-commit", "after-commit"];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static int Kills => TestDepth.Rounds(usually: 4, release: 40, "ALMAGEST_KILLS");

    [Fact]
    [TimeLimit(1200, "each kill takes some ten seconds: a lost run is found by its heartbeat, and PostgreSQL recovers")]
    public async Task Whatever_is_killed_whenever_no_run_is_half_visible_lost_or_doubled()
    {
        await using var ledger = await KilledLedger.CreateAsync();
        // Half of the kills hit servers, a quarter PostgreSQL's processes, a quarter PostgreSQL; two of three at a named point.
        var (server, backend, postmaster) = (Kills - Kills / 4 * 2, Kills / 4, Kills / 4);
        for (var i = 0; i < server; i++)
            await KillServerAsync(ledger, i % 3 == 2 ? null : s_points[(i - i / 3) % s_points.Length], i);
        // A point whose turn does not come needs no server.
        foreach (var point in s_points.Take(Math.Max(backend, postmaster)))
        {
            using var survivor = await ServerProcess.StartAsync(ledger.Connection, point);
            for (var i = Array.IndexOf(s_points, point); i < backend; i += s_points.Length)
                await KillAtAsync(ledger, survivor, ledger.KillBackendAsync, i % 3 != 2, i);
            for (var i = Array.IndexOf(s_points, point); i < postmaster; i += s_points.Length)
                await KillAtAsync(ledger, survivor, ledger.KillPostmasterAsync, i % 3 != 2, i);
            await survivor.KillAsync();
        }
        using var last = await ServerProcess.StartAsync(ledger.Connection);
        await ledger.RequireAllCompleteAsync();
        TestContext.Current.SendDiagnosticMessage("{0} kills, {1} runs, all complete once", Kills, ledger.Submitted);
    }

    [Fact]
    [TimeLimit(1200, "before a release a hundred kills, after each of which PostgreSQL recovers")]
    public async Task Whatever_work_is_killed_leaves_nothing_half_done_and_can_be_done_again()
    {
        using var folder = TestFolder.Create("kills");
        await using var campaign = await KillCampaign.CreateAsync(folder.Path, ServerProcess.Program, CancellationToken);
        var most = TestDepth.Rounds(s_few.Length, 8 * LedgerWork.All.Count, "ALMAGEST_KILLED_WORK");
        foreach (var number in most == s_few.Length ? s_few : Enumerable.Range(0, most))
        {
            var outcome = await campaign.KillAsync(Kill.Of(number, Seed), CancellationToken);
            Assert.True(outcome.Wrong.Count == 0, $"{outcome}: {string.Join("; ", outcome.Wrong)}");
        }
        Assert.Empty(await campaign.FinishAsync(CancellationToken));
    }

    private static async Task KillServerAsync(KilledLedger ledger, string? point, int seed)
    {
        await ledger.SubmitAsync();
        using var server = await ServerProcess.StartAsync(ledger.Connection, point);
        if (point is null)
            await Task.Delay(RandomDelay(seed), CancellationToken);
        else
            await server.ReachedAsync();
        await server.KillAsync();
        await ledger.CheckAsync();
    }

    // The server outlives it: it must go on by itself.
    private static async Task KillAtAsync(KilledLedger ledger, ServerProcess server, Func<Task> kill, bool atPoint, int seed)
    {
        if (atPoint)
            await server.ArmAsync();
        await ledger.SubmitAsync();
        if (atPoint)
            await server.ReachedAsync();
        else
            await Task.Delay(RandomDelay(seed), CancellationToken);
        await kill();
        await ledger.CheckAsync();
        if (atPoint)
            await server.GoOnAsync();
    }

    private static TimeSpan RandomDelay(int seed) => TimeSpan.FromMilliseconds(new Random(seed).Next(400));
}
