using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Postgres;
using Almagest.Server;
using Almagest.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Spectre.Console;

namespace Almagest.Cli.Serving;

/// <summary>A started server over a session; stops on Ctrl-C or <c>kill</c>. Looks after the embedded server meanwhile.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(5);

    readonly WebApplication app;
    readonly LedgerSession session;
    readonly CommandShell shell;
    readonly ServingPlan plan;

    RunningServer(WebApplication app, LedgerSession session, CommandShell shell, ServingPlan plan)
    {
        this.app = app;
        this.session = session;
        this.shell = shell;
        this.plan = plan;
    }

    /// <exception cref="LedgerException">the port is taken, or an option cannot be used</exception>
    public static async Task<RunningServer> StartAsync(LedgerSession session, ServingPlan plan, CommandShell shell)
    {
        var app = await AlmagestServer.StartAsync(new ServerOptions
        {
            Ledger = session.Ledger, Port = plan.Port, Bind = plan.Bind, NightlyCron = plan.NightlyCron, TimeZone = plan.TimeZone, RunThreads = plan.Threads, Workers = plan.Workers,
            Logging = logging => MessageLog.AddTo(logging, shell),
        }, shell.Cancellation);
        return new RunningServer(app, session, shell, plan);
    }

    Uri Address => AlmagestServer.AddressOf(app);

    public object Document => new
    {
        url = Address,
        docs = new Uri(Address, "docs"),
        openapi = new Uri(Address, "openapi/v1.json"),
        bind = plan.Bind,
        port = Address.Port,
        workers = plan.Workers,
        nightly = plan.NightlyCron,
        time_zone = plan.TimeZone,
        embedded = session.Lease is not null,
        pid = Environment.ProcessId,
    };

    public void Show(IAnsiConsole console)
    {
        console.Heading("Almagest serves");
        console.Facts(
            ("start page", Address.ToString()),
            ("API pages", new Uri(Address, "docs").ToString()),
            ("try", $"curl {new Uri(Address, "analytics/discovery/stats")}"),
            ("stop", "Ctrl-C"));
    }

    /// <summary>Waits for the end of the program.</summary>
    public async Task UntilStoppedAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(session.Lease is null ? Timeout.InfiniteTimeSpan : WatchEvery, shell.Cancellation);
                await WatchServerAsync(session.Lease!);
            }
        }
        catch (OperationCanceledException) when (shell.Cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how a server ends: no failure.
        }
    }

    // Nobody else starts a crashed embedded server again while this program goes on.
    async Task WatchServerAsync(ServerLease lease)
    {
        try
        {
            await using var connection = await session.Ledger.ConnectAsync(shell.Cancellation);
        }
        catch (LedgerException)
        {
            try
            {
                if (await lease.EnsureRunningAsync(shell.Cancellation)) shell.Say("The embedded database had stopped and was started again.");
            }
            catch (PostgresServerException e)
            {
                shell.Complain("error:", $"{e.Message} {CommandAdvice.Of(e)}", "1;31");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The host's own limit (ServerOptions.ShutdownTimeout) bounds it.
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
