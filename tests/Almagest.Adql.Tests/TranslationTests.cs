using Almagest.Adql.Schema;
using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>What queries become.</summary>
public sealed class TranslationTests
{
    [Theory]
    [InlineData("SELECT * FROM stars")]
    [InlineData("select top 5 ra_deg ra, dec_deg AS \"Dec\" from Almagest.STARS s where s.magnitude between 1 and 15 order by 2 desc, ra")]
    [InlineData(
        "SELECT s.*, r.anomaly_score FROM almagest.stars AS s JOIN almagest.results r ON r.star_id = s.star_id WHERE r.is_anomaly = 1"
    )]
    [InlineData("SELECT star_id FROM stars NATURAL JOIN results")]
    [InlineData("SELECT star_id FROM stars JOIN results WHERE is_anomaly = 1")]
    [InlineData("SELECT star_id FROM (stars LEFT JOIN results) JOIN dataset.\"gaia-100pc\" AS g USING (star_id)")]
    [InlineData("SELECT star_id, magnitude FROM stars LEFT OUTER JOIN results USING (star_id) WHERE run_id IS NULL")]
    [InlineData("SELECT FLOOR(magnitude) AS bin, COUNT(*) AS n FROM stars GROUP BY bin HAVING COUNT(*) > 3 ORDER BY n DESC OFFSET 10")]
    [InlineData("SELECT ROUND(magnitude, 1), COUNT(DISTINCT source_id) FROM stars GROUP BY ROUND(magnitude, 1)")]
    [InlineData("SELECT a.star_id FROM (SELECT star_id, SUM(is_anomaly) AS flags FROM results GROUP BY star_id) AS a WHERE a.flags > 2")]
    [InlineData(
        "SELECT * FROM dataset.\"gaia-100pc\" WHERE 1 = CONTAINS(POINT('ICRS', ra_deg, dec_deg), CIRCLE('ICRS', 56.75, 24.1, 0.5))"
    )]
    [InlineData(
        "SELECT DISTANCE(POINT(ra_deg, dec_deg), POINT(1, 2)) AS d FROM stars WHERE DISTANCE(ra_deg, dec_deg, 1, 2) < 0.1 ORDER BY d"
    )]
    [InlineData(
        "SELECT star_id FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), BOX(10, 20, 4, 2)) = 1 OR INTERSECTS(POLYGON(1, 1, 3, 1, 2, "
            + "4), POINT(ra_deg, dec_deg)) = 1"
    )]
    [InlineData(
        "SELECT star_id FROM stars WHERE star_id IN (1, 2, 3) AND source_id NOT IN ('a', 'b') AND magnitude NOT BETWEEN 1 AND 2 AND "
            + "source_id LIKE '4%' AND NOT source_id ILIKE 'x_'"
    )]
    [InlineData("SELECT star_id FROM stars s WHERE EXISTS (SELECT * FROM results r WHERE r.star_id = s.star_id AND r.is_anomaly = 1)")]
    [InlineData("SELECT star_id FROM stars WHERE star_id IN (SELECT star_id FROM results WHERE anomaly_score < -0.1)")]
    [InlineData("SELECT star_id FROM stars UNION ALL SELECT star_id FROM results ORDER BY star_id")]
    [InlineData("(SELECT star_id FROM stars) EXCEPT (SELECT TOP 3 star_id FROM results)")]
    [InlineData(
        "WITH bright AS (SELECT star_id, magnitude FROM stars WHERE magnitude < 10) SELECT AVG(magnitude), MIN(magnitude) FROM bright"
    )]
    [InlineData(
        "SELECT CASE WHEN magnitude < 10 THEN 'bright' ELSE 'faint' END, COALESCE(magnitude, 99), CAST(source_id AS BIGINT), "
            + "UPPER(source_id) || '-x' FROM stars"
    )]
    [InlineData(
        "SELECT ABS(-1), ACOS(0), ATAN2(1, 2), CEILING(1.2), MOD(5, 3), MOD(5.5, 3), PI(), POWER(2, 3), RAND(), ROUND(1.55, 1), "
            + "SQRT(2), TRUNCATE(1.7), LOG(2), LOG10(100), 0x1F FROM stars"
    )]
    [InlineData("SELECT run_id FROM results WHERE run_id = '0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f' AND created_at > '2026-01-01T00:00:00'")]
    [InlineData("SELECT \"precision\" FROM results -- a comment; DROP TABLE stars")]
    [InlineData("SELECT ivo_healpix_index(6, ra_deg, dec_deg) AS cell, COUNT(*) FROM stars GROUP BY cell")]
    [InlineData("SELECT (SELECT MAX(magnitude) FROM stars) AS faintest FROM results")]
    [InlineData("SELECT COUNT(*) FROM stars a, stars b WHERE CONTAINS(POINT(a.ra_deg, a.dec_deg), CIRCLE(b.ra_deg, b.dec_deg, 0.001)) = 1")]
    [InlineData(
        "SELECT AREA(CIRCLE(1, 2, 3)), COORD1(POINT(4, 5)), COORDSYS(POINT(ra_deg, dec_deg)), COORD2(CENTROID(CIRCLE(ra_deg, dec_deg, "
            + "1))) FROM stars"
    )]
    [InlineData("SELECT 'Star ' || star_id || ', ' || magnitude || NULL, 2 * NULL, magnitude + NULL FROM stars")]
    [InlineData("SELECT 'at ' || created_at, CAST(created_at AS VARCHAR(10)) FROM results")]
    [InlineData("/* of\n another dialect; */ SELECT star_id/**/FROM stars /* ' */")]
    [InlineData("SELECT star_id FROM stars;")]
    [InlineData("SELECT star_id FROM stars ; -- the end\n ;")]
    [InlineData(
        "SELECT POINT('GALACTIC', ra_deg, dec_deg), CIRCLE(ra_deg, dec_deg, 1), POLYGON(ra_deg, 0, 1, 1, 2, dec_deg), "
            + "BOX(1, 2, 3, 4) FROM stars"
    )]
    [InlineData(
        "SELECT p, COORD1(p), AREA(c), DISTANCE(p, c), CENTROID(c) FROM (SELECT POINT(ra_deg, dec_deg) AS p, CIRCLE(ra_deg, dec_deg, 1) "
            + "AS c FROM stars) AS q WHERE p <> CENTROID(c) OR 1 = CONTAINS(p, c) OR 1 = INTERSECTS(c, POLYGON(1, 1, 3, 1, 2, 4, 2, 2))"
    )]
    [InlineData(
        "SELECT star_id FROM stars WHERE 1 = CONTAINS(POINT(ra_deg, dec_deg), REGION('Union FK5 (Circle 1 2 3 Not (Box 1 2 3 4))'))"
    )]
    [InlineData(
        "SELECT CAST(source_id AS VARCHAR(5)), CAST('1 2' AS POINT), CAST(source_id AS CIRCLE), CAST(POINT(1, 2) AS VARCHAR) FROM stars"
    )]
    [InlineData("SELECT MEDIAN(magnitude), STDDEV(magnitude), VAR_POP(DISTINCT magnitude), SUM(DISTINCT star_id) FROM stars")]
    [InlineData("SELECT ivo_string_agg(DISTINCT source_id, ','), ivo_histogram(magnitude, 0, 20, 10) FROM stars GROUP BY FLOOR(ra_deg)")]
    [InlineData(
        "SELECT ivo_healpix_center(6, star_id), ivo_healpix_index(3, POINT(magnitude, dec_deg)), gaia_healpix_index(5, source_id), "
            + "ivo_epoch_prop(ra_deg, dec_deg, NULL, 1, 2, NULL, 2016, 2000), ivo_epoch_prop_pos(ra_deg, dec_deg, 5, 1, 2, 3, 2016, 2000), "
            + "ivo_geom_transform('ICRS', 'GALACTIC', CIRCLE(1, 2, 3)), ivo_interval_overlaps(1, 2, magnitude, 4), "
            + "ivo_nocasematch(source_id, 'a%'), ivo_hasword(source_id, 'a'), ivo_hashlist_has(source_id, 'a'), ivo_normal_random(0, 1) "
            + "FROM stars"
    )]
    [InlineData("SELECT ivo_to_mjd(created_at), ivo_to_jd('2020-01-01'), NULL AS nothing FROM almagest.almagest.results")]
    [InlineData("SELECT star_id, IN_UNIT(ra_deg * 2, 'arcsec'), IN_UNIT(SQRT(POWER(ra_deg, 2) + POWER(dec_deg, 2)), 'mas') FROM stars")]
    [InlineData("SELECT a.star_id FROM stars a JOIN results b ON DISTANCE(a.ra_deg, a.dec_deg, b.anomaly_score, b.\"precision\") < 0.1")]
    [InlineData("SELECT q.dec, q.size FROM (SELECT dec_deg AS dec, magnitude AS size FROM stars) AS q WHERE dec > 0 ORDER BY size")]
    [InlineData(
        "SELECT GREATEST(magnitude, 1, NULL), LEAST(star_id, 2.5), SIGN(dec_deg), IN_UNIT(GREATEST(ra_deg, dec_deg), 'rad') FROM stars"
    )]
    [InlineData(
        "SELECT EPOCH_PROP_POS(ra_deg, dec_deg, 0, 1, 2, 0, 2000, 2016), COORD1(ESDC_EPOCH_PROP_POS(1, 2, 3, 4, 5, 6, 7, 8)) FROM stars"
    )]
    [InlineData("SELECT FLOOR(magnitude), COUNT(*) FROM stars GROUP BY 1 ORDER BY 2 DESC")]
    public void Queries_become_one_safe_select(string adql) => SafeSql.Require(Published.Translate(adql, 100));

