using Almagest.Catalog.Mapping;
using Almagest.Catalog.Writing;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Xunit;

namespace Almagest.Ledger.Tests.Datasets;

/// <summary>Errors, correlations and marks of quality from a file into the ledger, out of it in every format, and back.</summary>
public sealed class FurtherFieldRoundTripTests : IDisposable
{
    private const string Values =
        "select source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color, "
        + "radial_velocity_km_s, ruwe";

    private readonly string _folder = Directory.CreateTempSubdirectory("almagest-round-trip-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_star_with_all_fields_comes_back_from_every_format_with_every_digit()
    {
        await using var test = await TestLedger.CreateAsync();
        var names = FurtherField.All.Select(f => f.Name).ToList();
        var path = Path.Combine(_folder, "gaia.csv");
        await File.WriteAllTextAsync(
            path,
            $"source_id,ra,dec,parallax,parallax_error,pmra,pmdec,phot_g_mean_mag,bp_rp,radial_velocity,ruwe,{string.Join(',', names)}\n"
                + $"1,100.123456789012,-20.5,5.25,0.0312345678901234,-3.125,7.5,12.5,0.75,-12.25,1.0625,"
                + $"{string.Join(',', names.Select((_, i) => FormattableString.Invariant($"0.{i + 1}12345678901234")))}\n"
                + $"2,101,-20.5,,,,,,,,,{new string(',', names.Count - 1)}\n",
            TestContext.Current.CancellationToken
        );
        var ingestor = new CatalogIngestor(test.Ledger);
        var first = (await ingestor.IngestAsync([path])).Dataset;
        async Task<IReadOnlyList<string>> StarsAsync(long dataset) =>
            await test.StringsAsync($"{Values}, {string.Join(", ", names)} from stars where dataset_id = {dataset} order by source_id");
        var expected = await StarsAsync(first.DatasetId);
        Assert.Contains("0.0312345678901234", expected[0], StringComparison.Ordinal);
        Assert.Contains("0.1612345678901234", expected[0], StringComparison.Ordinal);
        Assert.DoesNotContain("null", expected[0], StringComparison.Ordinal);

        // JSON is for programs; Almagest reads no such file. CSV for spreadsheets is CSV, byte by byte, where no text begins like a
        // formula.
        foreach (var format in TableFormats.All.Except([TableFormat.Json, TableFormat.CsvSafe]))
        {
            var file = Path.Combine(_folder, $"{format}.dat");
            await using (var stream = File.Create(file))
                await (await new SelectionExport(test.Ledger).TableAsync(first)).WriteAsync(
                    stream,
                    format,
                    cancellationToken: TestContext.Current.CancellationToken
                );
            var again = await ingestor.IngestAsync([file], new IngestOptions { DatasetName = $"again {format}" });
            Assert.Equal(expected, await StarsAsync(again.Dataset.DatasetId));
        }
    }
}
