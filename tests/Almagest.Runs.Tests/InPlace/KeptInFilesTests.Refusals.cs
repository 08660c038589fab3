using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>What is refused of catalogues in place, and in which words.</summary>
public sealed partial class KeptInFilesTests
{
    [Fact]
    public async Task What_cannot_be_kept_so_is_refused_before_anything_is_stored()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var runs = await Test.ScalarAsync<long>("select count(*) from discovery_runs");
        var active = new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("active")!.Read("{}"));
        var error = await Assert.ThrowsAsync<LedgerException>(() => Service().RunAsync(active, null, CancellationToken));
        Assert.Equal((ErrorCode.DatasetInPlace, dataset.Name), (error.Code, error.Facts["dataset"]));
        Assert.Contains("mcd", error.Remedy, StringComparison.Ordinal);
        var shared = await Assert.ThrowsAsync<LedgerException>(() =>
            new RunSubmitter(Test.Ledger).SubmitAsync(
                new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read("{}")),
                RunPlacement.Queued with
                {
                    Distributed = true,
                },
                null,
                CancellationToken
            )
        );
        Assert.Equal(ErrorCode.NotDistributable, shared.Code);
        Assert.Equal(runs, await Test.ScalarAsync<long>("select count(*) from discovery_runs"));
        var query = await Assert.ThrowsAsync<LedgerException>(async () =>
            await RowsAsync(await GetAsync((await RunAsync(dataset.Name)).RunId!.Value), new ResultQuery(ByScore: true))
        );
        Assert.Equal(ErrorCode.ResultsInFiles, query.Code);
    }

    [Fact]
    public async Task Results_do_not_go_among_the_files_of_their_catalogue()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var catalogue = InPlaceCatalogue.Of(dataset)!.Path;
        using var folder = TestFolder.Create("links");
        var link = Path.Combine(folder.Path, "link");
        Directory.CreateSymbolicLink(link, catalogue);
        var runs = await Test.ScalarAsync<long>("select count(*) from discovery_runs");
        foreach (var root in new[] { Path.Combine(catalogue, "results"), catalogue, Path.Combine(link, "of", "mine") })
        {
            await using var ledger = new LedgerDatabase(Test.ConnectionString) { ResultsFolder = root };
            var error = await Assert.ThrowsAsync<LedgerException>(() =>
                new DiscoveryService(ledger).RunAsync(
                    new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read("{}")),
                    null,
                    CancellationToken
                )
            );
            Assert.Equal(ErrorCode.ResultsFolderUnusable, error.Code);
            Assert.Contains("is within the folder of the catalogue", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(runs, await Test.ScalarAsync<long>("select count(*) from discovery_runs"));
        Assert.False(Directory.Exists(Path.Combine(catalogue, "results")));
        // A name that begins alike is another folder.
        await using var beside = new LedgerDatabase(Test.ConnectionString) { ResultsFolder = $"{catalogue}-results" };
        ResultFolder.Require(beside, catalogue, 1);
    }

    [Fact]
    public async Task A_table_of_all_stars_is_refused_before_its_first_byte_where_the_catalogue_is_away()
    {
        var (_, dataset) = await lying.GetAsync("rejected");
        var run = await GetAsync((await RunAsync(dataset.Name)).RunId!.Value);
        var file = InPlaceCatalogue.Of(dataset)!.Path;
        File.Move(file, $"{file}.away");
        try
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() =>
                new RunExport(Test.Ledger).TableAsync(run, new ResultQuery(), null, CancellationToken)
            );
            Assert.Equal(ErrorCode.CatalogueFilesChanged, error.Code);
        }
        finally
        {
            File.Move($"{file}.away", file);
        }
    }

    [Fact]
    public async Task Two_flagged_stars_of_one_id_are_refused_and_nothing_of_the_run_stays()
    {
        using var folder = TestFolder.Create("twice");
        var file = await LyingCatalogue.WriteAsync(folder.Path, "texts", CancellationToken);
        // The same rows twice: every id is there twice.
        var twice = Directory.CreateDirectory(Path.Combine(folder.Path, "twice")).FullName;
        File.Copy(file, Path.Combine(twice, "a.parquet"));
        File.Copy(file, Path.Combine(twice, "b.parquet"));
        await new CatalogIngestor(Test.Ledger).IngestAsync(
            [twice],
            new IngestOptions { DatasetName = "twice", InPlace = true },
            cancellationToken: CancellationToken
        );
        var before = Directory.CreateDirectory(Root).GetDirectories().Length;
        var error = await Assert.ThrowsAsync<LedgerException>(() => RunAsync("twice"));
        Assert.Contains("two kept stars of dataset 'twice' have the id 'HD", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetDirectories(Root).Length);
        Assert.Equal(
            0,
            await Test.ScalarAsync<long>("select count(*) from stars s join datasets d using (dataset_id) where d.name = 'twice'")
        );
    }

    [Fact]
    public async Task A_flagged_star_whose_id_is_that_of_one_that_an_earlier_run_flagged_is_told_so()
    {
        using var folder = TestFolder.Create("earlier");
        var file = await LyingCatalogue.WriteAsync(folder.Path, "texts", CancellationToken);
        var ingestor = new CatalogIngestor(Test.Ledger);
        var options = new IngestOptions
        {
            DatasetName = "earlier",
            InPlace = true,
            Force = true,
        };
        var dataset = (await ingestor.IngestAsync([file], options, cancellationToken: CancellationToken)).Dataset;
        // As such a run keeps them: each id of the file, in the row behind all others.
        var row = InPlaceCatalogue.Of(dataset)!.FirstStarId + 1_000_000;
        await Test.ExecuteAsync(
            $"""
            insert into stars (star_id, dataset_id, source_id, ra_deg, dec_deg, healpix_29)
            select {row} + i, {dataset.DatasetId}, 'HD ' || lpad(i::text, 4, '0'), 1, 1, 0 from generate_series(0, 2999) i
            """
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() => RunAsync("earlier"));
        Assert.Contains("the run would keep a star of dataset 'earlier' with the id 'HD", error.Message, StringComparison.Ordinal);
        Assert.Contains("an earlier run has kept another with that id, in row 100", error.Message, StringComparison.Ordinal);
        await new DatasetRepository(Test.Ledger).DeleteAsync(dataset.DatasetId, true, CancellationToken);
    }

    [Fact]
    public async Task A_rejected_row_of_a_folder_is_told_by_its_file_and_its_row_there()
    {
        using var folder = TestFolder.Create("rows");
        var file = await LyingCatalogue.WriteAsync(folder.Path, "rejected", CancellationToken);
        var twice = Directory.CreateDirectory(Path.Combine(folder.Path, "twice")).FullName;
        File.Copy(file, Path.Combine(twice, "a.parquet"));
        File.Copy(file, Path.Combine(twice, "b.parquet"));
        var ingestor = new CatalogIngestor(Test.Ledger);
        foreach (var inPlace in new[] { true, false })
        {
            var options = new IngestOptions
            {
                DatasetName = $"rows-{inPlace}",
                InPlace = inPlace,
                Force = true,
            };
            var report = await ingestor.IngestAsync([twice], options, cancellationToken: CancellationToken);
            var outside = report.RejectedRows.Where(r => r.Field == "ra_deg").ToList();
            Assert.Equal(
                outside.Where(r => r.File == "twice/a.parquet").Select(r => r.LineNumber),
                outside.Where(r => r.File == "twice/b.parquet").Select(r => r.LineNumber)
            );
            Assert.Equal(4, outside.Min(r => r.LineNumber));
            if (!inPlace)
                Assert.Contains(
                    report.RejectedRows,
                    r => r is { File: "twice/b.parquet", LineNumber: 1, Reason: "is on line 1 of twice/a.parquet already" }
                );
            await new DatasetRepository(Test.Ledger).DeleteAsync(report.Dataset.DatasetId, true, CancellationToken);
        }
    }

    [Fact]
    public async Task A_catalogue_in_files_among_several_datasets_is_refused_in_words_and_its_runs_are_found_by_where_they_are()
    {
        var (loaded, lying1) = await lying.GetAsync("hats");
        var datasets = new DatasetRepository(Test.Ledger);
        foreach (var names in new[] { new[] { loaded.Name, lying1.Name }, [lying1.Name, loaded.Name] })
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() => datasets.AlsoAsync(names, StarFilter.All, CancellationToken));
            Assert.Equal(ErrorCode.DatasetInPlace, error.Code);
            Assert.Contains("a run over several datasets needs the stars of each in the ledger", error.Message, StringComparison.Ordinal);
        }
        var run = (await RunAsync(lying1.Name, """{"n_estimators": 5, "draws": 0}""")).RunId!.Value;
        var other = (await RunAsync(loaded.Name, """{"n_estimators": 5, "draws": 0}""")).RunId!.Value;
        var runs = new RunRepository(Test.Ledger);
        async Task<Guid[]> FoundAsync(string where) =>
            [.. (await runs.ListAsync(new RunQuery { Where = where }, CancellationToken)).Select(r => r.RunId)];
        Assert.Contains(run, await FoundAsync("results_in_files = true"));
        Assert.DoesNotContain(other, await FoundAsync("results_in_files = true"));
        Assert.Contains(other, await FoundAsync("results_in_files = false"));
    }
}
