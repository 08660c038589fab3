using System.Text.RegularExpressions;
using Almagest.Adql.Sql;
using Xunit;

namespace Almagest.Adql.Tests;

/// <summary>What may come out of a translation, whatever went in: one SELECT of known words, and parameters.</summary>
internal static partial class SafeSql
{
    private static readonly HashSet<string> s_words = new(
        """
        select distinct from where group by having order desc as and or not in is null between like ilike escape exists case when then
        else end with materialized union except
        intersect all any cross inner left right full join on limit offset
        public stars discovery_results star_id source_id ra_deg dec_deg magnitude dataset_id healpix_29 run_id is_anomaly anomaly_score
        precision created_at name duplicated_source
        count sum avg min max abs acos asin atan atan2 cos cot sin tan ceil degrees exp floor ln log10 radians sqrt mod pi power random
        round trunc width_bucket lower upper coalesce greatest sign
        sind cosd atan2d least numeric double precision bigint integer smallint real text timestamptz
        sky area box cell cell_center centroid circle contains distance has_words hash_list_has histogram intersects joined moved
        moved_radially numbers
        point polygon position rotated span array array_to_string left within group percentile_cont stddev_samp stddev_pop var_samp var_pop
        extract epoch to_char at time zone
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries),
        StringComparer.Ordinal
    );

    [GeneratedRegex("""\$\d+|''|::|<>|<=|>=|>>|\|\||[a-z_][a-z0-9_]*|\d+|[-+*/=<>(),. :]|\[|\]|(?<other>.)""", RegexOptions.Singleline)]
    private static partial Regex Tokens { get; }

    [GeneratedRegex("^[tcw][0-9]+$")]
    private static partial Regex Numbered { get; }

    public static void Require(SqlQuery query)
    {
        Assert.True(
            query.Text.StartsWith("select ", StringComparison.Ordinal)
                || query.Text.StartsWith("with ", StringComparison.Ordinal)
                || query.Text.StartsWith('('),
            query.Text
        );
        Assert.DoesNotContain("--", query.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("/*", query.Text, StringComparison.Ordinal);
        var previous = "";
        foreach (Match token in Tokens.Matches(query.Text))
        {
            var text = token.Value;
            if (token.Groups["other"].Success)
                Assert.Fail($"'{text}' in {query.Text}");
            if (text == "''" && !query.Text.AsSpan(0, token.Index).EndsWith("escape ", StringComparison.Ordinal))
                Assert.Fail($"a text at {token.Index} in {query.Text}");
            if (char.IsAsciiLetter(text[0]) && !s_words.Contains(text) && !Numbered.IsMatch(text))
                Assert.Fail($"'{text}' in {query.Text}");
            // Tables are public's own, and only after FROM, JOIN or a parenthesis of one.
            if (previous == "public")
                Assert.Equal(".", text);
            previous = text;
        }
        foreach (Match relation in RelationNames.Matches(query.Text))
            Assert.Contains(relation.Groups[1].Value, (string[])["stars", "discovery_results"]);
        Assert.All(
            query.Parameters,
            p =>
                Assert.True(p is long or double or string or Guid or DateTime or long[] or double[] or string[] or Guid[], p.GetType().Name)
        );
    }

    [GeneratedRegex(@"public\.([a-z_]+)")]
    private static partial Regex RelationNames { get; }
}
