using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Tasks;
using Xunit;

namespace Almagest.Runs.Tests.Tasks;

/// <summary>Runs that several workers share store what one program stores, and nothing of them is seen before they are complete.</summary>
public sealed class SharedRunTests(SharedRunTests.Field field) : IClassFixture<SharedRunTests.Field>
{
    private const int Stars = 6_000;
    private const int Piece = 900;

    private static readonly RunMemory s_tiles = new() { AvailableBytes = 1L << 40, MostHeld = 0 };

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("isolation_forest", """{"features": "population", "n_estimators": 20, "draws": 4}""")]
    [InlineData("isolation_forest", """{"features": "default", "n_estimators": 10, "missing": "impute", "draws": 40}""")]
    [InlineData("extended_isolation_forest", """{"features": "deep", "n_estimators": 10, "draws": 3, "contamination": 0.01}""")]
    [InlineData("mcd", """{"features": "astrometric", "draws": 2}""")]
    public async Task Any_number_of_workers_stores_the_same_rows_hash_summary_and_exclusions(string algorithm, string parameters)
    {
        var asked = Algorithms.Find(algorithm)!.Read(parameters);
        var alone = (
            await new DiscoveryService(field.Ledger.Ledger).RunAsync(Request(asked), null, CancellationToken)
        ).RunId!.Value;
        foreach (var (workers, inFiles) in ((int, bool)[])[(1, false), (2, true), (4, true)])
        {
            var run = await SubmitAsync(asked);
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => WorkAsync(run.RunId, inFiles)));
            await AssertSameAsync(alone, run.RunId);
        }
    }

    private async Task AssertSameAsync(Guid alone, Guid shared)
    {
        var test = field.Ledger;
        Assert.Equal(RunStatus.Completed, (await new RunRepository(test.Ledger).GetAsync(shared, CancellationToken)).Status);
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select {StoredResult.Columns} from discovery_results where run_id = '{alone}') a
                  full join (select {StoredResult.Columns} from discovery_results where run_id = '{shared}') b using (star_id)
                where a is distinct from b
                """
            )
        );
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"""
                select count(*) from
                  (select reason, healpix_6, stars from discovery_exclusions where run_id = '{alone}') a
                  full join (select reason, healpix_6, stars from discovery_exclusions where run_id = '{shared}') b
                    using (reason, healpix_6)
                where a.stars is distinct from b.stars
                """
            )
        );
        Assert.Equal(
            1,
            await test.ScalarAsync<long>(
                $"""
                select count(distinct (results_hash, total_stars, results_summary::text)) from discovery_runs
                where run_id in ('{alone}', '{shared}')
                """
            )
        );
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) from run_tasks where run_id = '{shared}'"));
    }

    private async Task<DiscoveryRun> SubmitAsync(RunParameters parameters) =>
        (
            await new RunSubmitter(field.Ledger.Ledger).SubmitAsync(
                Request(parameters),
                RunPlacement.Queued with
                {
                    Distributed = true,
                },
                null,
                CancellationToken
            )
        ).Runs[0];

    private static RunRequest Request(RunParameters parameters) => new("sky", StarFilter.All, parameters);

    /// <summary>A worker that goes on until the run has ended.</summary>
    private async Task WorkAsync(Guid runId, bool inFiles = false)
    {
        var worker = new TaskWorker(field.Ledger.Ledger)
        {
            PieceStars = Piece,
            MaxThreads = 1,
            Limits = inFiles ? s_tiles : RunMemory.Here,
            Rooms = () => new ScratchRoom(1 << 14, 1000),
        };
        while (true)
        {
            var run = await new RunRepository(field.Ledger.Ledger).GetAsync(runId, CancellationToken);
            if (run.Status is not (RunStatus.Pending or RunStatus.Running))
                return;
            if (await worker.WorkOffAsync(runId, null, CancellationToken) == 0)
                await Task.Delay(10, CancellationToken);
        }
    }

    /// <summary>Stars with gaps.</summary>
    public sealed class Field : IAsyncLifetime
    {
        public TestLedger Ledger { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Ledger = await TestLedger.CreateAsync();
            await Ledger.AddDatasetAsync("sky", Stars);
            await Ledger.ExecuteAsync(
                """
                select setseed(0.25);
                update stars set magnitude = 10 + 8 * random(), color = case when random() > 0.2 then 3 * random() end,
                  parallax_mas = case when random() > 0.1 then 6 * random() - 1 end, parallax_error_mas = 0.05 + 0.1 * random(),
                  pmra_mas_yr = 20 * random() - 10, pmdec_mas_yr = case when random() > 0.02 then 20 * random() - 10 end,
                  pmra_error = 0.2, pmdec_error = 0.3 * random();
                """
            );
        }

        public ValueTask DisposeAsync() => Ledger.DisposeAsync();
    }
}
