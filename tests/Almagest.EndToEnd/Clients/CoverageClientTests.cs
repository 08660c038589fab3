using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>Coverage maps as other programs read them.</summary>
public sealed class CoverageClientTests(Sky sky) : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("moc");

    private async Task<string> FetchAsync(string route, string file)
    {
        using var client = new HttpClient { BaseAddress = sky.Address };
        var path = Path.Combine(_folder.Path, file);
        await File.WriteAllBytesAsync(
            path,
            await client.GetByteArrayAsync(route, TestContext.Current.CancellationToken),
            TestContext.Current.CancellationToken
        );
        return path;
    }

    [Fact]
    public async Task PyMOC_reads_all_three_forms_as_the_cells_in_which_astropy_puts_the_stars()
    {
        await Tool.RequireModuleAsync("pymoc", "python3-pymoc");
        await Tool.RequireModuleAsync("astropy_healpix", "python3-astropy-healpix");
        int[] orders = [5, 7, 12];
        foreach (var order in orders)
        {
            foreach (var (form, ending) in new[] { ("fits", ".fits"), ("ascii", ".txt"), ("json", ".json") })
                await FetchAsync($"/vo/datasets/{Sky.Name}/moc?order={order}&format={form}", $"sky.{order}{ending}");
        }
        await FetchAsync($"/datasets/{Sky.Name}/stars?format=votable", "sky.vot");
        var told = await Tool.RunAsync(
            Tool.Python,
            [Tool.Beside("read_coverage.py"), Path.Combine(_folder.Path, "sky"), .. orders.Select(o => $"{o}")]
        );
        Assert.Equal(
            orders.Select(o => $"order {o}"),
            told.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(':')[0])
        );
    }

    [Fact]
    public async Task STILTS_selects_by_the_map_and_fitsverify_finds_nothing()
    {
        Tool.Require("stilts", "stilts");
        Tool.Require("fitsverify", "fitsverify");
        var map = await FetchAsync($"/vo/runs/{sky.Anomalies}/moc?order=9", "run.fits");
        Assert.StartsWith("verification OK", await Tool.RunAsync("fitsverify", "-q", map), StringComparison.Ordinal);
        var stars = await FetchAsync($"/datasets/{Sky.Name}/stars?format=votable", "stars.vot");
        var inside = await Tool.RunAsync("stilts", "tpipe", stars, $"cmd=select 'inMoc(\"{map}\",ra_deg,dec_deg)'", "omode=count");
        var mirrored = await Tool.RunAsync("stilts", "tpipe", stars, $"cmd=select 'inMoc(\"{map}\",ra_deg,-dec_deg)'", "omode=count");
        // Every analysed star, and perhaps one beside it that lacks a feature.
        var run = await new RunRepository(sky.Ledger).GetAsync(sky.Anomalies, TestContext.Current.CancellationToken);
        Assert.InRange(Rows(inside), run.TotalStars, Sky.Stars);
        Assert.InRange(Rows(mirrored), 0, run.TotalStars - 1);
    }

    private static long Rows(string counted) =>
        long.Parse(counted.Split("rows:")[1].Trim(), System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose() => _folder.Dispose();
}
