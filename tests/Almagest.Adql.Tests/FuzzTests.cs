using System.Text;
using Almagest.Adql.Sql;
using CsCheck;
using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>Whatever is sent: it is refused with a place, or it becomes one safe SELECT.</summary>
public sealed class FuzzTests
{
    private static readonly string[] s_pieces =
    [
        .. (
            "SELECT FROM WHERE GROUP BY ORDER HAVING UNION ALL EXCEPT INTERSECT WITH AS DISTINCT TOP OFFSET JOIN LEFT NATURAL USING ON "
            + "AND OR NOT IN BETWEEN LIKE IS NULL EXISTS CASE WHEN THEN ELSE END CAST TRUE FALSE"
        ).Split(' '),
        .. (
            "stars results almagest dataset \"gaia-100pc\" s r ra_deg dec_deg star_id source_id run_id magnitude created_at "
            + "duplicated_source mixed anomaly_score \"precision\" TAP_SCHEMA pg_catalog public"
        ).Split(' '),
        .. (
            "COUNT( SUM( AVG( ABS( ROUND( POINT( CIRCLE( BOX( POLYGON( CONTAINS( DISTANCE( COALESCE( pg_sleep( lo_import( "
            + "ivo_healpix_index( REGION( CENTROID( AREA( IN_UNIT( MEDIAN( ivo_string_agg( ivo_epoch_prop_pos( "
            + "ivo_geom_transform( INTERSECTS( GREATEST( SIGN("
        ).Split(' '),
        .. (
            "( ) , . * + - / = <> < > <= >= || 1 0 2.5 -7 1e300 99999999999999999999 0xFF 'x' '4%' 'a''b' "
            + "'0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f' -- /* */ ; \" ' $1 :: \\ { }"
        ).Split(' '),
    ];

    private static Gen<string> One(params string[] of) => Gen.Int[0, of.Length - 1].Select(i => of[i]);

    private static readonly Gen<string> s_table = One(
        "stars",
        "almagest.stars s",
        "results AS r",
        "dataset.\"gaia-100pc\" g",
        "stars JOIN results USING (star_id)",
        "stars a NATURAL LEFT JOIN results b",
        "(SELECT TOP 3 star_id, ra_deg, dec_deg FROM stars) AS q"
    );

    private static readonly Gen<string> s_leaf = Gen.OneOf(
        One("ra_deg", "star_id", "dec_deg", "magnitude", "1", "2.5", "PI()", "RAND()"),
        Gen.Int.Select(i => $"{i}")
    );

    private static readonly Gen<string> s_shape = Gen.OneOf(
        Gen.Select(s_leaf, s_leaf).Select((a, b) => $"POINT({a}, {b})"),
        Gen.Select(One("ICRS", "GALACTIC", "", "FK4"), s_leaf, s_leaf, s_leaf).Select((s, a, b, c) => $"CIRCLE('{s}', {a}, {b}, {c})"),
        Gen.Select(s_leaf, s_leaf, s_leaf).Select((a, b, c) => $"POLYGON({a}, {b}, {c}, {a}, {b}, {c})"),
        Gen.Select(s_leaf, s_leaf).Select((a, b) => $"BOX(1, 2, {a}, {b})"),
        One("REGION('Union ICRS (Circle 1 2 3 Not (Position 3 4))')", "REGION('Box GALACTIC 1 2 3 4')", "CAST('1 2' AS POINT)")
    );

