using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Killing;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.Killing;

/// <summary>A ledger in a cluster of its own, whose server processes and PostgreSQL processes are killed, and what must hold all the
/// while.</summary>
internal sealed class KilledLedger : IAsyncDisposable
{
    private const int Stars = 60;

    private readonly TestFolder _folder;
    private readonly KilledCluster _cluster;
    private readonly HashSet<Guid> _complete = [];

    private KilledLedger(TestFolder folder, KilledCluster cluster) => (_folder, _cluster) = (folder, cluster);

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    public string Connection => _cluster.Connection;

    public LedgerDatabase Ledger => _cluster.Ledger;

    public int Submitted { get; private set; }

    public static async Task<KilledLedger> CreateAsync()
    {
        var folder = TestFolder.Create("killed");
        var ledger = new KilledLedger(folder, await KilledCluster.CreateAsync(folder.Path, CancellationToken));
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
        await _cluster.OnceAsync(
            async connection =>
            {
                now.Clear();
                await using var command = new NpgsqlCommand(
                    $"""
                    select r.run_id, r.is_complete, r.total_stars, coalesce(n.rows, 0), r.results_hash = n.hash
                    from discovery_runs r
                    left join ({LedgerAudit.Results}) n using (run_id)
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
            },
            CancellationToken
        );
        Assert.Equal(Submitted, now.Count);
        Assert.All(_complete, run => Assert.True(now.GetValueOrDefault(run), $"run {run} was complete and is not any more"));
        _complete.UnionWith(now.Where(r => r.Value).Select(r => r.Key));
    }

    public int Complete => _complete.Count;

    public Task KillBackendAsync() => _cluster.KillBackendAsync(CancellationToken);

    public Task KillPostmasterAsync() => _cluster.KillPostmasterAsync(CancellationToken);

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

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _folder.Dispose();
    }
}
