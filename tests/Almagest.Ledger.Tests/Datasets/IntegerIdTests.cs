using Almagest.Ledger.Datasets;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Datasets;

/// <summary>Whether ids are whole numbers is decided once for a dataset, by all of them.</summary>
public sealed class IntegerIdTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("ids");

    [Theory]
    [InlineData(true, "1", "4295806720", "9223372036854775807")]
    [InlineData(true, "0", "10", "100")]
    [InlineData(false, "1", "2", "0001")]
    [InlineData(false, "1", "2", "HIP 3")]
    [InlineData(false, "1", "2", "9223372036854775808")]
    [InlineData(false, "1", "2", "-3")]
    public async Task A_load_says_it_and_the_stars_of_an_older_load_say_the_same(bool expected, params string[] ids)
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Path.Combine(_folder.Path, "stars.csv");
        await File.WriteAllLinesAsync(
            file,
            ["source_id,ra,dec", .. ids.Select((id, i) => $"{id},{i},{i}")],
            TestContext.Current.CancellationToken
        );
        var dataset = (await new CatalogIngestor(test.Ledger).IngestAsync([file])).Dataset;
        Assert.Equal(ids.Length, dataset.StarCount);
        Assert.Contains($"\"integer_ids\":{(expected ? "true" : "false")}", dataset.Source, StringComparison.Ordinal);
        Assert.Equal(expected, await IntegerIds.OfAsync(test.Ledger, [dataset], TestContext.Current.CancellationToken));

        dataset.Source = "[{\"file\":\"stars.csv\"}]";
        Assert.Equal(expected, await IntegerIds.OfAsync(test.Ledger, [dataset], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Across_datasets_all_of_them_must_have_whole_numbers()
    {
        await using var test = await TestLedger.CreateAsync();
        var ids = new List<long>();
        foreach (var (name, id) in new[] { ("gaia", "4295806720"), ("other", "A 1"), ("third", "7") })
        {
            var file = Path.Combine(_folder.Path, $"{name}.csv");
            await File.WriteAllLinesAsync(file, ["source_id,ra,dec", $"{id},1,2"], TestContext.Current.CancellationToken);
            ids.Add((await new CatalogIngestor(test.Ledger).IngestAsync([file])).Dataset.DatasetId);
        }
        async Task<string> OfAsync(params long[] of) =>
            string.Join(' ', await IntegerIds.ColumnsAsync(test.Ledger, of, TestContext.Current.CancellationToken));
        Assert.Equal("source_id", await OfAsync(ids[0], ids[2]));
        Assert.Equal("", await OfAsync([.. ids]));
    }

    public void Dispose() => _folder.Dispose();
}
