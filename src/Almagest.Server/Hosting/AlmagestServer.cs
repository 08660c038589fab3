using System.Net;
using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Hosting;
using Almagest.Dashboard.Shared;
using Almagest.Dashboard.Uploads;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.Queries;
using Almagest.Runs.Changes;
using Almagest.Runs.Explanation;
using Almagest.Runs.Kinds;
using Almagest.Runs.Review;
using Almagest.Server.Access;
using Almagest.Server.Analytics;
using Almagest.Server.Annotations;
using Almagest.Server.Comparing;
using Almagest.Server.Datasets;
using Almagest.Server.Http;
using Almagest.Server.Jobs;
using Almagest.Server.Matching;
using Almagest.Server.Measuring;
using Almagest.Server.OpenApi;
using Almagest.Server.Operations;
using Almagest.Server.Runs;
using Almagest.Server.VirtualObservatory;
using Almagest.Server.VirtualObservatory.Tap;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Almagest.Server.Hosting;

/// <summary>
/// The HTTP API, its pages, and the work behind them: runs that were asked for, views that follow their completion, the
/// nightly refresh.
/// </summary>
public static class AlmagestServer
{
    /// <summary>The category of log lines that say who changed what.</summary>
    public const string AuditCategory = AuditLog.Category;

    /// <summary>The value of a scope of the log that names the request which caused a line.</summary>
    public const string RequestIdScope = RequestIds.Scope;

    private const long MostBodyBytes = 1 << 20;
    private static readonly TimeSpan s_longestRequest = TimeSpan.FromSeconds(60);

    /// <summary>Builds a server that has not started. <see cref="StartAsync"/> also explains a taken port.</summary>
    /// <exception cref="LedgerException">an option cannot be used; the field says which</exception>
    public static WebApplication Build(ServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var endpoint = ServerAddress.Parse(options.Bind, options.Port);
        var schedule = JobSchedule.Parse(options.NightlyCron, options.TimeZone, "nightly");

        // Empty: neither appsettings.json in the current folder nor ASPNETCORE_* variables change what the options say.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Almagest.Server" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, endpoint, options));
        // A failed start is thrown and explained; the host would log it a second time, as a stack trace.
        builder
            .Logging.AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Quartz", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        (options.Logging ?? LogToStandardError)(builder.Logging);

        var services = builder.Services;
        services.AddRouting();
        services.AddRequestTimeouts(o => o.DefaultPolicy = new RequestTimeoutPolicy { Timeout = s_longestRequest });
        services.ConfigureHttpJsonOptions(o => LedgerJson.Configure(o.SerializerOptions));
        ApiDocument.AddTo(services);
        services.Configure<HostOptions>(o =>
        {
            o.ShutdownTimeout = options.ShutdownTimeout;
            // A job that fails is logged and tried again; it does not take the answers away.
            o.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.Ignore;
        });
        services.AddSingleton(options);
        services.AddSingleton(options.Ledger);
        services.AddSingleton<RunQueue>();
        services.AddSingleton<SelectionCache>();
        services.AddSingleton(s => new RunExplainer(options.Ledger, s.GetRequiredService<SelectionCache>())
        {
            MaxThreads = options.RunThreads,
        });
        services.AddSingleton(s => new RunReviews(options.Ledger, s.GetRequiredService<SelectionCache>())
        {
            MaxThreads = options.RunThreads,
        });
        services.AddSingleton(s => new RunKinds(options.Ledger, s.GetRequiredService<SelectionCache>())
        {
            MaxThreads = options.RunThreads,
        });
        services.AddSingleton(s => new RunChangeReader(options.Ledger, s.GetRequiredService<SelectionCache>())
        {
            MaxThreads = options.RunThreads,
        });
        services.AddSingleton(new UploadQuota(options.MostUploads, options.MostUploadBytesADay));
        services.AddSingleton<MeasuredTimes>();
        services.AddSingleton<LedgerMeter>();
        Telemetry.AddTo(services, builder.Configuration, options.Collector);
        services.AddSingleton<ResponseCache>();
        services.AddSingleton<DatabasePools>();
        services.AddSingleton<ViewRefreshes>();
        services.AddSingleton(s => new AdqlRunner(
            s.GetRequiredService<DatabasePools>().Queries,
            options.ReadLedger is null ? null : options.Ledger
        ));
        services.AddSingleton<TapJobs>();
        services.AddSingleton(s => new ConditionalResponses(options.Reading, s.GetRequiredService<ResponseCache>()));
        services.AddSingleton<WritableLedger>();
        services.AddSingleton(new StandbyLag(options.Reading));
        services.AddSingleton<DashboardHost>();
        services.AddSingleton<IDashboardHost>(s => s.GetRequiredService<DashboardHost>());
        services.AddSingleton<IChangeHost>(s => s.GetRequiredService<DashboardHost>());
        DashboardHosting.AddTo(services);
        AccessSetup.AddTo(services);
        Compression.AddTo(services);
        if (options.Workers > 0)
            services.AddHostedService<RunWorker>();
        services.AddHostedService<ViewRefreshService>();
        services.AddHostedService<TapJobService>();
        JobScheduler.AddTo(
            services,
            schedule is null
                ? []
                :
                [
                    NightlyRefresh.JobBy(schedule),
                    .. options.BackupFolder is null ? Array.Empty<ScheduledJob>() : [NightlyBackup.JobBy(schedule)],
                    .. options.Workers == 0 ? Array.Empty<ScheduledJob>() : [RunQueueMaintenance.Job, WatchRound.Job],
                ]
        );

        var app = builder.Build();
        RefusedRequests.Watch(app.Services);
        app.Services.GetRequiredService<MeasuredTimes>().Start();
        AccessSetup.UseOrigin(app, options);
        app.UseMiddleware<RequestIds>();
        AnswerHeaders.Use(app);
        app.UseMiddleware<ProblemMiddleware>();
        var crossOrigin = new CrossOrigin(options.CrossOrigins);
        app.Use(crossOrigin.InvokeAsync);
        var audit = app.Services.GetRequiredService<AuditLog>();
        app.Use(
            async (context, next) =>
            {
                try
                {
                    await next(context);
                }
                catch (HttpProblemException e) when (e.Status == StatusCodes.Status403Forbidden && !IsQuestion(context.Request.Method))
                {
                    // A page of others that would have changed something: no route will tell.
                    audit.FollowRefused(context);
                    throw;
                }
            }
        );
        app.UseMiddleware<RequestGuard>(HostNames.Of(options.AllowedHosts), crossOrigin);
        app.UseResponseCompression();
        app.Use(
            (context, next) =>
            {
                SignedAddresses.Take(context);
                return next(context);
            }
        );
        app.UseRouting();
        if (options.ReadLedger is not null)
            ReadFromStandby.Use(app, app.Services.GetRequiredService<StandbyLag>());
        AllowedMethods.Use(app);
        app.UseRequestTimeouts();
        AccessSetup.Use(app);
        DashboardHosting.Use(app);
        MapRoutes(app, options);
        return app;
    }

