using Almagest.Cli.Configuration;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Postgres;
using Almagest.Server;
using Almagest.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Spectre.Console;

namespace Almagest.Cli.Serving;

/// <summary>A started server over a session; stops on Ctrl-C or <c>kill</c>. Looks after the embedded server meanwhile.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan s_watchEvery = TimeSpan.FromSeconds(5);

    private readonly WebApplication _app;
    private readonly LedgerSession _session;
    private readonly CommandShell _shell;
    private readonly ServingPlan _plan;
    private readonly ServerNote _note;

    private RunningServer(WebApplication app, LedgerSession session, CommandShell shell, ServingPlan plan)
    {
        _app = app;
        _session = session;
        _shell = shell;
        _plan = plan;
        _note = ServerNote.Leave(Address, shell.Get<ProgramSettings>().Home);
    }

    /// <exception cref="LedgerException">the port is taken, or an option cannot be used</exception>
    public static async Task<RunningServer> StartAsync(LedgerSession session, ServingPlan plan, CommandShell shell)
    {
        var app = await AlmagestServer.StartAsync(
            plan.Access(
                new ServerOptions
                {
                    Ledger = session.Ledger,
                    ReadLedger = plan.ReadLedger,
                    Port = plan.Port,
                    Bind = plan.Bind,
                    NightlyCron = plan.NightlyCron,
                    TimeZone = plan.TimeZone,
                    RunThreads = plan.Threads,
                    Workers = plan.Workers,
                    BackupFolder = plan.BackupFolder,
                    BackupsKept = plan.BackupsKept,
                    LongestRun = plan.LongestRun,
                    MostWaitingRuns = plan.MostWaitingRuns,
                    MostUploads = plan.MostUploads,
                    MostUploadBytesADay = plan.MostUploadBytesADay,
                    Logging = logging => MessageLog.AddTo(logging, shell, plan.Log),
                }
            ),
            shell.CancellationToken
        );
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<RunningServer>();
        foreach (var warning in AlmagestServer.Warnings(app))
            if (plan.Log.IsJson)
                logger.LogWarning("{Warning}", warning);
            else
                shell.WriteError("warning:", warning, "1;33");
        return new RunningServer(app, session, shell, plan);
    }

    private Uri Address => AlmagestServer.AddressOf(_app);

    public object Document =>
        new
        {
            url = Address,
            docs = new Uri(Address, "docs"),
            openapi = new Uri(Address, "openapi/v1.json"),
            bind = _plan.Bind,
            port = Address.Port,
            workers = _plan.Workers,
            nightly = _plan.NightlyCron,
            time_zone = _plan.TimeZone,
            embedded = _session.Lease is not null,
            pid = Environment.ProcessId,
        };

    public void Show(IAnsiConsole console)
    {
        console.Heading("Almagest serves");
        console.Facts(
            ("start page", Address.ToString()),
            ("API pages", new Uri(Address, "docs").ToString()),
            ("try", $"curl {new Uri(Address, "analytics/discovery/stats")}"),
            ("stop", "Ctrl-C")
        );
    }

    /// <summary>Waits for the end of the program.</summary>
    public async Task UntilStoppedAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_session.Lease is null ? Timeout.InfiniteTimeSpan : s_watchEvery, _shell.CancellationToken);
                await WatchServerAsync(_session.Lease!);
            }
        }
        catch (OperationCanceledException) when (_shell.CancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how a server ends: no failure.
        }
    }

    // Nobody else starts a crashed embedded server again while this program goes on.
    private async Task WatchServerAsync(ServerLease lease)
    {
        try
        {
            await using var connection = await _session.Ledger.ConnectAsync(_shell.CancellationToken);
        }
        catch (LedgerException)
        {
            try
            {
                if (await lease.EnsureRunningAsync(_shell.CancellationToken))
                    _shell.Say("The embedded database had stopped and was started again.");
            }
            catch (PostgresServerException e)
            {
                _shell.WriteError("error:", $"{e.Message} {CommandAdvice.Of(e)}", "1;31");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _note.Remove();
        // The host's own limit (ServerOptions.ShutdownTimeout) bounds it.
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
