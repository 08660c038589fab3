using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>A server over the Gaia sources within 100 pc, with two anomaly runs and a cluster run; nothing where the table is
/// absent.</summary>
public sealed class RealSky : IAsyncLifetime
{
    public const string Name = "gaia-100pc";
    public const int Stars = 12_366;

    /// <summary>A red dwarf of the halo: 1.98 arcsec a year at 30 pc, 282 km/s across the sky. Of the 12,366 stars 29 move faster than 200
    /// km/s.</summary>
    public const string HaloStar = "4278722497040124032";

    private TestDatabase? _database;
    private WebApplication? _app;
    private LedgerDatabase? _ledger;
    private Uri? _address;

    public LedgerDatabase Ledger => _ledger!;
    public Guid Anomalies { get; private set; }
    public Guid MoreAnomalies { get; private set; }
    public Dataset Dataset { get; private set; } = null!;

    public Uri Address
    {
        get
        {
            Assert.SkipWhen(_address is null, TestData.Missing);
            return _address;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (TestData.Find("gaia-100pc.csv") is not { } file)
            return;
        _database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        _ledger = new LedgerDatabase(_database.ConnectionString);
        await _ledger.Schema.MigrateAsync();
        Dataset = (await new CatalogIngestor(_ledger).IngestAsync([file])).Dataset;
        Anomalies = await RunAsync(new IsolationForestParameters { Contamination = 0.02 });
        MoreAnomalies = await RunAsync(new IsolationForestParameters { Contamination = 0.05, RandomState = 7 });
        await RunAsync(
            new DbscanParameters
            {
                Eps = 0.4,
                MinSamples = 10,
                Features = "population",
            }
        );
        _app = await AlmagestServer.StartAsync(new ServerOptions { Ledger = _ledger, Port = 0 });
        _address = AlmagestServer.AddressOf(_app);
    }

    private async Task<Guid> RunAsync(RunParameters parameters) =>
        (await new DiscoveryService(Ledger).RunAsync(new RunRequest(Name, StarFilter.All, parameters))).RunId!.Value;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }
        if (_ledger is not null)
            await _ledger.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }
}
