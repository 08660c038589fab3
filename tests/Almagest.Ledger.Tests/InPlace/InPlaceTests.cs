using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Tests.Schema;
using Almagest.Ledger.Views;
using Almagest.Sky;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.InPlace;

/// <summary>Catalogues that are read where they lie: the same stars as a load of the same files gives, and none in the ledger.</summary>
public sealed class InPlaceTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("in-place");

    public void Dispose() => _folder.Dispose();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    /// <summary>Rows with gaps, marks of missing values and, if asked, some that are no stars; in two files, in no order.</summary>
    private async Task<string> CatalogueAsync(int stars = 900, bool withBadRows = false, string name = "catalogue")
    {
        var random = new Random(11);
        CatalogColumn[] columns =
        [
            new("source_id", ColumnType.Int64),
            new("ra", ColumnType.Double, "deg"),
            new("dec", ColumnType.Double, "deg"),
            new("parallax", ColumnType.Double, "mas"),
            new("parallax_error", ColumnType.Double, "mas"),
            new("pmra", ColumnType.Double, "mas/yr"),
            new("pmdec", ColumnType.Double, "mas/yr"),
            new("phot_g_mean_mag", ColumnType.Double, "mag"),
            new("bp_rp", ColumnType.Double, "mag"),
            new("radial_velocity", ColumnType.Double, "km/s"),
            new("pmra_error", ColumnType.Double, "mas/yr"),
            new("remark", ColumnType.Text),
        ];
        double? Some(double least, double most) => random.Next(9) == 0 ? null : least + (most - least) * random.NextDouble();
        object?[][] rows =
        [
            .. Enumerable
                .Range(0, stars)
                .Select(i =>
                    (object?[])
                        [
                            4_000_000_000_000_000_000 + 7 * i,
                            withBadRows && i % 50 == 3 ? 400.0 : 360 * random.NextDouble(),
                            180 * random.NextDouble() - 90,
                            random.Next(20) == 0 ? -999 : Some(-1, 20),
                            Some(0.01, 2),
                            withBadRows && i % 50 == 7 ? double.PositiveInfinity : Some(-30, 30),
                            Some(-30, 30),
                            Some(5, 20),
                            Some(-0.5, 3),
                            Some(-100, 100),
                            Some(0.01, 1),
                            $"star {i}",
                        ]
                ),
        ];
        var folder = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(folder);
        foreach (var (part, file) in new[] { (rows[..(stars / 3)], "b.parquet"), (rows[(stars / 3)..], "a.parquet") })
        {
            await using var stream = File.Create(Path.Combine(folder, file));
            await new ExportTable(columns, [], part.Chunk(100).ToAsyncEnumerable()).WriteAsync(
                stream,
                TableFormat.Parquet,
                cancellationToken: CancellationToken
            );
        }
        return folder;
    }

    private static Task<IngestReport> IngestAsync(TestLedger test, string path, string name, bool inPlace, IngestOptions? options = null) =>
        new CatalogIngestor(test.Ledger).IngestAsync(
            [path],
            (options ?? new IngestOptions { Open = new CatalogOpenOptions { Missing = [new MissingValue(null, "-999")] } }) with
            {
                DatasetName = name,
                InPlace = inPlace,
                Force = true,
            },
            cancellationToken: CancellationToken
        );

    private static Task<Dataset> AnyAsync(TestLedger test, string name) =>
        new DatasetRepository(test.Ledger).FindAnyAsync(name, CancellationToken);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registered_catalogue_has_the_report_of_a_load_its_stars_and_none_in_the_ledger(bool withBadRows)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(withBadRows: withBadRows);
        var loaded = await IngestAsync(test, folder, "loaded", inPlace: false);
        var stars = await test.ScalarAsync<long>("select count(*) from stars");
        var lying = await IngestAsync(test, folder, "lying", inPlace: true);

        Assert.Equal(withBadRows ? 864 : 900, lying.Rows);
        Assert.Equal((loaded.Rows, loaded.Rejected), (lying.Rows, lying.Rejected));
        Assert.Equal(
            loaded.RejectedRows.Select(r => (r.LineNumber, r.Field, r.Reason, r.Value)),
            lying.RejectedRows.Select(r => (r.LineNumber, r.Field, r.Reason, r.Value))
        );
        Assert.Equal(loaded.Mapping, lying.Mapping);
        Assert.Equal(SourceFile.Stored(loaded.Files[0])!.ToJsonString(), SourceFile.Stored(lying.Files[0])!.ToJsonString());
        var (one, other) = (await AnyAsync(test, "loaded"), await AnyAsync(test, "lying"));
        Assert.Equal(
            (one.Checksum, one.ColumnMapping, one.StarCount, one.RejectedCount, one.ReferenceEpoch),
            (other.Checksum, other.ColumnMapping, other.StarCount, other.RejectedCount, other.ReferenceEpoch)
        );
        Assert.Equal(stars, await test.ScalarAsync<long>("select count(*) from stars"));
        Assert.Equal(
            await test.StringsAsync($"select ordinal, line_number, field, reason from rejected_rows where dataset_id = {one.DatasetId}"),
            await test.StringsAsync($"select ordinal, line_number, field, reason from rejected_rows where dataset_id = {other.DatasetId}")
        );
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("{}", true)]
    [InlineData("""{"cone": {"ra_deg": 10, "dec_deg": 80, "radius_deg": 30}}""", false)]
    [InlineData("""{"ra_deg": {"min": 300, "max": 40}, "dec_deg": {"min": -20}}""", false)]
    [InlineData("""{"ra_deg": {"min": 40, "max": 300}, "magnitude": {"max": 15}, "color": {"min": 0, "max": 2}}""", true)]
    [InlineData("""{"parallax_over_error": {"min": 5}, "proper_motion_mas_yr": {"max": 25}, "pmra_error": {"max": 0.5}}""", false)]
    [InlineData("""{"parallax_mas": {"min": -0.5, "max": 12}, "radial_velocity_km_s": {"min": 0}}""", true)]
    public async Task A_selection_over_files_is_that_over_the_ledger(string filter, bool withBadRows)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(withBadRows: withBadRows);
        await IngestAsync(test, folder, "loaded", inPlace: false);
        await IngestAsync(test, folder, "lying", inPlace: true);
        var (loaded, lying) = (await AnyAsync(test, "loaded"), await AnyAsync(test, "lying"));
        var (loader, asked) = (new SelectionLoader(test.Ledger), StarFilter.FromJson(filter));
        string[] further = ["parallax_error_mas", "radial_velocity_km_s", "pmra_error", "pmdec_error", "ruwe"];

        var one = await loader.LoadAsync(loaded.DatasetId, asked, further, null, CancellationToken);
        var other = await loader.LoadAsync(lying.DatasetId, asked, further, null, CancellationToken);
        Assert.True(one.Count > 20);
        Assert.Equal(one.RaDeg, other.RaDeg);
        Assert.Equal(one.DecDeg, other.DecDeg);
        Assert.Equal(one.ParallaxMas, other.ParallaxMas);
        Assert.Equal(one.PmraMasYr, other.PmraMasYr);
        Assert.Equal(one.PmdecMasYr, other.PmdecMasYr);
        Assert.Equal(one.Magnitude, other.Magnitude);
        Assert.Equal(one.Color, other.Color);
        foreach (var name in further)
            Assert.Equal(one.Further[name], other.Further[name]);
        // Of the rows, counted through all files: those that are no stars have a number, too.
        var first = InPlaceCatalogue.Of(lying)!.FirstStarId;
        Assert.Equal(other.StarId.Order().Distinct(), other.StarId);
        Assert.All(other.StarId, id => Assert.InRange(id, first, first + lying.StarCount + lying.RejectedCount - 1));

        Assert.Equal(one.Count, await loader.CountAsync(lying.DatasetId, asked, CancellationToken));
        foreach (var rule in new[] { DistanceRule.Usual, DistanceRule.AnyParallax })
        {
            var (a, b) = (
                await loader.CoverageAsync(loaded.DatasetId, asked, rule, CancellationToken),
                await loader.CoverageAsync(lying.DatasetId, asked, rule, CancellationToken)
            );
            Assert.Equal((a.Stars, a.Distances, a.ParallaxErrors), (b.Stars, b.Distances, b.ParallaxErrors));
            Assert.Equal(a.Known.OrderBy(k => k.Key), b.Known.OrderBy(k => k.Key));
            Assert.Equal(a.Usable.OrderBy(k => k.Key), b.Usable.OrderBy(k => k.Key));
        }
    }

    [Fact]
    public async Task Positions_of_another_system_and_epoch_are_brought_to_ICRS_as_a_load_does()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync();
        var options = new IngestOptions
        {
            System = PositionSystem.Parse("fk5:J1975"),
            CatalogEpoch = 1991.25,
            Epoch = 2016,
            Map = new Dictionary<string, string> { ["color"] = "none" },
        };
        await IngestAsync(test, folder, "loaded", inPlace: false, options);
        var report = await IngestAsync(test, folder, "lying", inPlace: true, options);
        var (loaded, lying) = (await AnyAsync(test, "loaded"), await AnyAsync(test, "lying"));
        var loader = new SelectionLoader(test.Ledger);
        var one = await loader.LoadAsync(loaded.DatasetId, StarFilter.All, null, CancellationToken);
        var other = await loader.LoadAsync(lying.DatasetId, StarFilter.All, null, CancellationToken);
        // Some stars have no proper motion and stay at their own epoch.
        Assert.Equal(loaded.ReferenceEpoch, lying.ReferenceEpoch);
        Assert.Contains(report.Notes, n => n.Contains("could not be carried to 2016", StringComparison.Ordinal));
        Assert.Equal(loaded.Checksum, lying.Checksum);
        Assert.Equal(one.RaDeg, other.RaDeg);
        Assert.Equal(one.PmdecMasYr, other.PmdecMasYr);
        Assert.Equal(one.ParallaxMas, other.ParallaxMas);
        Assert.All(other.Color, c => Assert.True(double.IsNaN(c)));
    }

    [Fact]
    public async Task Right_ascensions_that_run_from_minus_180_are_read_as_a_load_does()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await HalvesAsync(i => -179.5 + i);
        var error = await Assert.ThrowsAsync<LedgerException>(() => IngestAsync(test, folder, "asked", inPlace: true));
        Assert.Equal(ErrorCode.PositionRangeUnknown, error.Code);
        var options = new IngestOptions { RaFrom = -180 };
        await IngestAsync(test, folder, "loaded", inPlace: false, options);
        await IngestAsync(test, folder, "lying", inPlace: true, options);
        // Of rows that were left out nothing is asked once more.
        await IngestAsync(test, folder, "half", inPlace: true, new IngestOptions { RaFrom = 0, Force = true });
        var loader = new SelectionLoader(test.Ledger);
        async Task<double[]> PlacesAsync(string name) =>
            (await loader.LoadAsync((await AnyAsync(test, name)).DatasetId, StarFilter.All, null, CancellationToken)).RaDeg;
        var places = await PlacesAsync("loaded");
        Assert.Equal(360, places.Length);
        Assert.All(places, ra => Assert.InRange(ra, 0, 359.5));
        Assert.Equal(places, await PlacesAsync("lying"));
        Assert.Equal(180, (await PlacesAsync("half")).Length);

        var above = await HalvesAsync(i => -170.5 + i);
        error = await Assert.ThrowsAsync<LedgerException>(() => IngestAsync(test, above, "above", inPlace: true, options));
        Assert.Equal(ErrorCode.PositionRangeUnknown, error.Code);
        Assert.Contains("on line 1 of part_2.parquet is 180.5 degrees", error.Message, StringComparison.Ordinal);
    }

    // Two files of a folder.
    private async Task<string> HalvesAsync(Func<int, double> ra)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, Guid.NewGuid().ToString("N"))).FullName;
        CatalogColumn[] columns =
        [
            new("source_id", ColumnType.Int64),
            new("ra", ColumnType.Double, "deg"),
            new("dec", ColumnType.Double, "deg"),
        ];
        foreach (var (part, first, count) in new[] { (1, 0, 351), (2, 351, 9) })
        {
            object?[][] rows = [.. Enumerable.Range(first, count).Select(i => (object?[])[(long)i, ra(i), i / 10.0])];
            await using var stream = File.Create(Path.Combine(folder, $"part_{part}.parquet"));
            await new ExportTable(columns, [], rows.Chunk(100).ToAsyncEnumerable()).WriteAsync(
                stream,
                TableFormat.Parquet,
                cancellationToken: CancellationToken
            );
        }
        return folder;
    }

    [Fact]
    public async Task Ids_of_its_stars_are_one_block_that_no_other_star_has()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(60);
        await IngestAsync(test, folder, "before", inPlace: false);
        await IngestAsync(test, folder, "lying", inPlace: true);
        await IngestAsync(test, folder, "again", inPlace: true);
        await IngestAsync(test, folder, "behind", inPlace: false);
        var (lying, again) = (InPlaceCatalogue.Of(await AnyAsync(test, "lying"))!, InPlaceCatalogue.Of(await AnyAsync(test, "again"))!);
        Assert.Equal((60L, 60L), (lying.Rows, again.Rows));
        var ids = (await test.StringsAsync("select star_id from stars")).Select(long.Parse).ToList();
        Assert.Equal(120, ids.Count);
        Assert.DoesNotContain(ids, id => lying.Holds(id) || again.Holds(id));
        Assert.True(lying.FirstStarId + 60 <= again.FirstStarId);

        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).GetStarAsync(lying.FirstStarId + 5, CancellationToken)
        );
        Assert.Equal(ErrorCode.DatasetInPlace, error.Code);
        error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).GetStarAsync(1L << 50, CancellationToken)
        );
        Assert.Equal(ErrorCode.StarNotFound, error.Code);
    }

    [Fact]
    public async Task A_distributed_ledger_takes_none()
    {
        await using var test = await TestLedger.CreateDistributedAsync();
        var folder = await CatalogueAsync(60);
        var error = await Assert.ThrowsAsync<LedgerException>(() => IngestAsync(test, folder, "lying", inPlace: true));
        Assert.Equal(ErrorCode.LedgerDistributed, error.Code);
        Assert.EndsWith(" only where all tables of the ledger are on one machine, and those of this ledger are distributed", error.Message);
        Assert.Empty(await new DatasetRepository(test.Ledger).ListAllAsync(CancellationToken));
    }

    [Fact]
    public async Task Whoever_looks_for_its_stars_in_the_ledger_is_told_that_they_are_not_there()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(60);
        await IngestAsync(test, folder, "lying", inPlace: true);
        await IngestAsync(test, folder, "loaded", inPlace: false);
        var datasets = new DatasetRepository(test.Ledger);
        var lying = await AnyAsync(test, "lying");
        async Task RefusedAsync(Func<Task> ask)
        {
            var error = await Assert.ThrowsAsync<LedgerException>(ask);
            Assert.Equal((ErrorCode.DatasetInPlace, "lying"), (error.Code, error.Facts["dataset"]));
        }
        await RefusedAsync(() => datasets.FindAsync("lying", CancellationToken));
        await RefusedAsync(() => datasets.FindAsync($"{lying.DatasetId}", CancellationToken));
        await RefusedAsync(() => datasets.GetAsync(lying.DatasetId, CancellationToken));
        await RefusedAsync(() => datasets.SelectedAsync("lying", StarFilter.All, CancellationToken));
        await RefusedAsync(() =>
            datasets.SelectedAsync("loaded", StarFilter.All with { AlsoDatasets = [lying.DatasetId] }, CancellationToken)
        );
        await RefusedAsync(() => datasets.AlsoAsync(["loaded", "lying"], StarFilter.All, CancellationToken));
        foreach (
            var filter in (string[])
                [
                    """{"sample": {"n": 10, "seed": 1}}""",
                    """{"only": ["4000000000000000000"]}""",
                    """{"without": ["4000000000000000000"]}""",
                    """{"quality": "gaia_dr3"}""",
                    """{"extra": {"remark": {"min": 1}}}""",
                ]
        )
            await RefusedAsync(() =>
                new SelectionLoader(test.Ledger).CountAsync(lying.DatasetId, StarFilter.FromJson(filter), CancellationToken)
            );
        Assert.Equal(["loaded"], (await datasets.ListAsync(CancellationToken)).Select(d => d.Name));
        Assert.Equal(["lying", "loaded"], (await datasets.ListAllAsync(CancellationToken)).Select(d => d.Name));
        await datasets.RenameAsync(lying.DatasetId, "still", CancellationToken);
        await datasets.DeleteAsync(lying.DatasetId, true, CancellationToken);
        Assert.Single(await datasets.ListAllAsync(CancellationToken));
        Assert.True(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("longer", "bytes and had")]
    [InlineData("other", "has other contents")]
    [InlineData("missing", "'a.parquet' is missing")]
    [InlineData("more", "'c.parquet' was added")]
    [InlineData("gone", "not there any more")]
    public async Task Files_that_have_changed_are_not_read(string how, string words)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(60);
        await IngestAsync(test, folder, "lying", inPlace: true);
        var lying = await AnyAsync(test, "lying");
        var file = Path.Combine(folder, "a.parquet");
        // A copy has another time and the same bytes.
        File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(60, (await new SelectionLoader(test.Ledger).LoadAsync(lying.DatasetId, StarFilter.All)).Count);
        switch (how)
        {
            case "longer":
                await File.AppendAllTextAsync(file, "x", CancellationToken);
                break;
            case "other":
                var bytes = await File.ReadAllBytesAsync(file, CancellationToken);
                bytes[bytes.Length / 2] ^= 1;
                await File.WriteAllBytesAsync(file, bytes, CancellationToken);
                break;
            case "missing":
                File.Delete(file);
                break;
            case "more":
                File.Copy(file, Path.Combine(folder, "c.parquet"));
                break;
            default:
                Directory.Move(folder, folder + "-moved");
                break;
        }
        foreach (var ask in new Func<Task>[] { () => LoadAsync(), () => CountAsync() })
        {
            var error = await Assert.ThrowsAsync<LedgerException>(ask);
            Assert.Equal((ErrorCode.CatalogueFilesChanged, "lying"), (error.Code, error.Facts["dataset"]));
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
        Task LoadAsync() => new SelectionLoader(test.Ledger).LoadAsync(lying.DatasetId, StarFilter.All);
        Task CountAsync() => new SelectionLoader(test.Ledger).CountAsync(lying.DatasetId, StarFilter.All);
    }

    [Fact]
    public async Task A_catalogue_that_was_moved_is_found_again_by_its_contents()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(60);
        var options = new IngestOptions { DatasetName = "lying", InPlace = true };
        var ingestor = new CatalogIngestor(test.Ledger);
        await ingestor.IngestAsync([folder], options, cancellationToken: CancellationToken);
        var first = InPlaceCatalogue.Of(await AnyAsync(test, "lying"))!;
        Directory.Move(folder, folder + "-moved");
        var again = await ingestor.IngestAsync([folder + "-moved"], options, cancellationToken: CancellationToken);
        Assert.True(again.AlreadyLoaded);
        Assert.Contains($"from now on it is read from '{folder}-moved'", Assert.Single(again.Notes), StringComparison.Ordinal);
        var lying = await AnyAsync(test, "lying");
        Assert.Equal(first.FirstStarId, InPlaceCatalogue.Of(lying)!.FirstStarId);
        Assert.Equal(60, (await new SelectionLoader(test.Ledger).LoadAsync(lying.DatasetId, StarFilter.All)).Count);

        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            ingestor.IngestAsync([folder + "-moved"], options with { InPlace = false }, cancellationToken: CancellationToken)
        );
        Assert.Equal(ErrorCode.ContentLoaded, error.Code);
    }

    [Theory]
    [InlineData(ViewMode.Refresh)]
    [InlineData(ViewMode.Incremental)]
    public async Task Its_stars_are_counted_by_their_place_on_the_sky_also_where_an_older_program_registered_it(ViewMode mode)
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(mode);
        var folder = await CatalogueAsync(withBadRows: true);
        await IngestAsync(test, folder, "loaded", inPlace: false);
        await IngestAsync(test, folder, "lying", inPlace: true);
        async Task<List<string>> CellsAsync(string name)
        {
            await new ViewRefresher(test.Ledger).RefreshPendingAsync(cancellationToken: CancellationToken);
            return await test.StringsAsync(
                $"select healpix_6, stars from mv_dataset_coverage join datasets using (dataset_id) where name = '{name}' order by 1"
            );
        }
        var cells = await CellsAsync("loaded");
        Assert.True(cells.Count > 500);
        Assert.Equal(cells, await CellsAsync("lying"));

        await test.ExecuteAsync("delete from in_place_cells");
        await test.ExecuteAsync("select view_summaries.after_cells(dataset_id) from datasets where in_place is not null");
        Assert.Empty(await CellsAsync("lying"));
        var again = await new CatalogIngestor(test.Ledger).IngestAsync(
            [folder],
            new IngestOptions
            {
                DatasetName = "lying",
                InPlace = true,
                Open = new CatalogOpenOptions { Missing = [new MissingValue(null, "-999")] },
            },
            cancellationToken: CancellationToken
        );
        Assert.True(again.AlreadyLoaded);
        Assert.Contains(again.Notes, n => n.Contains("counted by their place on the sky", StringComparison.Ordinal));
        Assert.Equal(cells, await CellsAsync("lying"));
        Assert.Equal(cells, await CellsAsync("loaded"));
        await ViewAssert.AgreeAsync(test);
    }

    [Fact]
    public async Task Stars_that_are_kept_are_those_that_a_load_stores()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(withBadRows: true);
        await IngestAsync(test, folder, "loaded", inPlace: false);
        await IngestAsync(test, folder, "lying", inPlace: true);
        var lying = await AnyAsync(test, "lying");
        var files = InPlaceStars.Of(lying)!;
        List<Star> Of(int each) =>
            [
                .. files
                    .Read(null, CancellationToken)
                    .SelectMany(batch => Enumerable.Range(0, batch.Count).Select(row => files.Star(batch, row)))
                    .Where((_, i) => i % each == 0),
            ];
        async Task<long> KeepAsync(IEnumerable<Star> stars)
        {
            await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken);
            var kept = await KeptStars.SaveAsync(connection, lying, stars, CancellationToken);
            await transaction.CommitAsync(CancellationToken);
            return kept;
        }
        Assert.Equal(288, await KeepAsync(Of(3)));
        Assert.Equal(0, await KeepAsync(Of(6)));
        Assert.Equal(864 - 288, await KeepAsync(Of(1)));
        async Task<List<string>> RowsAsync(long dataset) =>
            await test.StringsAsync(
                $"select to_jsonb(s) - 'star_id' - 'dataset_id' from stars s where dataset_id = {dataset} order by source_id"
            );
        var loaded = await RowsAsync((await AnyAsync(test, "loaded")).DatasetId);
        Assert.Contains("\"extra\": {\"remark\": \"star 0\"", loaded[0], StringComparison.Ordinal);
        Assert.Equal(loaded, await RowsAsync(lying.DatasetId));
        var first = InPlaceCatalogue.Of(lying)!.FirstStarId;
        Assert.Equal(
            0,
            await test.ScalarAsync<long>(
                $"select count(*) from stars where dataset_id = {lying.DatasetId} and star_id not between {first} and {first + 899}"
            )
        );
    }

    [Fact]
    public async Task Two_stars_of_one_id_are_not_kept_and_the_rows_are_named()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await IngestAsync(test, await CatalogueAsync(60), "lying", inPlace: true);
        var lying = await AnyAsync(test, "lying");
        var first = InPlaceCatalogue.Of(lying)!.FirstStarId;
        Star Star(int row) => new() { StarId = first + row, SourceId = row < 5 ? "twice" : $"{row}" };
        await using var connection = await test.Ledger.ConnectAsync(CancellationToken);
        async Task RefusedAsync(string words, params Star[] stars)
        {
            await using var transaction = await connection.BeginTransactionAsync(CancellationToken);
            var error = await Assert.ThrowsAsync<LedgerException>(() => KeptStars.SaveAsync(connection, lying, stars, CancellationToken));
            Assert.Equal(ErrorCode.InvalidValue, error.Code);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
        await RefusedAsync("have the id 'twice', in rows 2 and 5 of its files", Star(1), Star(4), Star(7));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from stars"));
        await using (var transaction = await connection.BeginTransactionAsync(CancellationToken))
        {
            await KeptStars.SaveAsync(connection, lying, [Star(1), Star(7)], CancellationToken);
            await transaction.CommitAsync(CancellationToken);
        }
        // Of two runs one each.
        await RefusedAsync("in row 5 of its files, and an earlier run has kept another with that id, in row 2", Star(4));
        Assert.Equal(2, await test.ScalarAsync<long>("select count(*) from stars"));
    }

    [Fact]
    public async Task What_is_no_Parquet_is_not_registered()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var file = Path.Combine(_folder.Path, "stars.csv");
        await File.WriteAllTextAsync(file, "source_id,ra,dec\n1,10,20\n2,11,21\n", CancellationToken);
        var error = await Assert.ThrowsAsync<LedgerException>(() => IngestAsync(test, file, "lying", inPlace: true, new IngestOptions()));
        Assert.Contains("only Parquet is read where it lies", error.Message, StringComparison.Ordinal);
        Assert.Empty(await new DatasetRepository(test.Ledger).ListAllAsync(CancellationToken));
    }

    [Fact]
    public async Task Going_back_behind_it_says_how_many_are_lost_and_loses_no_other()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var folder = await CatalogueAsync(60);
        await IngestAsync(test, folder, "loaded", inPlace: false);
        await IngestAsync(test, folder, "lying", inPlace: true);
        var losses = await test.Ledger.Schema.LossesAsync("AddRunTasks", CancellationToken);
        Assert.Equal(
            [("counts of stars by place of catalogues read where they lie", 1L), ("catalogues read where they lie", 1L)],
            losses.Select(l => (l.What, l.Count)).OrderByDescending(l => l.What.Length)
        );
        await test.Ledger.Schema.RollbackAsync("AddRunTasks");
        Assert.Equal(["loaded"], await test.StringsAsync("select name from datasets"));
        await test.Ledger.Schema.MigrateAsync();
        Assert.Equal(60, (await AnyAsync(test, "loaded")).StarCount);
    }
}
