using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>What arrives of the types that Parquet knows and other formats do not, from files that DuckDB wrote.</summary>
public sealed class ParquetTypesTests
{
    private static Loaded Read(string name) => Load.File(Path.Combine(AppContext.BaseDirectory, "Fixtures", "duckdb", name));

    [Fact]
    public void Days_times_moments_decimals_and_whole_numbers_are_what_the_schema_says()
    {
        var loaded = Read("types.parquet");
        Assert.Equal(30, loaded.Stars.Count);
        Assert.Equal(
            """{"day":"2016-01-02","time":"12:30:06.25","local":"2016-01-01T00:00:01.123456","utc":"2015-12-31T22:00:01.5Z","""
                + "\"nanoseconds\":\"2016-01-01T00:00:00.1234567\",\"span\":\"P0M3DT1.5S\",\"decimal6\":1.25,"
                + "\"id20\":9000000000000000002,\"id21\":10000000000000000002,\"u64\":18446744073709551001,"
                + "\"uuid\":\"0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f\",\"truth\":false,\"i8\":-1,\"i16\":-1,\"i32\":-1,\"i64\":-1,"
                + "\"u8\":201,\"u16\":60001,\"u32\":4000000001,\"days\":[\"2016-01-02\",\"2016-01-03\"]}",
            loaded.Stars[0].Extra
        );
        // Every third is missing, in each width.
        Assert.DoesNotContain("\"i8\"", loaded.Stars[2].Extra, StringComparison.Ordinal);
        Assert.DoesNotContain("\"u32\"", loaded.Stars[2].Extra, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id20", "9000000000000000002")]
    [InlineData("id21", "10000000000000000002")]
    [InlineData("u64", "18446744073709551001")]
    public void Ids_keep_every_digit_whatever_their_type(string column, string first)
    {
        var loaded = Load.File(Path.Combine(AppContext.BaseDirectory, "Fixtures", "duckdb", "types.parquet"), $"source_id={column}");
        Assert.Equal(first, loaded.Stars[0].Id);
        Assert.Empty(loaded.Rejected);
    }

    [Fact]
    public void What_is_left_out_is_named_with_a_line_that_writes_it_anew()
    {
        var decimals = Assert.Single(Read("types.parquet").Reader.Warnings);
        Assert.StartsWith("Columns of decimals with more than 28 digits were left out: id38.", decimals, StringComparison.Ordinal);
        var encodings = Read("types-v2.parquet").Reader.Warnings[0];
        Assert.StartsWith("Columns in an encoding that is not read were left out: day, ", encodings, StringComparison.Ordinal);
        Assert.EndsWith(
            "in Python by pandas.read_parquet('types-v2.parquet').to_parquet('new.parquet'), in DuckDB by copy (from "
                + "'types-v2.parquet') to 'new.parquet' (format parquet, parquet_version v1).",
            encodings,
            StringComparison.Ordinal
        );
    }
}
