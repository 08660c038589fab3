using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Server;

namespace Almagest.Cli.Serving;

/// <summary>Where to serve: the options that <c>serve</c> and <c>demo</c> share.</summary>
internal sealed class ServingOptions
{
    private const int DefaultPort = 8000;
    private const string DefaultBind = "127.0.0.1";

    public Option<long?> Port { get; } =
        OptionFactory.Whole("--port", "PORT", $"TCP port; 0 = any free one (default {DefaultPort})", 0, 65535, "-p");

    public Option<string?> Bind { get; } =
        OptionFactory.Text(
            "--bind",
            "ADDRESS",
            $"Address to listen on (default {DefaultBind}: this machine alone; 0.0.0.0: every network)"
        );

    public int PortOf(ParseResult parsed) => (int)(parsed.GetValue(Port) ?? DefaultPort);

    public string BindOf(ParseResult parsed) => parsed.GetValue(Bind) ?? DefaultBind;
}

/// <summary>What is served, and how.</summary>
internal sealed record ServingPlan(int Port, string Bind)
{
    public const string DefaultCron = "0 2 * * *";

    public const string DefaultZone = "UTC";

    public const int DefaultWorkers = 1;

    public const int DefaultBackups = 7;

    public const int DefaultWaitingRuns = 2000;

    public const int DefaultUploads = 4;

    public const long DefaultUploadMebibytes = 51_200;

    public static readonly TimeSpan DefaultLongestRun = TimeSpan.FromHours(12);

    /// <summary>Who is let in, and how.</summary>
    public Func<ServerOptions, ServerOptions> Access { get; init; } = options => options;

    public int Workers { get; init; } = DefaultWorkers;

    public string? NightlyCron { get; init; } = DefaultCron;

    public string TimeZone { get; init; } = DefaultZone;

    public int Threads { get; init; }

    /// <summary>How long a worker may be at one run.</summary>
    public TimeSpan LongestRun { get; init; } = DefaultLongestRun;

    /// <summary>Runs of one person that may wait at once.</summary>
    public int MostWaitingRuns { get; init; } = DefaultWaitingRuns;

    /// <summary>Files that one person may send at once.</summary>
    public int MostUploads { get; init; } = DefaultUploads;

    /// <summary>Bytes that one person may send within a day.</summary>
    public long MostUploadBytesADay { get; init; } = DefaultUploadMebibytes << 20;

    /// <summary>A standby that questions are asked; null = the ledger's own database.</summary>
    public LedgerDatabase? ReadLedger { get; init; }

    public LogSettings Log { get; init; } = LogSettings.Default;

    public string? BackupFolder { get; init; }

    public int BackupsKept { get; init; } = DefaultBackups;
}
