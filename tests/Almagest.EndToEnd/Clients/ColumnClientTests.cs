using Almagest.Contract.Columns;
using Almagest.Ledger.Views;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>Every UCD of the dictionary and of the views is of the controlled vocabulary, primary words first, and every unit is
/// one.</summary>
public sealed class ColumnClientTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("columns");

    [Fact]
    public async Task Astropy_takes_every_unit_and_every_UCD()
    {
        await Tool.RequireModuleAsync("astropy", "python3-astropy");
        var columns = ColumnDictionary
            .All.Concat(DatasetColumns.All)
            .Concat(LabelColumns.All)
            .Concat(RunColumns.All)
            .Concat(AnalyticsViews.All.SelectMany(v => v.Columns.Concat(v.Computed)))
            .Append(ColumnDictionary.Side("source_id_{0}", "2"))
            .Append(ColumnDictionary.Side("ra_deg_{0}", "2"));
        var file = Path.Combine(_folder.Path, "columns.tsv");
        await File.WriteAllLinesAsync(file, columns.Select(c => $"{c.Name}\t{c.Unit}\t{c.Ucd}"), TestContext.Current.CancellationToken);
        Assert.Equal("0 wrong\n", await Tool.RunAsync(Tool.Python, Tool.Beside("check_columns.py"), file));
    }

    public void Dispose() => _folder.Dispose();
}
