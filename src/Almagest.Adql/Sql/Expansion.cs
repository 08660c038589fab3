using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>
/// How long a query becomes once the database merges its subqueries: it writes a column's expression wherever that column is named, so that
/// a few lines, each naming the one above it eight times, become gigabytes before the first row is read.
/// </summary>
internal sealed partial class Expansion
{
    // Far more than the queries that people write grow by; planning one of this size takes some tens of megabytes.
    private const long MostGrowth = 1 << 18;

    private readonly Dictionary<string, IReadOnlyList<long>> _lengths = new(StringComparer.Ordinal);

    /// <summary>Notes a subquery's columns under its alias: their lengths once merged, in characters.</summary>
    public void Add(string alias, IReadOnlyList<long> lengths) => _lengths[alias] = lengths;

    /// <summary>The length of a piece of SQL with all that it names written out.</summary>
    /// <exception cref="SyntaxException">it is more than a query may have</exception>
    public long Of(string sql, int offset)
    {
        long growth = 0;
        foreach (var match in Reference().EnumerateMatches(sql))
        {
            var reference = sql.AsSpan(match.Index, match.Length);
            var dot = reference.IndexOf('.');
            if (!_lengths.TryGetValue(reference[..dot].ToString(), out var columns))
                continue;
            growth += columns[int.Parse(reference[(dot + 2)..], NumberStyles.None, CultureInfo.InvariantCulture) - 1];
            if (growth > MostGrowth)
                throw new SyntaxException(
                    offset,
                    "the query is too large once its subqueries are merged: each column is written out wherever it is named; "
                        + "name a computed column fewer times, or write the query in parts"
                );
        }
        return sql.Length + growth;
    }

    [GeneratedRegex(@"\bt\d{1,9}\.c\d{1,9}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