    [Fact]
    public void No_text_of_a_query_gets_into_the_SQL()
    {
        var query = Published.Translate(
            "SELECT ra_deg AS \"x; drop table stars\" FROM stars AS \"t'\" WHERE source_id = 'y''; delete from stars --'"
        );
        SafeSql.Require(query);
        Assert.Equal("select t1.ra_deg as c1 from public.stars as t1 where (t1.source_id = $1)", query.Text);
        Assert.Equal(["y'; delete from stars --"], query.Parameters);
        Assert.Equal("x; drop table stars", query.Columns.Single().Name);
    }

    [Fact]
    public void A_group_by_a_place_is_one_by_what_stands_there() =>
        Assert.Contains(
            " group by floor((t1.magnitude)), t1.star_id",
            Published
                .Translate("SELECT star_id, FLOOR(magnitude), COUNT(*) FROM stars GROUP BY 2, 1")
                .Text.Replace("floor(t1.magnitude)", "floor((t1.magnitude))", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_cone_asks_the_index_first_in_every_dataset()
    {
        var query = Published.Translate("SELECT star_id FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), CIRCLE(56.75, 24.1, 0.1)) = 1");
        Assert.Contains("t1.dataset_id = any($", query.Text, StringComparison.Ordinal);
        Assert.Contains("t1.healpix_29 between $", query.Text, StringComparison.Ordinal);
        Assert.Contains("power(sind(", query.Text, StringComparison.Ordinal);
        Assert.Contains(query.Parameters, p => p is long[] ids && ids.SequenceEqual([1, 2]));
    }

    [Theory]
    [InlineData("SELECT star_id FROM stars WHERE 0.1 > DISTANCE(POINT(56.75, 24.1), POINT(ra_deg, dec_deg))")]
    [InlineData(
        "SELECT star_id FROM stars s JOIN results r USING (star_id) WHERE 1 = CONTAINS(POINT(56.75, 24.1), CIRCLE(s.ra_deg, "
            + "s.dec_deg, 0.1))"
    )]
    [InlineData("SELECT star_id FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), BOX(0, 0, 2, 2)) = 1")]
    [InlineData("SELECT star_id FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), POLYGON(1, 1, 3, 1, 2, 4)) = 1")]
    public void Every_region_that_the_query_says_asks_the_index(string adql) =>
        Assert.Contains(".healpix_29 between $", Published.Translate(adql).Text, StringComparison.Ordinal);

    [Fact]
    public void Equal_values_are_one_parameter_so_that_groups_are_recognised()
    {
        var query = Published.Translate("SELECT ROUND(magnitude, 1), COUNT(*) FROM stars GROUP BY ROUND(magnitude, 1)");
        Assert.Equal([1L], query.Parameters);
    }

    [Fact]
    public void TOP_and_the_most_rows_limit_together()
    {
        Assert.EndsWith(" limit 5", Published.Translate("SELECT TOP 5 star_id FROM stars", 11).Text, StringComparison.Ordinal);
        Assert.EndsWith(" limit 11", Published.Translate("SELECT TOP 50 star_id FROM stars", 11).Text, StringComparison.Ordinal);
        Assert.EndsWith(
            " limit 11",
            Published.Translate("SELECT star_id FROM stars UNION SELECT star_id FROM results", 11).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Columns_are_answered_with_their_types_and_never_twice_by_one_name()
    {
        var query = Published.Translate(
            (
                "SELECT r.*, s.star_id, COUNT FROM results r JOIN (SELECT star_id, COUNT(*) AS \"COUNT\" FROM stars GROUP BY star_id) AS "
                + "s ON s.star_id = r.star_id"
            ).Replace("COUNT FROM", "\"COUNT\" FROM", StringComparison.Ordinal)
        );
        Assert.Equal(
            ["run_id", "star_id", "is_anomaly", "anomaly_score", "precision", "created_at", "star_id_2", "COUNT"],
            query.Columns.Select(c => c.Name)
        );
        Assert.Equal(
            [
                PublishedType.Uuid,
                PublishedType.Integer,
                PublishedType.Integer,
                PublishedType.Double,
                PublishedType.Double,
                PublishedType.Timestamp,
                PublishedType.Integer,
                PublishedType.Integer,
            ],
            query.Columns.Select(c => c.Type)
        );
        Assert.NotNull(query.Columns[6].Source);
    }

    [Fact]
    public void A_joined_column_of_USING_is_answered_once()
    {
        var names = Published.Translate("SELECT * FROM stars JOIN results USING (star_id)").Columns.Select(c => c.Name).ToList();
        Assert.Equal("star_id", names[0]);
        Assert.DoesNotContain("star_id_2", names);
    }

    [Theory]
    [InlineData("", 1, "expected a query that begins with SELECT")]
    [InlineData("DELETE FROM stars", 1, "found 'DELETE', expected SELECT")]
    [InlineData("SELECT star_id FROM stars; DROP TABLE stars", 26, "one statement")]
    [InlineData("SELECT star_id FROM pg_user", 21, "there is no table pg_user")]
    [InlineData("SELECT star_id FROM pg_catalog.pg_user", 21, "there is no table pg_catalog.pg_user")]
    [InlineData("SELECT star_id FROM \"public\".stars", 21, "there is no table \"public\".stars")]
    [InlineData("SELECT password FROM stars", 8, "there is no column password")]
    [InlineData("SELECT stars.ra FROM stars", 14, "ra_deg")]
    [InlineData("SELECT pg_sleep(10) FROM stars", 8, "there is no function PG_SLEEP")]
    [InlineData("SELECT star_id FROM stars s, results r", 8, "in more than one table")]
    [InlineData("SELECT precision FROM results", 8, "reserved word")]
    [InlineData("SELECT ra_deg FROM stars WHERE source_id = 5", 32, "text is compared with a number")]
    [InlineData("SELECT ra_deg FROM results, stars WHERE run_id = 'x'", 50, "is not a UUID")]
    [InlineData("SELECT ra_deg FROM stars WHERE COUNT(*) > 1", 32, "HAVING")]
    [InlineData("SELECT ra_deg, COUNT(*) FROM stars", 8, "neither in GROUP BY")]
    [InlineData("SELECT ra_deg FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), CIRCLE('ECLIPTIC', 1, 2, 3)) = 1", 72, "ECLIPTIC")]
    [InlineData("SELECT ra_deg FROM stars WHERE CONTAINS(POINT(ra_deg, dec_deg), BOX('FK4', 1, 2, 3, 4)) = 1", 65, "FK4")]
    [InlineData("SELECT ra_deg FROM stars WHERE CONTAINS(POINT(1, 95), CIRCLE(1, 2, 3)) = 1", 50, "declination")]
    [InlineData("SELECT ra_deg FROM stars WHERE ra_deg = 'abc", 41, "does not end")]
    [InlineData("SELECT ra_deg FROM stars /* near", 26, "*/ is missing")]
    [InlineData("SELECT ra_deg FROM stars WHERE", 31, "found the end of the query, expected a value")]
    [InlineData("SELECT REGION('Union ICRS (Circle 1 2 3 Circle 4 5 6)') FROM stars", 15, "is not a value")]
    [InlineData("SELECT REGION('Circle ICRS 1 2') FROM stars", 15, "has 2 numbers, expected 3")]
    [InlineData("SELECT REGION('Ellipse ICRS 1 2 3 4 5') FROM stars", 15, "a shape of STC-S is expected")]
    [InlineData("SELECT ra_deg FROM stars WHERE POINT(1, 2) < POINT(2, 3)", 32, "neither more nor less")]
    [InlineData("SELECT POLYGON(0, 0, 100, 0, 200, 0, 300, 10, 100, 5) FROM stars", 8, "wider than a hemisphere")]
    [InlineData("SELECT CAST(1 AS FLOAT) FROM stars", 8, "does not know the type FLOAT")]
    [InlineData("SELECT CAST('1 2 3' AS POINT) FROM stars", 13, "has 3 numbers, expected two")]
    [InlineData("SELECT CAST(source_id AS CHAR(0)) FROM stars", 31, "expected 1 to")]
    [InlineData("SELECT IN_UNIT(5, 'deg') FROM stars", 16, "a constant has no unit")]
    [InlineData("SELECT IN_UNIT(star_id, 'deg') FROM stars", 16, "is not known")]
    [InlineData("SELECT IN_UNIT(ra_deg, 'furlong') FROM stars", 24, "'furlong' is not known")]
    [InlineData("SELECT IN_UNIT(ra_deg, 'km/s') FROM stars", 24, "the dimensions differ")]
    [InlineData("SELECT ra_deg FROM stars WHERE star_id IN (WITH a AS (SELECT star_id FROM stars) SELECT * FROM a)", 44, "nowhere else")]
    [InlineData("SELECT MEDIAN(DISTINCT ra_deg) FROM stars", 8, "no DISTINCT")]
    [InlineData("SELECT IVO_STRING_AGG(source_id) FROM stars", 8, "has 1 arguments, expected 2")]
    [InlineData("SELECT gaia_healpix_index(13, star_id) FROM stars", 27, "from 0 to 12")]
    [InlineData("SELECT ra_deg FROM stars INNER JOIN results", 44, "found the end of the query, expected USING")]
    [InlineData("SELECT * FROM stars JOIN (SELECT anomaly_score FROM results) AS r", 21, "no column in common")]
    [InlineData("SELECT star_id FROM stars ORDER BY 7", 36, "names no column")]
    [InlineData("SELECT star_id, COUNT(*) FROM stars GROUP BY 3", 46, "names no column: the query selects 2")]
    [InlineData("SELECT star_id, COUNT(*) FROM stars GROUP BY 1, 0", 49, "names no column")]
    [InlineData("SELECT star_id, COUNT(*) FROM stars GROUP BY 2", 17, "cannot stand in GROUP BY")]
    [InlineData("SELECT star_id, magnitude FROM stars GROUP BY 1", 17, "neither in GROUP BY")]
    [InlineData("SELECT TOP x star_id FROM stars", 12, "a whole number after TOP")]
    [InlineData("SELECT star_id FROM gaia-100pc", 26, "stands in double quotes")]
    [InlineData("SELECT star_id FROM stars LIMIT 10", 27, "SELECT TOP 10")]
    [InlineData("SELECT star_id FROM stars ORDER BY star_id LIMIT 10", 44, "SELECT TOP 10")]
    [InlineData("SELECT star_id FROM gaiadr3.stars", 21, "of that name there is almagest.stars")]
    [InlineData("SELECT LN(ra_deg) FROM stars", 8, "here it is LOG (the natural logarithm")]
    [InlineData("SELECT STDEV(ra_deg) FROM stars", 8, "here it is STDDEV")]
    [InlineData("SELECT AREA(MOC('x')) FROM stars", 17, "has 'x' before an order")]
    public void Mistakes_are_told_with_their_place(string adql, int column, string message)
    {
        var error = Assert.Throws<AdqlException>(() => Published.Translate(adql));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal((1, column), (error.Line, error.Column));
    }

    [Fact]
    public void The_line_of_a_mistake_is_counted()
    {
        var error = Assert.Throws<AdqlException>(() => Published.Translate("SELECT ra_deg\nFROM stars\nWHERE  rra_deg > 1"));
        Assert.Equal((3, 8), (error.Line, error.Column));
        Assert.StartsWith("line 3, column 8: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("- ")]
    [InlineData("ABS(")]
    [InlineData("NOT ")]
    [InlineData("(SELECT MAX(ra_deg) FROM stars WHERE ")]
    [InlineData("CASE WHEN ")]
    public void However_deep_a_query_is_it_is_refused_and_not_fatal(string opening)
    {
        var deep = "SELECT ra_deg FROM stars WHERE " + string.Concat(Enumerable.Repeat(opening, 5000)) + "1";
        Assert.Contains("nested deeper", Assert.Throws<AdqlException>(() => Published.Translate(deep)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Distances_of_distances_do_not_fill_the_memory()
    {
        var distance = "ra_deg";
        for (var i = 0; i < 20; i++)
            distance = $"DISTANCE({distance}, 1, 2, {distance})";
        var text = $"SELECT {distance[..Math.Min(distance.Length, 200_000)]} FROM stars";
        Assert.Throws<AdqlException>(() => Published.Translate(text));
        var chained = "ra_deg";
        for (var i = 0; i < 12; i++)
            chained = $"DISTANCE({chained}, 1, 2, 3)";
        Assert.Contains(
            "too large",
            Assert.Throws<AdqlException>(() => Published.Translate($"SELECT {chained} FROM stars")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Long_chains_of_conditions_are_translated()
    {
        var many = string.Join(" OR ", Enumerable.Range(0, 5000).Select(i => $"star_id = {i % 100}"));
        SafeSql.Require(Published.Translate($"SELECT ra_deg FROM stars WHERE {many}"));
    }
}
