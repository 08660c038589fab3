using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>Ids that are text, because one of them is, beside whole numbers.</summary>
public sealed class TextIdTests
{
    private static string Translated(string adql)
    {
        var query = Published.Translate(adql);
        SafeSql.Require(query);
        var text = query.Text;
        for (var i = query.Parameters.Count; i > 0; i--)
            text = text.Replace($"${i}", Written(query.Parameters[i - 1]), StringComparison.Ordinal);
        return text;
    }

    private static string Written(object value) =>
        value is string[] several ? $"[{string.Join(" ", several)}]"
        : value is string text ? $"'{text}'"
        : $"{value}";

    [Theory]
    [InlineData("source_id = 5863122429179888000", "(t1.source_id = '5863122429179888000')")]
    [InlineData("0042 <> source_id", "('42' <> t1.source_id)")]
    [InlineData("source_id = '0042'", "(t1.source_id = '0042')")]
    [InlineData("source_id = gaia_id", "(t1.source_id = t1.source_id)")]
    [InlineData("source_id = star_id", "(t1.source_id = (t1.star_id)::text)")]
    [InlineData("source_id IN (1, 2, 'x')", "(t1.source_id = any(['1' '2' 'x']))")]
    [InlineData("source_id NOT IN (1, star_id)", "(not ((t1.source_id = '1') or (t1.source_id = (t1.star_id)::text)))")]
    [InlineData("7 IN (source_id, gaia_id)", "(('7' = t1.source_id) or ('7' = t1.source_id))")]
    [InlineData("CASE source_id WHEN 7 THEN 1 ELSE 0 END = 1", "(case when (t1.source_id = '7') then 1 else 0 end)")]
    public void A_whole_number_is_the_id_that_has_its_digits(string condition, string expected) =>
        Assert.Contains(
            expected.Replace("['1' '2' 'x']", "[1 2 x]", StringComparison.Ordinal),
            Translated($"SELECT star_id FROM mixed WHERE {condition}"),
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("SELECT a.star_id FROM mixed a JOIN results b ON a.source_id = b.star_id", "on (t1.source_id = (t2.star_id)::text)")]
    [InlineData(
        "SELECT 1 FROM mixed a JOIN (SELECT star_id AS source_id FROM results) b USING (source_id)",
        "on t1.source_id = (t3.c1)::text"
    )]
    [InlineData(
        "SELECT source_id FROM mixed a FULL JOIN (SELECT star_id AS source_id FROM results) b USING (source_id)",
        "select coalesce(t1.source_id, (t3.c1)::text) as c1"
    )]
    [InlineData("SELECT 1 FROM (SELECT source_id FROM mixed) a JOIN results b ON b.star_id = a.source_id", "((t3.star_id)::text = t2.c1)")]
    [InlineData("SELECT 1 FROM mixed WHERE source_id IN (SELECT star_id FROM results)", "in (select (t3.c1)::text from (select t2.star_id")]
    [InlineData("SELECT 1 FROM results WHERE star_id IN (SELECT source_id FROM mixed)", "((t1.star_id)::text in (select t2.source_id")]
    public void It_is_joined_with_ids_that_are_whole_numbers(string adql, string expected) =>
        Assert.Contains(expected, Translated(adql), StringComparison.Ordinal);

    [Fact]
    public void What_has_no_order_in_common_is_refused_with_a_way_out() =>
        Assert.Contains(
            "CAST makes one of the other",
            Assert.Throws<AdqlException>(() => Translated("SELECT star_id FROM mixed WHERE source_id < 5")).Message,
            StringComparison.Ordinal
        );
}
