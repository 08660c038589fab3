using Almagest.Contract.Columns;
using Almagest.Ledger.Views;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>No column leaves the ledger without a word about what it is.</summary>
public sealed class ColumnDictionaryTests
{
    [Theory]
    [InlineData("stars")]
    [InlineData("datasets")]
    [InlineData("star_labels")]
    [InlineData("discovery_runs")]
    [InlineData("discovery_results")]
    public async Task Every_described_column_of_a_table_is_there_with_its_type(string table)
    {
        await using var test = await TestLedger.CreateAsync();
        await using var connection = await test.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand($"select * from public.{table} limit 0", connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var found = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetDataTypeName);
        Assert.All(
            OfTable(table),
            c =>
                Assert.Equal(
                    c.Kind switch
                    {
                        ColumnKind.Integer => found[c.Name] is "integer" ? "integer" : "bigint",
                        ColumnKind.Flag => "integer",
                        ColumnKind.Double => "double precision",
                        ColumnKind.Boolean => "boolean",
                        ColumnKind.Json => "jsonb",
                        ColumnKind.Uuid => "uuid",
                        ColumnKind.Timestamp => "timestamp with time zone",
                        _ => "text",
                    },
                    found[c.Name]
                )
        );
    }

    private static IEnumerable<Column> OfTable(string table) =>
        table switch
        {
            "stars" => [.. StarColumns.All, StarColumns.DatasetId, StarColumns.Extra],
            "datasets" => DatasetColumns.All,
            "star_labels" => LabelColumns.All,
            "discovery_runs" => RunColumns.All,
            _ => RunColumns.OfResult,
        };

    [Fact]
    public void Every_description_is_complete_and_a_name_that_ends_in_a_unit_has_that_unit()
    {
        var all = ColumnDictionary
            .All.Concat(DatasetColumns.All)
            .Concat(LabelColumns.All)
            .Concat(RunColumns.All)
            .Concat(AnalyticsViews.All.SelectMany(v => v.Columns.Concat(v.Computed)));
        Assert.All(
            all,
            c =>
            {
                Assert.False(string.IsNullOrWhiteSpace(c.Description), $"{c.Name} has no description");
                Assert.False(c.Description.EndsWith('.'), $"{c.Name} ends with a full stop");
                Assert.False(string.IsNullOrWhiteSpace(c.Ucd), $"{c.Name} has no UCD");
                foreach (
                    var (ending, unit) in new[]
                    {
                        ("_deg", "deg"),
                        ("_mas", "mas"),
                        ("_mas_yr", "mas/yr"),
                        ("_km_s", "km/s"),
                        ("_arcsec", "arcsec"),
                        ("_deg2", "deg2"),
                    }
                )
                    if (c.Name.EndsWith(ending, StringComparison.Ordinal))
                        Assert.Equal(unit, c.Unit);
            }
        );
    }

    /// <summary>A view describes its own columns; what it takes from the dictionary it does not say again.</summary>
    [Fact]
    public void A_name_that_the_dictionary_has_is_of_the_same_kind_in_every_view()
    {
        foreach (var view in AnalyticsViews.All)
            Assert.All(
                view.Columns,
                c => Assert.True(!ColumnDictionary.TryGet(c.Name, out var general) || general.Kind == c.Kind, $"{view.Name}.{c.Name}")
            );
    }
}
