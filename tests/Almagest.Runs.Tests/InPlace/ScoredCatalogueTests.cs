using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Requests;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>Runs over a catalogue that is read where it lies find what the same runs find over the same stars in the ledger.</summary>
public sealed class ScoredCatalogueTests(Execution.TilesTests.Field field) : IClassFixture<Execution.TilesTests.Field>, IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("scored");

    public void Dispose() => _folder.Dispose();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private async Task RegisterAsync()
    {
        Assert.SkipWhen(field.Ledger.IsDistributed, "No catalogue that is read where it lies is registered in a distributed ledger.");
        var datasets = new DatasetRepository(field.Ledger.Ledger);
        if ((await datasets.ListAllAsync(CancellationToken)).Exists(d => d.Name == "lying"))
            await datasets.DeleteAsync((await datasets.FindAnyAsync("lying", CancellationToken)).DatasetId, true, CancellationToken);
        var file = Path.Combine(_folder.Path, "sky.parquet");
        var table = await new SelectionExport(field.Ledger.Ledger).TableAsync(await datasets.FindAsync("sky", CancellationToken));
        await using (var stream = File.Create(file))
            await table.WriteAsync(stream, TableFormat.Parquet, null, CancellationToken);
        await new CatalogIngestor(field.Ledger.Ledger).IngestAsync(
            [file],
            new IngestOptions { DatasetName = "lying", InPlace = true },
            cancellationToken: CancellationToken
        );
    }

    private DiscoveryService Service(long mostHeld) =>
        new(field.Ledger.Ledger)
        {
            Limits = new RunMemory { AvailableBytes = 1L << 40, MostHeld = mostHeld },
            Rooms = () => new ScratchRoom(1 << 14, 1000),
        };

    [Theory]
    [InlineData("isolation_forest", """{"features": "population", "n_estimators": 20, "draws": 4}""", "{}", 0)]
    [InlineData("extended_isolation_forest", """{"n_estimators": 10, "draws": 0}""", """{"magnitude": {"max": 16}}""", long.MaxValue)]
    [InlineData("mcd", """{"features": "astrometric", "draws": 2}""", "{}", 0)]
    public async Task Scores_flags_and_chances_are_those_of_the_loaded_stars_and_all_are_written(
        string algorithm,
        string parameters,
        string filter,
        long mostHeld
    )
    {
        await RegisterAsync();
        var (asked, selection) = (Algorithms.Find(algorithm)!.Read(parameters), StarFilter.FromJson(filter));
        var loaded = await Service(long.MaxValue).PreviewAsync(new RunRequest("sky", selection, asked), null, CancellationToken);
        var lying = await Service(mostHeld).PreviewAsync(new RunRequest("lying", selection, asked), null, CancellationToken);
        Assert.Equal(mostHeld > 0, lying.Analysis.Stars.IsInMemory);
        Assert.Equal(loaded.Analysis.Summary().ToJson(), lying.Analysis.Summary().ToJson());
        var (one, other) = (loaded.Analysis.Rows(), lying.Analysis.Rows());
        var expected = new List<(double Ra, double Dec, bool Flag, double Score, double? Chance)>();
        for (var i = 0; i < loaded.Analysis.Stars.Count; i++)
        {
            var (a, b) = (one(i), other(i));
            Assert.Equal(a with { StarId = b.StarId }, b);
            expected.Add((loaded.Analysis.Stars.RaDeg[i], loaded.Analysis.Stars.DecDeg[i], a.IsAnomaly, a.Score!.Value, a.FlagProbability));
        }

        using var room = new ScratchRoom();
        // So few in a cell that the sky is in many, and so few in a stretch that there are many of those, too.
        var catalogue = ScoredCatalogue.Of(lying, room, mostRows: 500, cancellationToken: CancellationToken);
        var folder = Path.Combine(_folder.Path, "hats");
        await catalogue.WriteAsync(Directory.CreateDirectory(folder).FullName, cancellationToken: CancellationToken);
        Assert.True(catalogue.Pixels.Count > 20);
        using var table = CatalogFile.Open(folder);
        var written = new List<(double Ra, double Dec, bool Flag, double Score, double? Chance)>();
        int At(string name) => table.Columns.Select((c, i) => (c, i)).Single(c => c.c.Name == name).i;
        var chances = table.Columns.Any(c => c.Name == "flag_probability") ? At("flag_probability") : -1;
        foreach (var batch in table.ReadBatches(cancellationToken: CancellationToken))
            for (var i = 0; i < batch.Count; i++)
                written.Add(
                    (
                        ((DoubleVector)batch.Columns[At("ra_deg")]).Values[i],
                        ((DoubleVector)batch.Columns[At("dec_deg")]).Values[i],
                        ((BooleanVector)batch.Columns[At("is_anomaly")]).Values[i]!.Value,
                        ((DoubleVector)batch.Columns[At("anomaly_score")]).Values[i],
                        chances < 0 || batch.Columns[chances].IsNull(i) ? null : ((DoubleVector)batch.Columns[chances]).Values[i]
                    )
                );
        Assert.Equal(expected.Order(), written.Order());
        lying.Analysis.Release();
    }

    [Fact]
    public async Task A_detector_that_learns_from_answers_is_refused()
    {
        await RegisterAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            Service(0).PreviewAsync(new RunRequest("lying", StarFilter.All, Algorithms.Find("active")!.Read("{}")), null, CancellationToken)
        );
        Assert.Equal((ErrorCode.DatasetInPlace, "lying"), (error.Code, error.Facts["dataset"]));
    }
}
