using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Simulation;
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

[assembly: AssemblyFixture(typeof(Almagest.EndToEnd.Sky))]

namespace Almagest.EndToEnd;

/// <summary>A server over a small simulated sky with its truth, three anomaly runs and two cluster runs.</summary>
public sealed class Sky : IAsyncLifetime
{
    public const string Name = "small-sky";
    public const int Stars = 4000;

    private TestDatabase _database = null!;
    private WebApplication _app = null!;

    public LedgerDatabase Ledger { get; private set; } = null!;
    public Uri Address { get; private set; } = null!;
    public Dataset Dataset { get; private set; } = null!;
    public Guid Anomalies { get; private set; }
    public Guid MoreAnomalies { get; private set; }
    public Guid Clusters { get; private set; }

    public async ValueTask InitializeAsync()
    {
        _database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        Ledger = new LedgerDatabase(_database.ConnectionString);
        await Ledger.Schema.MigrateAsync();
        using (var folder = TestFolder.Create("sky"))
        {
            var file = Path.Combine(folder.Path, Name + ".csv");
            await using (var writer = File.CreateText(file))
                SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = Stars, ClusterFraction = 0.3 }), writer);
            Dataset = (await new CatalogIngestor(Ledger).IngestAsync([file])).Dataset;
        }
        Anomalies = await RunAsync(new IsolationForestParameters { Contamination = 0.02 });
        MoreAnomalies = await RunAsync(new IsolationForestParameters { Contamination = 0.05, RandomState = 7 });
        await RunAsync(new IsolationForestParameters { Contamination = 0.05, Features = "kinematic" });
        Clusters = await RunAsync(new DbscanParameters { Eps = 0.2, MinSamples = 10 });
        await RunAsync(new DbscanParameters { Eps = 0.3, MinSamples = 10 });
        _app = await AlmagestServer.StartAsync(new ServerOptions { Ledger = Ledger, Port = 0 });
        Address = AlmagestServer.AddressOf(_app);
    }

    private async Task<Guid> RunAsync(RunParameters parameters) =>
        (await new DiscoveryService(Ledger).RunAsync(new RunRequest(Name, StarFilter.All, parameters))).RunId!.Value;

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Ledger.DisposeAsync();
        await _database.DisposeAsync();
    }
}
