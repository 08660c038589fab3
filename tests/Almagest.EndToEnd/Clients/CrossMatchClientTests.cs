using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Matching;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>The same pairs of real stars as STILTS' tskymatch2 finds, row by row.</summary>
public sealed class CrossMatchClientTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("match");

    [Theory]
    [InlineData("gaia-100pc.csv", "stars/bright-stars-125982.csv.gz", 30, MatchFind.Best)]
    [InlineData("gaia-100pc.csv", "stars/bright-stars-125982.csv.gz", 120, MatchFind.All)]
    [InlineData("stars/bright-stars-125982.csv.gz", "gaia-100pc.csv", 120, MatchFind.Best1)]
    [InlineData("stars/bright-stars-125982.csv.gz", "fields/pleiades-gaiadr3-cone.fits", 60, MatchFind.Best)]
    [InlineData("fields/pleiades-gaiadr3-cone.fits", "stars/bright-stars-125982.csv.gz", 60, MatchFind.Best2)]
    public async Task Pairs_and_their_separations_are_those_of_STILTS(string first, string second, double radiusArcsec, MatchFind find)
    {
        Tool.Require("stilts", "stilts");
        var (path1, path2) = (TestData.Find(first), TestData.Find(second));
        Assert.SkipWhen(path1 is null || path2 is null, TestData.Missing);
        var (a, b) = (Read(path1!), Read(path2!));
        var pairs = Path.Combine(_folder.Path, "pairs.csv");

        await Tool.RunAsync(
            "stilts",
            "tskymatch2",
            $"in1={await WriteAsync(a, "1")}",
            $"in2={await WriteAsync(b, "2")}",
            "ra1=ra",
            "dec1=dec",
            "ra2=ra",
            "dec2=dec",
            string.Create(CultureInfo.InvariantCulture, $"error={radiusArcsec}"),
            $"find={find.ToString().ToLowerInvariant()}",
            "join=1and2",
            $"out={pairs}",
            "ofmt=csv"
        );
        var found = PositionMatcher
            .Match(a, b, radiusArcsec / 3600, find, cancellationToken: TestContext.Current.CancellationToken)
            .ToDictionary(p => (p.First, p.Second), p => p.SeparationDeg * 3600);

        var lines = await File.ReadAllLinesAsync(pairs, TestContext.Current.CancellationToken);
        var header = lines[0].Split(',').ToList();
        var (row1, row2, separation) = (header.IndexOf("row_1"), header.IndexOf("row_2"), header.IndexOf("Separation"));
        var theirs = lines
            .Skip(1)
            .Select(l => l.Split(','))
            .ToDictionary(
                c => (int.Parse(c[row1], CultureInfo.InvariantCulture), int.Parse(c[row2], CultureInfo.InvariantCulture)),
                c => double.Parse(c[separation], CultureInfo.InvariantCulture)
            );
        Assert.True(theirs.Count > 50, $"{theirs.Count} pairs prove little");
        Assert.Equal(theirs.Keys.Order(), found.Keys.Order());
        Assert.All(theirs, p => Assert.Equal(p.Value, found[p.Key], 1e-6));
    }

    private static SkyPositions Read(string path)
    {
        using var table = CatalogFile.Open(path);
        var reader = new StarReader(table, ColumnMapping.Automatic(table.Columns));
        var (ra, dec) = (new List<double>(), new List<double>());
        foreach (var batch in reader.ReadBatches())
        {
            for (var i = 0; i < batch.Count; i++)
            {
                ra.Add(batch.RaDeg[i]);
                dec.Add(batch.DecDeg[i]);
            }
        }
        return new SkyPositions([.. ra], [.. dec]);
    }

    private async Task<string> WriteAsync(SkyPositions positions, string side)
    {
        var path = Path.Combine(_folder.Path, $"{side}.fits");
        CatalogColumn[] columns =
        [
            new($"row_{side}", ColumnType.Int64),
            new("ra", ColumnType.Double, "deg"),
            new("dec", ColumnType.Double, "deg"),
        ];
        var rows = Enumerable
            .Range(0, positions.Count)
            .Select(i => new object?[] { (long)i, positions.RaDeg[i], positions.DecDeg[i] })
            .Chunk(5000);
        await using var stream = File.Create(path);
        await new ExportTable(columns, [], rows.ToAsyncEnumerable()).WriteAsync(stream, TableFormat.Fits);
        return path;
    }

    public void Dispose() => _folder.Dispose();
}