    private static readonly Gen<string> s_text = Gen.OneOf(
        One("source_id", "'text'", "UPPER(source_id)", "source_id || 'x'", "NULL"),
        Gen.String.Select(s => $"'{s.Replace("'", "''", StringComparison.Ordinal).Replace("\0", "", StringComparison.Ordinal)}'")
    );

    private static readonly Gen<string> s_number = Gen.Recursive<string>(
        (depth, inner) =>
            depth > 3
                ? s_leaf
                : Gen.OneOf(
                    s_leaf,
                    Gen.Select(inner, One("+", "-", "*", "/"), inner).Select((a, o, b) => $"({a} {o} {b})"),
                    Gen.Select(One("ABS", "SQRT", "LOG", "COALESCE", "ROUND", "TRUNCATE", "SIN"), inner).Select((f, a) => $"{f}({a})"),
                    Gen.Select(inner, inner).Select((a, b) => $"DISTANCE(POINT(ra_deg, dec_deg), POINT({a}, {b}))"),
                    Gen.Select(inner, inner).Select((a, b) => $"CASE WHEN {a} > {b} THEN {a} ELSE {b} END"),
                    inner.Select(a => $"CAST({a} AS INTEGER)"),
                    s_shape.Select(s => $"AREA({s})"),
                    Gen.Select(s_shape, s_shape).Select((a, b) => $"INTERSECTS({a}, {b})"),
                    One("IN_UNIT(ra_deg * 2, 'rad')", "COORD1(POINT(ra_deg, 3))"),
                    inner.Select(a => $"(SELECT MAX({a}) FROM stars)")
                )
    );

    private static readonly Gen<string> s_condition = Gen.OneOf(
        Gen.Select(s_number, One("=", "<", "<>", ">="), s_number).Select((a, o, b) => $"{a} {o} {b}"),
        Gen.Select(s_number, s_number, s_number).Select((a, b, c) => $"CONTAINS(POINT(ra_deg, dec_deg), CIRCLE({a}, {b}, {c})) = 1"),
        Gen.Select(s_number, s_number).Select((a, b) => $"{a} NOT IN ({b}, 1, 2)"),
        s_number.Select(a => $"{a} IS NOT NULL"),
        Gen.Select(s_text, One("=", "LIKE", "NOT ILIKE", "<"), s_text).Select((a, o, b) => $"{a} {o} {b}")
    );

    private static readonly Gen<string> s_sentence = Gen.Select(
            Gen.OneOf(s_number, s_number, s_text).Array[1, 3],
            s_table,
            s_condition.Array[0, 3],
            One("", "", "", " GROUP BY ra_deg", " ORDER BY 1 DESC", " UNION SELECT star_id FROM results", " OFFSET 3")
        )
        .Select(
            (items, table, conditions, tail) =>
                $"SELECT {string.Join(", ", items)} FROM "
                + $"{table}{(conditions.Length == 0 ? "" : $" WHERE {string.Join(" AND ", conditions)}")}{tail}"
        );

    private static readonly Gen<string> s_rubble = One(s_pieces).Array[1, 40].Select(p => string.Join(' ', p));

    private static int Try(string text)
    {
        SqlQuery query;
        try
        {
            query = Published.Translate(text, 100);
        }
        catch (AdqlException e)
        {
            Assert.True(e.Line >= 1 && e.Column >= 1 && e.Message.Length > 20, text);
            return 0;
        }
        SafeSql.Require(query);
        return 1;
    }

    [Fact]
    public void Sentences_of_the_language_are_translated_safely_or_refused()
    {
        var understood = 0;
        s_sentence.Sample(
            s =>
            {
                Interlocked.Add(ref understood, Try(s));
            },
            iter: 3_000,
            seed: "0000000000000"
        );
        Assert.True(understood > 300, $"only {understood} of the sentences were understood: the generator has gone stale");
    }

    [Fact]
    public void Rubble_of_words_is_refused_or_translated_safely() =>
        s_rubble.Sample(
            s =>
            {
                Try(s);
            },
            iter: 3_000,
            seed: "0000000000000"
        );

    [Fact]
    public void Any_text_after_a_select_is_refused_or_translated_safely() =>
        Gen.String.Sample(
            s =>
            {
                Try("SELECT ra_deg FROM stars WHERE source_id = " + s);
            },
            iter: 3_000,
            seed: "0000000000000"
        );

    [Fact]
    public void A_broken_query_is_refused_or_translated_safely() =>
        Gen.Select(s_sentence, Gen.Int[0, 10_000], One(s_pieces))
            .Sample(
                (sentence, place, piece) =>
                {
                    var at = place % sentence.Length;
                    Try(new StringBuilder(sentence).Remove(at, Math.Min(3, sentence.Length - at)).Insert(at, piece).ToString());
                },
                iter: 3_000,
                seed: "0000000000000"
            );
}
