using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Two catalogues joined on the command line, and the sky that they cover.</summary>
public sealed class CrossMatchCommandTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-match");

    [Fact]
    public async Task Two_catalogues_are_joined_and_their_pairs_exported()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        string File(string name) => Path.Combine(_folder.Path, name);
        (await ledger.RunAsync("datasets", "export", "sky", "--filter", "magnitude=..14", "-o", File("bright.csv"))).Ok();
        (await ledger.RunAsync("ingest", File("bright.csv"), "--dataset", "bright")).Ok();

        var match = (await ledger.RunAsync("crossmatch", "sky", "bright", "--radius", "500mas", "--json")).Ok().Json;
        Assert.Equal(0.5, match.GetProperty("radius_arcsec").GetDouble(), 1e-12);
        var id = match.GetProperty("match_id").GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);
        (await ledger.RunAsync("links", "export", id, "-o", File("pairs.fits"))).Ok();
        using (var table = CatalogFile.Open(File("pairs.fits")))
        {
            var batch = Assert.Single(table.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal(match.GetProperty("link_count").GetInt32(), batch.Count);
            Assert.All(((DoubleVector)batch.Columns[^1]).Values[..batch.Count], s => Assert.InRange(s, 0, 1e-6));
        }
        Assert.Contains("0.5\"", (await ledger.RunAsync("links", "list")).Ok().Out, StringComparison.Ordinal);
        Assert.Equal(
            0,
            (await ledger.RunAsync("links", "labels", id, "--label-set", "nothing", "--json")).Ok().Json.GetProperty("copied").GetInt32()
        );
        (await ledger.RunAsync("links", "delete", id)).Ok();
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("links", "delete", id)).ExitCode);
    }

    [Fact]
    public async Task A_coverage_map_is_printed_or_written()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ascii = (await ledger.RunAsync("moc", "--order", "3")).Ok().Out;
        Assert.Matches("^[0-9]+/[0-9]", ascii);
        var file = Path.Combine(_folder.Path, "sky.fits");
        var written = (await ledger.RunAsync("moc", "--order", "5", "-o", file, "--json")).Ok().Json;
        Assert.Equal(("fits", 5), (written.GetProperty("format").GetString(), written.GetProperty("order").GetInt32()));
        Assert.InRange(written.GetProperty("sky_fraction").GetDouble(), 0.01, 1);
        Assert.Equal(0, new FileInfo(file).Length % 2880);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("moc", "--format", "fits")).ExitCode);
    }

    [Theory]
    [InlineData("1parsec")]
    [InlineData("arcsec")]
    [InlineData("-1arcsec")]
    public async Task An_angle_that_is_none_is_refused(string radius) =>
        Assert.NotEqual(ExitCodes.Done, (await Cli.RunAsync("crossmatch", "a", "b", "--radius", radius)).ExitCode);

    public void Dispose() => _folder.Dispose();
}
