using System.Net;
using System.Security.Cryptography.X509Certificates;
using Almagest.Ledger.Access;
using Almagest.Ledger.Database;
using Almagest.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Almagest.Server;

/// <summary>How a server is set up. Immutable; nothing is read from the environment or from files.</summary>
/// <remarks>
/// The ledger stays the caller's: the caller migrates it before and disposes of it after the server. A server listens on this
/// machine alone unless <see cref="Bind"/> says otherwise. The account that runs it is let in over loopback; everybody else needs a token.
/// </remarks>
public sealed record ServerOptions
{
    public required LedgerDatabase Ledger { get; init; }

    /// <summary>Where the views, TAP, cone searches and comparisons are read: a standby of the ledger's database, say; null = the ledger
    /// itself. It stays the caller's.</summary>
    public LedgerDatabase? ReadLedger { get; init; }

    /// <summary>The one of the two that is read.</summary>
    internal LedgerDatabase Reading => ReadLedger ?? Ledger;

    /// <summary>An IP address to listen on; <c>localhost</c> = 127.0.0.1, <c>*</c> = every address.</summary>
    public string Bind { get; init; } = "127.0.0.1";

    /// <summary>TCP port; 0 = any free one, see <see cref="AlmagestServer.AddressOf"/>.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>
    /// Names that the Host header may carry beside loopback's, this machine's and its addresses; without a port. The name of a proxy in
    /// front, and the machine's full name in DNS, belong here.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins whose web pages may ask this server, such as <c>https://notebook.example.org</c>; <c>*</c> = any.</summary>
    public IReadOnlyList<string> CrossOrigins { get; init; } = [];

    /// <summary>A token of the scope admin that is valid on this server as long as it runs; null = those of the ledger alone.</summary>
    public string? FirstToken { get; init; }

    /// <summary>Whether everybody may read.</summary>
    public bool AnonymousReads { get; init; }

    /// <summary>How often an open page looks whether the person at it is still let in.</summary>
    public TimeSpan PagesAskAgainEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long it is remembered what the ledger said of a token: one that is revoked is let in for as long.</summary>
    public TimeSpan TokensRemembered { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Proxies whose X-Forwarded-For, -Proto, -Host and -Prefix are believed. Nobody who comes from such an address is taken for the
    /// account that runs the server.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>A header in which a trusted proxy names the user that it has let in; null = none.</summary>
    public string? UserHeader { get; init; }

    /// <summary>What those users may do.</summary>
    public AccessScope UserScope { get; init; } = AccessScope.Read;

    /// <summary>The certificate, with its private key, for HTTPS; null = HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Certificates between <see cref="Certificate"/> and the root that clients trust.</summary>
    public X509Certificate2Collection? CertificateChain { get; init; }

    /// <summary>
    /// When all views are refreshed: a cron expression of five fields (or six, seconds first), or <c>@daily</c> and the like; null = this
    /// server takes no part in it. The servers of a fleet share the schedule, and the last one that starts sets it.
    /// </summary>
    public string? NightlyCron { get; init; } = "0 2 * * *";

    /// <summary>Time zone of <see cref="NightlyCron"/>: an IANA name such as <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>
    /// Where a backup of the ledger is written at the time of <see cref="NightlyCron"/>; null = none by this server. In a fleet one server
    /// executes each night's: all of them get a folder, or one.
    /// </summary>
    public string? BackupFolder { get; init; }

    /// <summary>Backups that are kept in <see cref="BackupFolder"/>, the newest; from 1.</summary>
    public int BackupsKept { get; init; } = 7;

    /// <summary>
    /// Runs worked on at once; 0 = none: this server only answers. Servers on one database share its queue, so that their workers add up.
    /// </summary>
    public int Workers { get; init; } = 1;

    /// <summary>How long a worker may be at one run before it fails.</summary>
    public TimeSpan LongestRun { get; init; } = TimeSpan.FromHours(12);

    /// <summary>Runs of one person that may wait at once.</summary>
    public int MostWaitingRuns { get; init; } = 2000;

    /// <summary>Threads of one run; 0 = one per core. Never changes a result.</summary>
    public int RunThreads { get; init; }

    /// <summary>Largest body of an upload, bytes. Other bodies are held to 1 MiB.</summary>
    public long MaxUploadBytes { get; init; } = 2L << 30;

    /// <summary>Files that one person may send at once; the account that runs the server is not bounded.</summary>
    public int MostUploads { get; init; } = 4;

    /// <summary>Bytes that one person may send within a day.</summary>
    public long MostUploadBytesADay { get; init; } = 50L << 30;

    /// <summary>How long stopping may wait for runs to give their work back.</summary>
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// A collector of OpenTelemetry that traces and metrics are sent to, by HTTP; null = the one that OTEL_EXPORTER_OTLP_ENDPOINT names, if
    /// any.
    /// </summary>
    public Uri? Collector { get; init; }

    /// <summary>Where the log goes; null = warnings and errors to standard error.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
