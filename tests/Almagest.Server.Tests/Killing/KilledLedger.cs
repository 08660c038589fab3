using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Postgres;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>A ledger in a cluster of its own, whose server processes and PostgreSQL processes are killed, and what must hold all the
/// while.</summary>
internal sealed partial class KilledLedger : IAsyncDisposable
{
    private const int Stars = 60;

    private readonly TestFolder _folder;
    private readonly EmbeddedServerOptions _options;
    private readonly ServerLease _lease;
    private readonly HashSet<Guid> _complete = [];

    private KilledLedger(TestFolder folder, EmbeddedServerOptions options, ServerLease lease)
    {
        _folder = folder;
        _options = options;
        _lease = lease;
        Ledger = new LedgerDatabase(Connection);
    }

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public string Connection => new NpgsqlConnectionStringBuilder(_lease.ConnectionString) { MaxPoolSize = 20 }.ConnectionString;

    public LedgerDatabase Ledger { get; }

    public int Submitted { get; private set; }

    public static async Task<KilledLedger> CreateAsync()
    {
        var folder = TestFolder.Create("killed");
        // As users have it: without, PostgreSQL may lose the last commits of all when it is killed.
        var options = new EmbeddedServerOptions { Home = folder.Path, Durable = true };
        var ledger = new KilledLedger(folder, options, await EmbeddedServer.StartAsync(options, CancellationToken));
        await ledger.Ledger.Schema.MigrateAsync(CancellationToken);
        var file = Path.Combine(folder.Path, "field.csv");
        await File.WriteAllTextAsync(file, TestServer.Csv("field", Stars), CancellationToken);
        await new CatalogIngestor(ledger.Ledger).IngestAsync([file]);
        return ledger;
    }

    /// <summary>
    /// Puts a tiny run into the queue; every second one of anomalies. As a careful client does, it asks again with the same key where no
    /// answer came: a connection may be one that was killed, and whether the run was stored is then not known.
    /// </summary>
    public async Task SubmitAsync()
    {
        RunParameters parameters =
            Submitted % 2 == 0
                ? new IsolationForestParameters { Features = "sphere", NEstimators = 5 }
                : new DbscanParameters { Features = "sphere" };
        var key = Guid.NewGuid().ToString();
        for (var tries = 0; ; tries++)
        {
            try
            {
                await new RunSubmitter(Ledger).SubmitAsync(
                    new RunRequest("field", StarFilter.All, parameters),
                    RunPlacement.Queued with
                    {
                        MaxRestarts = 1000,
                    },
                    key,
                    CancellationToken
                );
                break;
            }
            catch (LedgerException e) when (tries < 50 && e.Kind == LedgerErrorKind.Unavailable)
            {
                await Task.Delay(100, CancellationToken);
            }
        }
        Submitted++;
    }

    /// <summary>What must hold at any instant, in one snapshot; remembers which runs are complete.</summary>
    public async Task CheckAsync()
    {
        var now = new Dictionary<Guid, bool>();
        await OnceAsync(async connection =>
        {
            now.Clear();
            await using var command = new NpgsqlCommand(
                """
                select r.run_id, r.is_complete, r.total_stars, coalesce(n.rows, 0), r.results_hash = n.hash
                from discovery_runs r
                left join (select run_id, count(*) as rows, encode(sha256(string_agg(
                             case when anomaly_score is null then '\x02'::bytea else '\x01'::bytea end || convert_to(checksum, 'UTF8') ||
                             int4send(octet_length(source_id)) || convert_to(source_id, 'UTF8') ||
                             case when anomaly_score is null then '\x00'::bytea || int4send(cluster_id)
                             else case is_anomaly when 1 then '\x01'::bytea else '\x00'::bytea end || float8send(anomaly_score) end,
                             ''::bytea order by convert_to(source_id, 'UTF8'))), 'hex') as hash
                           from discovery_results join stars using (star_id) join datasets using (dataset_id)
                           group by run_id) n using (run_id)
                """,
                connection
            );
            await using var reader = await command.ExecuteReaderAsync(CancellationToken);
            while (await reader.ReadAsync(CancellationToken))
            {
                var (run, done, stars, rows) = (reader.GetGuid(0), reader.GetBoolean(1), reader.GetInt64(2), reader.GetInt64(3));
                Assert.True(
                    done ? rows == Stars && stars == Stars : rows == 0,
                    $"run {run} is {(done ? "" : "not ")}complete and {rows} of its {stars} rows are visible"
                );
                if (done)
                    Assert.True(reader.GetBoolean(4), $"the rows of run {run} are not those that it was completed with");
                now.Add(run, done);
            }
        });
        Assert.Equal(Submitted, now.Count);
        Assert.All(_complete, run => Assert.True(now.GetValueOrDefault(run), $"run {run} was complete and is not any more"));
        _complete.UnionWith(now.Where(r => r.Value).Select(r => r.Key));
    }

    public int Complete => _complete.Count;

    /// <summary>kill -9 of the PostgreSQL process that a run's transaction is in; of any, where there is none. The server then restarts all
    /// sessions.</summary>
    public async Task KillBackendAsync()
    {
        var pid = 0;
        await OnceAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(
                "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() order by "
                    + "xact_start nulls last, state_change desc limit 1",
                connection
            );
            pid = (int?)await command.ExecuteScalarAsync(CancellationToken) ?? 0;
        });
        if (pid != 0)
            _ = Kill(pid, 9);
        await AnsweringAsync();
    }

    /// <summary>kill -9 of PostgreSQL itself, and a start as after a crash.</summary>
    public async Task KillPostmasterAsync()
    {
        var file = Directory.GetFiles(_folder.Path, "postmaster.pid", SearchOption.AllDirectories).Single();
        Assert.Equal(0, Kill(int.Parse((await File.ReadAllLinesAsync(file, CancellationToken))[0], CultureInfo.InvariantCulture), 9));
        await AnsweringAsync();
    }

    private async Task AnsweringAsync()
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await _lease.EnsureRunningAsync(CancellationToken);
                await using var connection = await Ledger.ConnectAsync(CancellationToken);
                await using var command = new NpgsqlCommand("select 1", connection);
                await command.ExecuteScalarAsync(CancellationToken);
                return;
            }
            catch (Exception e) when (tries < 300 && e is LedgerException or NpgsqlException or PostgresServerException)
            {
                await Task.Delay(100, CancellationToken);
            }
        }
    }

    // A connection of the pool may be one that was killed: then another is tried.
    private async Task OnceAsync(Func<NpgsqlConnection, Task> work)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var connection = await Ledger.ConnectAsync(CancellationToken);
                await work(connection);
                return;
            }
            catch (Exception e) when (tries < 50 && e is LedgerException or NpgsqlException)
            {
                await Task.Delay(100, CancellationToken);
            }
        }
    }

    /// <summary>At the end: every run is complete, once, and the views show exactly that.</summary>
    public async Task RequireAllCompleteAsync()
    {
        await Eventually.HoldsAsync(async () =>
        {
            await CheckAsync();
            return Complete == Submitted;
        });
        await Eventually.HoldsAsync(async () =>
            (await new ViewStatusReader(Ledger).ReadAsync(CancellationToken)).All(v => !v.Lags && !v.IsRefreshing)
        );
        Assert.All(
            await new ViewVerifier(Ledger).VerifyAsync(),
            v => Assert.True(v.Agrees, $"{v.ViewName}: {string.Join("; ", v.Examples)}")
        );
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    public async ValueTask DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await _lease.DisposeAsync();
        await EmbeddedServer.DestroyAsync(_options);
        _folder.Dispose();
    }
}
