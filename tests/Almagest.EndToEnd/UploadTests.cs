using Almagest.Ledger.Datasets;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>Files that must be told how they are to be read: which table, in which system, at which epoch.</summary>
public sealed class UploadTests(Sky sky, Browser browser)
{
    // The second table's positions are galactic, which nothing in the file says: its first star is the centre of the galaxy.
    private const string TwoTables = """
        <?xml version="1.0"?>
        <VOTABLE version="1.3"><RESOURCE>
        <TABLE name="remarks" nrows="1"><FIELD name="n" datatype="int"/><FIELD name="remark" datatype="char" arraysize="*"/>
        <DATA><TABLEDATA><TR><TD>1</TD><TD>none</TD></TR></TABLEDATA></DATA></TABLE>
        <TABLE name="stars" nrows="3"><FIELD name="name" datatype="char" arraysize="*" ucd="meta.id;meta.main"/>
        <FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
        <FIELD name="pmra" datatype="double" unit="mas/yr"/><FIELD name="pmdec" datatype="double" unit="mas/yr"/>
        <DATA><TABLEDATA><TR><TD>centre</TD><TD>0</TD><TD>0</TD><TD>0</TD><TD>0</TD></TR><TR><TD>b</TD><TD>120</TD><TD>-40</TD><TD>3</TD>
        <TD>4</TD></TR><TR><TD>c</TD><TD>10</TD><TD>5</TD><TD/><TD/></TR></TABLEDATA></DATA></TABLE>
        </RESOURCE></VOTABLE>
        """;

    [Fact]
    public async Task A_table_of_several_its_system_and_its_epoch_are_chosen_before_it_is_loaded()
    {
        using var folder = TestFolder.Create("upload");
        var file = Path.Combine(folder.Path, "two.vot");
        await File.WriteAllTextAsync(file, TwoTables, TestContext.Current.CancellationToken);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await walk.SeesAsync("Of the first 3 rows");
        var tables = walk.Page.GetByLabel("Table of the file");
        Assert.Equal(["1 remarks (1 row)", "2 stars (3 rows)"], await tables.Locator("option").AllInnerTextsAsync());
        // The first with a position is taken, and shown as what is.
        await Assertions.Expect(tables).ToHaveValueAsync("stars");
        await tables.SelectOptionAsync("remarks");
        await walk.SeesAsync("No column for right ascension and declination was recognised");
        await tables.SelectOptionAsync("stars");
        await walk.SeesAsync("Of the first 3 rows");
        await walk.SeesAsync("RA 0.00000°, Dec 0.00000°");
        await walk.Page.GetByLabel("System of the positions").SelectOptionAsync("galactic");
        await walk.SeesAsync("RA 266.40499°, Dec -28.93618°");
        await walk.Page.GetByLabel("Carry them to").FillAsync("2016");
        await walk.Page.GetByLabel("Carry them to").PressAsync("Tab");
        await walk.SeesAsync("The field is \"Epoch of the positions\", above.");
        await walk.Page.GetByLabel("Epoch of the positions").FillAsync("the day before");
        await walk.Page.GetByLabel("Epoch of the positions").PressAsync("Tab");
        await walk.SeesAsync("is not a year from 1600 to 2200");
        await walk.Page.GetByLabel("Epoch of the positions").FillAsync("J2000");
        await walk.Page.GetByLabel("Epoch of the positions").PressAsync("Tab");
        await walk.SeesAsync("epoch 2016");
        await walk.SeesAsync("1 star has no proper motion or epoch");
        await walk.KeepAsync("upload-table");
        Assert.Equal("two stars", await walk.Page.GetByLabel("Dataset's name").InputValueAsync());
        await walk.Button("Load", exact: true).ClickAsync();
        await walk.SeesAsync("are loaded as");
        var datasets = new DatasetRepository(sky.Ledger);
        var loaded = await datasets.FindAsync("two stars", TestContext.Current.CancellationToken);
        var star = (await datasets.FindStarsAsync(loaded.DatasetId, "centre", TestContext.Current.CancellationToken)).Single();
        Assert.Equal((266.40499, -28.93618), (Math.Round(star.RaDeg, 5), Math.Round(star.DecDeg, 5)));
        Assert.Contains("\"carried_to\": 2016", loaded.Source, StringComparison.Ordinal);
        // One star could not be carried.
        await walk.GoAsync("/datasets/two%20stars", "two stars");
        await walk.SeesAsync("epoch of the positions");
        await walk.SeesAsync("not known, or not the same for all");
        await datasets.DeleteAsync(loaded.DatasetId, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Right_ascensions_from_minus_180_are_asked_about_and_chosen()
    {
        using var folder = TestFolder.Create("upload");
        var file = Path.Combine(folder.Path, "half.csv");
        await File.WriteAllTextAsync(file, "id,ra_deg,dec_deg\na,-0.5,20\nb,-10,21\nc,15,20\n", TestContext.Current.CancellationToken);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        await walk.SeesAsync("right ascension outside [0, 360) degrees");
        await walk.Button("Load", exact: true).ClickAsync();
        await walk.SeesAsync("The choice is \"Right ascensions run\", above.");
        await walk.Page.GetByLabel("Range of the right ascensions").SelectOptionAsync("-180");
        await walk.SeesAsync("RA 359.50000°, Dec 20.00000°");
        await walk.Button("Load", exact: true).ClickAsync();
        await walk.SeesAsync("are loaded as");
        var datasets = new DatasetRepository(sky.Ledger);
        var loaded = await datasets.FindAsync("half", TestContext.Current.CancellationToken);
        Assert.Contains("\"ra_from\": -180", loaded.Source, StringComparison.Ordinal);
        await datasets.DeleteAsync(loaded.DatasetId, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task The_bright_star_catalogue_of_vizier_shows_its_two_tables()
    {
        var file = TestData.Find("formats/bsc5_two_tables_V50.tsv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var walk = await browser.OpenAsync(sky.Address);
        await walk.GoAsync("/datasets", "Datasets");
        await walk.Page.Locator("input[type=file]").SetInputFilesAsync(file);
        var tables = walk.Page.GetByLabel("Table of the file");
        await Assertions.Expect(tables.Locator("option")).ToHaveTextAsync(["1 V_50_catalog", "2 V_50_notes"]);
        await Assertions
            .Expect(walk.Page.GetByLabel("System of the positions").Locator("option").First)
            .ToHaveTextAsync("FK5 J2000 (found)");
        await walk.SeesAsync("would be left out");
    }
}
