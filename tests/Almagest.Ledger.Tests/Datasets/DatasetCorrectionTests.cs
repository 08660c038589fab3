using System.Globalization;
using System.Text;
using Almagest.Catalog;
using Almagest.Catalog.Stars;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Xunit;

namespace Almagest.Ledger.Tests.Datasets;

/// <summary>Units and missing values of a loaded catalogue, set right without its file.</summary>
public sealed class DatasetCorrectionTests : IDisposable
{
    private const string Stars =
        "select source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, magnitude, color, healpix_29, extra from stars "
        + "where dataset_id = ";

    private readonly string _folder = Directory.CreateTempSubdirectory("almagest-correct-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Table()
    {
        var file = Path.Combine(_folder, "table.csv");
        var text = new StringBuilder("name,RA,DE,plx,e_plx,pmRA,Vmag,teff,note\n");
        for (var i = 0; i < 7; i++)
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"s{i},{0.123456789 * (i + 1)},{20.1 + i},{(i == 3 ? -9.99 : 0.0123 * (i + 1))},{(i == 4 ? -9.99 : 0.001)},{1.1 * i},"
                    + $"{(i == 5 ? 99.99 : 12.3 + i)},{(i % 2 == 0 ? -9999 : 5000 + i)},{(i == 6 ? "-9999" : "x")}"
            );
        File.WriteAllText(file, text.ToString());
        return file;
    }

    private static async Task<long> LoadAsync(TestLedger test, string file, string name, IngestOptions? options = null) =>
        (
            await new CatalogIngestor(test.Ledger).IngestAsync(
                [file],
                (options ?? new IngestOptions()) with
                {
                    DatasetName = name,
                    Force = true,
                }
            )
        )
            .Dataset
            .DatasetId;

    private static async Task<FileReport> ReportAsync(TestLedger test, long dataset) =>
        SourceFile.Reports((await new DatasetRepository(test.Ledger).GetAsync(dataset)).Source).Single();

    private static Task<List<string>> StarsAsync(TestLedger test, long dataset) => test.StringsAsync($"{Stars}{dataset} order by star_id");

