using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>Conditions on columns that are true or false, as queries of archives write them.</summary>
public sealed class TruthTests
{
    private static string Where(string condition)
    {
        var query = Published.Translate($"SELECT star_id FROM mixed WHERE {condition}");
        SafeSql.Require(query);
        var text = query.Text[(query.Text.IndexOf("where ", StringComparison.Ordinal) + 6)..];
        for (var i = query.Parameters.Count; i > 0; i--)
            text = text.Replace($"${i}", $"{query.Parameters[i - 1]}", StringComparison.Ordinal);
        return text.Replace("t1.duplicated_source", "d", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duplicated_source = 'False'", "(d = false)")]
    [InlineData("duplicated_source = 'FALSE'", "(d = false)")]
    [InlineData("duplicated_source <> 't'", "(d <> true)")]
    [InlineData("'TRUE' = duplicated_source", "(true = d)")]
    [InlineData("duplicated_source = 0", "(d = false)")]
    [InlineData("1 = duplicated_source", "(true = d)")]
    [InlineData("duplicated_source = TRUE", "(d = true)")]
    [InlineData("duplicated_source", "(d = true)")]
    [InlineData("NOT duplicated_source", "(not (d = true))")]
    [InlineData("NOT (duplicated_source) AND magnitude < 5", "((not (d = true)) and (t1.magnitude < 5))")]
    [InlineData("duplicated_source IN ('False', 1)", "(((d = false) or (d = true)))")]
    [InlineData("duplicated_source NOT IN ('F')", "(not ((d = false)))")]
    [InlineData("'False' IN (duplicated_source, 'x')", "(((false = d) or (False = x)))")]
    [InlineData("duplicated_source BETWEEN 'F' AND 'T'", "(d between false and true)")]
    [InlineData("duplicated_source LIKE 'Fal%'", "(d ilike Fal% escape '')")]
    [InlineData("star_id = duplicated_source", "(t1.star_id = (case d when true then 1 when false then 0 end))")]
    [InlineData("CASE duplicated_source WHEN 'True' THEN 1 ELSE 0 END = 1", "((case when (d = true) then 1 else 0 end) = 1)")]
    [InlineData("COALESCE(duplicated_source, 'False') = 'FALSE'", "(coalesce(d, false) = false)")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = 'True'", "(coalesce(d, unknown) = true)")]
    [InlineData("'FALSE' <> COALESCE(duplicated_source, 'unknown')", "(false <> coalesce(d, unknown))")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = 'unknown'", "(coalesce(d, unknown) = unknown)")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = TRUE", "(coalesce(d, unknown) = true)")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = name", "(coalesce(d, unknown) = t1.name)")]
    [InlineData("COALESCE(duplicated_source, '?') IN ('True', '?')", "(((coalesce(d, ?) = true) or (coalesce(d, ?) = ?)))")]
    [InlineData("'True' IN (COALESCE(duplicated_source, '?'), 'x')", "(((true = coalesce(d, ?)) or (True = x)))")]
    [InlineData(
        "CASE WHEN magnitude > 5 THEN duplicated_source ELSE name END = 'True'",
        "((case when (t1.magnitude > 5) then d else t1.name end) = true)"
    )]
    [InlineData("CAST(duplicated_source AS INTEGER) = 1", "(((case d when true then 1 when false then 0 end))::integer = 1)")]
    public void A_truth_value_is_understood_however_an_archive_writes_it(string condition, string expected) =>
        Assert.Equal(expected, Where(condition));

    [Theory]
    [InlineData("SELECT q.f FROM (SELECT duplicated_source AS f FROM mixed) AS q WHERE q.f = 'False'")]
    [InlineData("WITH q AS (SELECT MAX(duplicated_source) AS f FROM mixed) SELECT f FROM q WHERE f = 'False'")]
    [InlineData("SELECT star_id, MAX(duplicated_source) FROM mixed GROUP BY star_id HAVING MIN(duplicated_source) = 'False'")]
    [InlineData("SELECT star_id FROM mixed WHERE 'False' = (SELECT MIN(duplicated_source) FROM mixed)")]
    [InlineData("SELECT q.f FROM (SELECT COALESCE(duplicated_source, name) AS f FROM mixed) AS q WHERE q.f = 'False'")]
    [InlineData("SELECT q.f FROM (SELECT duplicated_source AS f FROM mixed UNION SELECT name FROM mixed) AS q WHERE q.f = 'False'")]
    [InlineData(
        "SELECT MAX(COALESCE(duplicated_source, name)) FROM mixed GROUP BY star_id HAVING MIN(COALESCE(duplicated_source, name)) = 'False'"
    )]
    [InlineData("SELECT star_id FROM mixed WHERE 'False' IN (SELECT duplicated_source FROM mixed)")]
    public void It_stays_one_on_its_way_through_a_query(string adql)
    {
        var query = Published.Translate(adql);
        SafeSql.Require(query);
        // The text as it was written is bound, too, and named nowhere.
        var place = query.Parameters.ToList().IndexOf("false") + 1;
        Assert.Contains($"${place}", query.Text, StringComparison.Ordinal);
        Assert.DoesNotContain($"${3 - place}", query.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duplicated_source = 'maybe'", "'maybe' is not a truth value")]
    [InlineData("duplicated_source = ''", "'' is not a truth value")]
    [InlineData("duplicated_source = 2", "2 is not a truth value")]
    [InlineData("duplicated_source = -1", "not a truth value")]
    [InlineData("duplicated_source IN ('true', 'maybe')", "'maybe' is not a truth value")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = 'T'", "write = 'true'")]
    [InlineData("COALESCE(duplicated_source, 'unknown') = 1", "text is compared with a number")]
    [InlineData("duplicated_source = name", "write = 'true'")]
    [InlineData("duplicated_source IN (SELECT name FROM mixed)", "IN compares a truth value")]
    [InlineData("magnitude IN (SELECT duplicated_source FROM mixed)", "with a truth value")]
    [InlineData("duplicated_source = NULL", "IS NULL")]
    [InlineData("magnitude", "a number stands where a condition is expected")]
    [InlineData("NOT name", "text stands where a condition is expected")]
    public void What_would_be_equal_to_nothing_is_refused(string condition, string message) =>
        Assert.Contains(message, Assert.Throws<AdqlException>(() => Where(condition)).Message, StringComparison.Ordinal);
}
