using System.Text.Json;
using Almagest.Contract.Datasets;
using Almagest.Contract.Serialization;
using Xunit;

namespace Almagest.Contract.Tests;

/// <summary>The one way in which resources are written as JSON.</summary>
public sealed class ContractJsonTests
{
    private static readonly StarResource s_star = new(
        7,
        1,
        "4472832130942575872",
        56.75,
        -0.1,
        null,
        null,
        null,
        null,
        12.25,
        null,
        null,
        null,
        "3458764513820540928",
        new RawJson("""{"teff":5772,"id":4472832130942575872}""")
    );

    [Fact]
    public void Ids_are_text_names_snake_case_and_nulls_written()
    {
        var json = JsonSerializer.Serialize(s_star, ContractJson.Options);
        Assert.StartsWith(
            """{"star_id":7,"dataset_id":1,"source_id":"4472832130942575872","ra_deg":56.75,"dec_deg":-0.1,"parallax_mas":null,""",
            json,
            StringComparison.Ordinal
        );
        Assert.Contains("\"radial_velocity_km_s\":null", json, StringComparison.Ordinal);
        Assert.Contains("\"healpix_29\":\"3458764513820540928\"", json, StringComparison.Ordinal);
    }

    [Fact]
    public void Stored_json_keeps_its_digits_on_one_line_and_over_several()
    {
        Assert.Contains(
            "\"extra\":{\"teff\":5772,\"id\":4472832130942575872}",
            JsonSerializer.Serialize(s_star, ContractJson.Options),
            StringComparison.Ordinal
        );
        var lines = JsonSerializer.Serialize(s_star, ContractJson.Indented).ReplaceLineEndings("\n").Split('\n');
        Assert.Contains("    \"id\": 4472832130942575872", lines);
    }

    [Fact]
    public void Times_are_utc_with_a_z() =>
        Assert.Equal(
            "\"2026-11-22T17:03:00Z\"",
            JsonSerializer.Serialize(new DateTime(2026, 11, 22, 17, 3, 0, DateTimeKind.Utc), ContractJson.Options)
        );

    [Fact]
    public void A_source_file_keeps_what_it_was_fetched_by()
    {
        const string Stored = """
            [{"file":"near.vot","format":"VOTable","checksum":"ab","rows":3,"rejected":1,"system":"ICRS","epoch":2016,
              "service":"http://example/tap","query":"select *"}]
            """;
        var source = Assert.Single(SourceFile.Parse(Stored));
        Assert.Equal(("near.vot", 3, 2016.0), (source.File, source.Rows, source.Epoch));
        Assert.True(
            JsonElement.DeepEquals(
                JsonElement.Parse(Stored),
                JsonSerializer.SerializeToElement(SourceFile.Parse(Stored), ContractJson.Options)
            )
        );
    }
}