    [Fact]
    public async Task Set_right_afterwards_the_stars_are_those_of_a_load_that_knew()
    {
        await using var test = await TestLedger.CreateAsync();
        var knew = await LoadAsync(
            test,
            Table(),
            "knew",
            new IngestOptions
            {
                Map = new Dictionary<string, string> { ["ra_deg"] = "RA:hours", ["parallax_mas"] = "plx:arcsec" },
                Open = new CatalogOpenOptions { Missing = [new("plx", "-9.99"), new("Vmag", "99.99"), new(null, "-9999")] },
            }
        );
        var corrected = await LoadAsync(test, Table(), "corrected");
        var ids = await test.StringsAsync($"select star_id from stars where dataset_id = {corrected} order by 1");
        Assert.NotEqual(await StarsAsync(test, knew), await StarsAsync(test, corrected));

        await new DatasetCorrector(test.Ledger).CorrectAsync(
            corrected,
            new DatasetCorrection
            {
                Units = new Dictionary<string, string> { ["RA"] = "hours", ["parallax_mas"] = "arcsec" },
                Missing = [new("plx", "-9.99"), new("Vmag", "99.99"), new(null, "-9999")],
            },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(await StarsAsync(test, knew), await StarsAsync(test, corrected));
        Assert.Equal(ids, await test.StringsAsync($"select star_id from stars where dataset_id = {corrected} order by 1"));
        var datasets = new DatasetRepository(test.Ledger);
        Assert.Equal(
            DatasetResource.ParseMapping((await datasets.GetAsync(knew)).ColumnMapping),
            DatasetResource.ParseMapping((await datasets.GetAsync(corrected)).ColumnMapping)
        );
        Assert.Equal((await datasets.GetAsync(knew)).Checksum, (await datasets.GetAsync(corrected)).Checksum);
        var (right, renewed) = ((await ReportAsync(test, knew)).Report, (await ReportAsync(test, corrected)).Report);
        Assert.Equal(right.Columns, renewed.Columns);
        Assert.Equal(right.Suspicions, renewed.Suspicions);
        Assert.Equal(6, renewed.Corrections.Count);
        Assert.Contains("1 value of 'plx' that is -9.99 was taken for missing.", renewed.Corrections[0], StringComparison.Ordinal);
        Assert.Contains("'RA' is in hours", renewed.Corrections[4], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_beyond_any_star_is_not_told_any_more_once_it_is_set_right()
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Path.Combine(_folder, "beyond.csv");
        await File.WriteAllTextAsync(file, "id,ra,dec,plx,pmRA\na,10,20,5,999999\nb,11,21,6,1.5\nc,12,22,1500,2.5\n");
        var dataset = await LoadAsync(test, file, "beyond");
        Assert.Equal(2, Beyond((await ReportAsync(test, dataset)).Report).Length);
        await new DatasetCorrector(test.Ledger).CorrectAsync(
            dataset,
            new DatasetCorrection { Missing = [new("pmRA", "999999")] },
            TestContext.Current.CancellationToken
        );
        Assert.Contains("'plx'", Assert.Single(Beyond((await ReportAsync(test, dataset)).Report)), StringComparison.Ordinal);

        static string[] Beyond(LoadReport report) =>
            [.. report.Suspicions.Where(s => s.Contains("beyond that of any star known", StringComparison.Ordinal))];
    }

    [Fact]
    public async Task What_was_told_of_a_missing_unit_is_not_told_any_more_once_it_is_said()
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Path.Combine(_folder, "fast.csv");
        await File.WriteAllTextAsync(
            file,
            "name,ra_deg,dec_deg,pmRA,pmDE\n" + string.Concat(Enumerable.Range(1, 9).Select(i => $"s{i},{i},{i},0.0{i},0.01\n"))
        );
        var dataset = await LoadAsync(test, file, "fast");
        Assert.Contains("pmra_mas_yr=pmRA:arcsec/yr", Assert.Single((await ReportAsync(test, dataset)).Report.Suspicions));
        await new DatasetCorrector(test.Ledger).CorrectAsync(
            dataset,
            new DatasetCorrection
            {
                Units = new Dictionary<string, string> { ["pmRA"] = "arcsec/yr", ["pmDE"] = "arcsec/yr" },
            }
        );
        Assert.Empty((await ReportAsync(test, dataset)).Report.Suspicions);
    }

    [Fact]
    public async Task A_unit_that_is_taken_back_leaves_no_digit_behind()
    {
        await using var test = await TestLedger.CreateAsync();
        var dataset = await LoadAsync(test, Table(), "back");
        var (before, report) = (await StarsAsync(test, dataset), (await ReportAsync(test, dataset)).Report);
        foreach (var (ra, parallax) in new[] { ("hours", "arcsec"), ("rad", "uas"), ("deg", "mas") })
            await new DatasetCorrector(test.Ledger).CorrectAsync(
                dataset,
                new DatasetCorrection
                {
                    Units = new Dictionary<string, string> { ["RA"] = ra, ["plx"] = parallax },
                },
                TestContext.Current.CancellationToken
            );
        Assert.Equal(before, await StarsAsync(test, dataset));
        Assert.Equal(
            report.Columns.Select(c => c with { Unit = null }),
            (await ReportAsync(test, dataset)).Report.Columns.Select(c => c with { Unit = null })
        );
    }

    [Theory]
    [InlineData("RA=parsec", "invalid_value", "'parsec' is not a unit of ra_deg")]
    [InlineData("nothing=mas", "invalid_value", "has no column 'nothing'")]
    [InlineData("name=mas", "invalid_value", "is source_id, which has no unit")]
    [InlineData("DE=hours", "invalid_value", "outside the sky")]
    public async Task What_cannot_be_is_refused_and_nothing_changes(string unit, string code, string message)
    {
        await using var test = await TestLedger.CreateAsync();
        var dataset = await LoadAsync(test, Table(), "stays");
        var before = await StarsAsync(test, dataset);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetCorrector(test.Ledger).CorrectAsync(
                dataset,
                new DatasetCorrection
                {
                    Units = new Dictionary<string, string> { ["plx"] = "arcsec", [unit.Split('=')[0]] = unit.Split('=')[1] },
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(code, error.Code.Name);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await StarsAsync(test, dataset));
        Assert.Empty((await ReportAsync(test, dataset)).Report.Corrections);
    }

    [Fact]
    public async Task Values_whose_form_in_the_file_is_not_kept_are_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var galactic = Path.Combine(_folder, "galactic.csv");
        File.WriteAllText(galactic, "name,l,b,Bmag,Vmag\na,10,20,11,10\nb,11,21,12,-9\n");
        var parts = Path.Combine(_folder, "parts.csv");
        File.WriteAllText(parts, "name,RAh,RAm,RAs,DE-,DEd,DEm,DEs\na,1,2,3,+,4,5,6\nb,2,2,3,-,4,5,6\n");
        var corrector = new DatasetCorrector(test.Ledger);
        var turned = await LoadAsync(test, galactic, "turned");
        var inParts = await LoadAsync(test, parts, "parts");
        var several = (
            await new CatalogIngestor(test.Ledger).IngestAsync([Table(), galactic], new IngestOptions { DatasetName = "several" })
        )
            .Dataset
            .DatasetId;
        foreach (var (dataset, column, unit) in new[] { (turned, "l", "rad"), (inParts, "RAh", "deg"), (several, "plx", "arcsec") })
            Assert.Equal(
                ErrorCode.OriginalNotKept,
                (
                    await Assert.ThrowsAsync<LedgerException>(() =>
                        corrector.CorrectAsync(
                            dataset,
                            new DatasetCorrection { Units = new Dictionary<string, string> { [column] = unit } },
                            TestContext.Current.CancellationToken
                        )
                    )
                ).Code
            );
        // A colour goes with the magnitude that it was computed from.
        await corrector.CorrectAsync(
            turned,
            new DatasetCorrection { Missing = [new("Vmag", "-9")] },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(
            ["10 | 1", "null | null"],
            await test.StringsAsync($"select magnitude, color from stars where dataset_id = {turned} order by star_id")
        );
    }

    [Fact]
    public async Task A_dataset_on_which_a_run_rests_stays_as_it_is()
    {
        await using var test = await TestLedger.CreateAsync();
        var dataset = await LoadAsync(test, Table(), "fixed");
        var stars = (await test.StringsAsync($"select star_id from stars where dataset_id = {dataset}")).Select(long.Parse).ToArray();
        await TestRuns.CompleteAsync(test, dataset, stars, _ => 0.1);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetCorrector(test.Ledger).CorrectAsync(
                dataset,
                new DatasetCorrection { Units = new Dictionary<string, string> { ["RA"] = "hours" } },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal((ErrorCode.DatasetFixed, 1L), (error.Code, error.Facts["runs"]));
    }

    [Fact]
    public async Task Views_and_selections_in_memory_follow()
    {
        await using var test = await TestLedger.CreateAsync();
        await new ViewConverter(test.Ledger).ConvertAsync(ViewMode.Incremental);
        var dataset = await LoadAsync(test, Table(), "followed");
        var cache = new SelectionCache(test.Ledger);
        var filter = StarFilter.All;
        var before = await cache.GetAsync(dataset, filter, cancellationToken: TestContext.Current.CancellationToken);
        await new DatasetCorrector(test.Ledger).CorrectAsync(
            dataset,
            new DatasetCorrection { Units = new Dictionary<string, string> { ["RA"] = "hours" } },
            TestContext.Current.CancellationToken
        );
        var after = await cache.GetAsync(dataset, filter, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotSame(before, after);
        Assert.Equal(
            await test.StringsAsync($"select healpix_29 >> 46, count(*) from stars where dataset_id = {dataset} group by 1 order by 1"),
            await test.StringsAsync($"select healpix_6, stars from view_summaries.dataset_cells where dataset_id = {dataset} order by 1")
        );
    }
}
