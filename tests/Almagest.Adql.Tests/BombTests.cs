using System.Globalization;
using System.Text;
using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>Short queries that would become very large ones.</summary>
public sealed class BombTests
{
    private static string Repeated(string piece, string between, int times) => string.Join(between, Enumerable.Repeat(piece, times));

    /// <summary>Each level names the one above it <paramref name="times"/> times.</summary>
    private static string With(string first, string column, string between, int times, int levels)
    {
        var query = new StringBuilder($"WITH q0 AS (SELECT {first} AS v FROM stars)");
        for (var i = 1; i <= levels; i++)
        {
            var named = string.Format(CultureInfo.InvariantCulture, column, $"q{i - 1}");
            query.Append(CultureInfo.InvariantCulture, $", q{i} AS (SELECT {Repeated(named, between, times)} AS v FROM q{i - 1})");
        }
        return query.Append(CultureInfo.InvariantCulture, $" SELECT v FROM q{levels}").ToString();
    }

    private static string Nested(string first, string between, int times, int levels)
    {
        var query = $"SELECT {first} AS v FROM stars";
        for (var i = 0; i < levels; i++)
            query = $"SELECT {Repeated("v", between, times)} AS v FROM ({query}) AS q{i}";
        return query;
    }

    [Fact]
    public void Texts_that_grow_from_query_to_query_are_refused()
    {
        Refused(With("source_id", "{0}.v", " || ", 8, 10), "characters");
        Refused(With("'x'", "UPPER({0}.v)", " || ", 8, 10), "characters");
        Refused(With("source_id", "COALESCE({0}.v, 'x')", " || ", 8, 10), "characters");
        Refused(With("CAST(star_id AS VARCHAR)", "CASE WHEN v > 'a' THEN v ELSE 'b' END", " || ", 8, 10), "characters");
        Refused(With("source_id", "(SELECT MAX({0}.v) FROM {0})", " || ", 8, 10), "tables");
        Refused(
            "WITH a AS (SELECT source_id || source_id AS v FROM stars), "
                + "b AS (SELECT "
                + Repeated("v", " || ", 200)
                + " AS v FROM a), c AS (SELECT MAX(v) AS v FROM b), "
                + "d AS (SELECT "
                + Repeated("v", " || ", 200)
                + " AS v FROM c) SELECT v FROM d",
            "characters"
        );
        Refused(Nested("source_id", " || ", 8, 10), "characters");
        const string Numbers = "FROM (SELECT star_id AS x, POLYGON(ra_deg, 0, 1, 1, 2, 2) AS p FROM stars) AS i";
        foreach (var first in new[] { "CAST(x AS VARCHAR)", "'a' || x", "CAST(p AS VARCHAR)" })
            Refused(Nested(first, " || ", 8, 10).Replace("FROM stars", Numbers, StringComparison.Ordinal), "characters");
        Refused(Nested("ivo_string_agg(source_id, ',')", " || ", 8, 2), "characters");
    }

    [Fact]
    public void Rows_of_many_long_texts_are_refused() =>
        Refused(
            "WITH a AS (SELECT "
                + Repeated("source_id", " || ", 900)
                + " AS v FROM stars) SELECT "
                + string.Join(", ", Enumerable.Range(0, 60).Select(i => $"v AS v{i}"))
                + " FROM a",
            "row"
        );

    [Fact]
    public void Expressions_that_the_database_would_write_out_again_and_again_are_refused()
    {
        Refused(Nested("magnitude", " + ", 8, 10), "merged");
        Refused(Nested("SQRT(magnitude)", " * ", 2, 25), "merged");
        Refused("SELECT star_id FROM (" + Nested("magnitude + 1", " + ", 8, 6) + ") AS q WHERE " + Repeated("v > 0", " OR ", 8), "merged");
        Refused(
            "SELECT v FROM (SELECT v + v + v + v AS v FROM ("
                + Nested("magnitude", " - ", 8, 5)
                + " UNION ALL "
                + Nested("magnitude", " + ", 8, 5)
                + ") AS a) AS b",
            "merged"
        );
    }

    [Fact]
    public void Named_queries_that_compute_something_are_computed_once()
    {
        var query = Published.Translate(With("magnitude", "{0}.v", " + ", 8, 30));
        // The first selects a plain column, which cannot grow.
        Assert.Equal(30, query.Text.Split(" as materialized (").Length - 1);
        Assert.True(query.Text.Length < 10_000);
    }

    [Fact]
    public void Named_queries_of_plain_columns_are_left_to_the_planner() =>
        Assert.DoesNotContain(
            "materialized",
            Published
                .Translate("WITH bright AS (SELECT * FROM stars WHERE magnitude < 10) SELECT star_id FROM bright WHERE star_id = 3")
                .Text,
            StringComparison.Ordinal
        );

    [Fact]
    public void More_tables_than_a_plan_should_have_are_refused()
    {
        Refused("SELECT COUNT(*) FROM " + string.Join(", ", Enumerable.Range(0, 200).Select(i => $"stars AS t{i}")), "40 tables");
        Refused(
            "SELECT star_id FROM stars WHERE "
                + string.Join(" AND ", Enumerable.Range(0, 50).Select(_ => "star_id IN (SELECT star_id FROM results)")),
            "40 tables"
        );
        Published.Translate("SELECT COUNT(*) FROM " + string.Join(", ", Enumerable.Range(0, 40).Select(i => $"stars AS t{i}")));
    }

    [Fact]
    public void Long_texts_that_people_put_together_are_not_refused() =>
        Published.Translate(
            "WITH a AS (SELECT source_id || ' ' || CAST(magnitude AS VARCHAR) AS v FROM stars) SELECT v || '; ' || v || '; ' || v FROM a"
        );

    private static void Refused(string adql, string because)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<AdqlException>(() => Published.Translate(adql));
        Assert.Contains(because, error.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }
}
