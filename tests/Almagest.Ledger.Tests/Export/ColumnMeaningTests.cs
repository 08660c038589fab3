using Almagest.Catalog;
using Almagest.Ledger.Export;
using Almagest.Ledger.Views;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Export;

/// <summary>No column leaves the ledger without a word about what it is.</summary>
public sealed class ColumnMeaningTests
{
    [Fact]
    public async Task Every_column_of_every_view_and_of_the_stars_has_a_meaning_of_its_type()
    {
        await using var ledger = await TestLedger.CreateAsync();
        await using var connection = await ledger.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        foreach (var relation in AnalyticsViews.All.Select(v => v.Name).Append("stars"))
        {
            await using var command = new NpgsqlCommand($"select * from public.{relation} limit 0", connection);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            for (var i = 0; i < reader.FieldCount; i++)
            {
                var column = ColumnMeanings.Of(reader.GetName(i), relation);
                var type = reader.GetFieldType(i);
                var expected = type == typeof(long) || type == typeof(int) ? ColumnType.Int64 : type == typeof(double) || type == typeof(decimal) ? ColumnType.Double : ColumnType.Text;
                Assert.True(expected == column.Type, $"{relation}.{column.Name} is a {type.Name}, and its meaning says {column.Type}");
            }
        }
    }

    [Fact]
    public void Every_meaning_is_complete()
    {
        Assert.All(ColumnMeanings.All, c =>
        {
            Assert.False(string.IsNullOrWhiteSpace(c.Description), $"{c.Name} has no description");
            Assert.False(string.IsNullOrWhiteSpace(c.Ucd), $"{c.Name} has no UCD");
            foreach (var (ending, unit) in new[] { ("_deg", "deg"), ("_mas", "mas"), ("_mas_yr", "mas/yr"), ("_km_s", "km/s") })
                if (c.Name.EndsWith(ending, StringComparison.Ordinal)) Assert.Equal(unit, c.Unit);
        });
    }
}