    /// <summary>Builds a server and starts it.</summary>
    /// <exception cref="LedgerException">the port is taken, the address is not this machine's, or an option cannot be used</exception>
    public static async Task<WebApplication> StartAsync(ServerOptions options, CancellationToken cancellationToken = default)
    {
        var app = Build(options);
        ScratchFolder.RemoveAbandoned();
        try
        {
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch (Exception e)
        {
            using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await app.StopAsync(grace.Token);
            await app.DisposeAsync();
            if (ServerAddress.Explain(e, ServerAddress.Parse(options.Bind, options.Port)) is { } explained)
                throw explained;
            throw;
        }
    }

    /// <summary>The address of a started server, e.g. <c>http://127.0.0.1:8000/</c>; a server on every address is named by
    /// loopback.</summary>
    public static Uri AddressOf(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var bound =
            app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()
            ?? throw new InvalidOperationException("the server has not started");
        return new Uri(
            bound.Replace("//[::]", "//127.0.0.1", StringComparison.Ordinal).Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal)
        );
    }

    /// <summary>What whoever starts a server should know of who can listen and who is let in.</summary>
    public static IEnumerable<string> Warnings(WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var options = app.Services.GetRequiredService<ServerOptions>();
        var loopback = IPAddress.IsLoopback(ServerAddress.Parse(options.Bind, options.Port).Address);
        if (!loopback && options.Certificate is null)
            yield return "Tokens and data cross the network readable by others: serve with --certificate, or behind a proxy that has TLS.";
        if (loopback && !OperatingSystem.IsLinux())
            yield return "On this system everybody needs a token, you included: almagest tokens create NAME --scope admin";
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint endpoint, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(20);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Listen(
            endpoint,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                AcceptedConnection.Note(listen);
                if (options.Certificate is { } certificate)
                    listen.UseHttps(
                        new HttpsConnectionAdapterOptions
                        {
                            ServerCertificate = certificate,
                            ServerCertificateChain = options.CertificateChain,
                        }
                    );
                RefusedRequests.Use(listen);
            }
        );
    }

    private static void MapRoutes(WebApplication app, ServerOptions options)
    {
        var api = app.MapGroup("");
        var pools = app.Services.GetRequiredService<DatabasePools>();
        var questions = ReadFromStandby.Mark(api.MapGroup(""));
        AnalyticsRoutes.Map(
            questions,
            options.Reading,
            app.Services.GetRequiredService<ConditionalResponses>(),
            app.Services.GetRequiredService<ViewRefreshes>()
        );
        RunRoutes.Map(api, options);
        ReviewRoutes.Map(api, options.Ledger);
        SweepRoutes.Map(api, options.Ledger);
        ComparisonRoutes.Map(questions, options.Reading);
        ConsensusRoutes.Map(questions, options.Reading);
        ClusterIdentityRoutes.Map(questions, options.Reading);
        KDistanceRoutes.Map(questions, options.Reading);
        DatasetRoutes.Map(api, options);
        StarRoutes.Map(api, options.Ledger);
        RunAnnotationRoutes.Map(api, options.Ledger);
        StarLabelRoutes.Map(api, options.Ledger);
        CrossMatchRoutes.Map(api, options.Ledger);
        CoverageMapRoutes.Map(questions, options.Reading);
        HealthRoutes.Map(api, pools.Health);
        MetricsRoutes.Map(api, options.Ledger);
        JobRoutes.Map(api, options.Ledger);
        WatchRoutes.Map(api, options.Ledger);
        DeletionRoutes.Map(api, options.Ledger);
        var adql = app.Services.GetRequiredService<AdqlRunner>();
        var observatory = ReadFromStandby.Mark(app.MapGroup(""));
        TapRoutes.Map(observatory, adql, app.Services.GetRequiredService<TapJobs>());
        new ConeSearch(options.Reading, adql).Map(observatory);
        SignInRoutes.Map(app);
        DashboardHosting.Map(app);
        ApiDocument.Map(app);
        DocsPage.Map(app);
    }

    private static bool IsQuestion(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static void LogToStandardError(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
    }
}
