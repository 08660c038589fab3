using System.Globalization;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Clusters of a run named after a catalogue of known ones, on its page.</summary>
public sealed class ClusterNameTests(Sky sky, Browser browser)
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_clusters_of_a_run_are_named_and_the_page_of_each_says_why()
    {
        var run = await new RunRepository(sky.Ledger).GetAsync(sky.Clusters, CancellationToken);
        // The largest is the field, all over the sky.
        var largest = (await ClusterResources.LargestAsync(sky.Ledger, run, 2, CancellationToken))[1];
        using var folder = TestFolder.Create("known");
        var file = Path.Combine(folder.Path, "known-names.csv");
        await File.WriteAllTextAsync(
            file,
            string.Create(
                CultureInfo.InvariantCulture,
                $"Name,RAJ2000,DEJ2000\nMade up,{largest.RaDeg},{largest.DecDeg}\nElsewhere,1,85\n"
            ),
            CancellationToken
        );
        var known = (await new CatalogIngestor(sky.Ledger).IngestAsync([file], cancellationToken: CancellationToken)).Dataset;

        await using (var walk = await browser.OpenAsync(sky.Address))
        {
            await walk.GoAsync($"/runs/{sky.Clusters}", sky.Clusters.ToString()[^8..]);
            await walk.Page.GetByLabel("Known clusters").SelectOptionAsync("known-names");
            await walk.Button("Name the clusters").ClickAsync();
            await walk.SeesAsync("After known-names");
            await walk.SeesAsync("neither proper motions nor parallaxes");
            await walk.SeesAsync("Made up? (");
            await walk.KeepAsync("cluster-names");
            await walk.GoAsync($"/runs/{sky.Clusters}?cluster={largest.ClusterId}", sky.Clusters.ToString()[^8..]);
            await walk.SeesAsync($"What catalogues call cluster {largest.ClusterId}");
            await walk
                .Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Known clusters of known-names" })
                .GetByText("Made up")
                .WaitForAsync();
        }

        await new DatasetRepository(sky.Ledger).DeleteAsync(known.DatasetId, cancellationToken: CancellationToken);
        Assert.All(await ClusterResources.LargestAsync(sky.Ledger, run, 2, CancellationToken), c => Assert.Null(c.KnownAs));
    }
}
