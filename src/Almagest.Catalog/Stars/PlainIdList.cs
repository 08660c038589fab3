using System.Text.RegularExpressions;

namespace Almagest.Catalog.Stars;

/// <summary>
/// A text file of nothing but ids, one a line, as members of clusters are often published: no header, or one word above. Blank lines and
/// lines that begin with <c>#</c> are skipped.
/// </summary>
public static partial class PlainIdList
{
    /// <summary>No list of ids is longer; a larger file is a table.</summary>
    private const long MostBytes = 1L << 30;

    /// <summary>The ids with their lines, counted from 1; null where the file is something else: a table, or not text.</summary>
    public static IReadOnlyList<(string Id, long Line)>? Read(string path)
    {
        var ids = new List<(string, long)>();
        if (new FileInfo(path).Length is 0 or > MostBytes)
            return null;
        using var reader = new StreamReader(path);
        long number = 0;
        while (reader.ReadLine() is { } line)
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text[0] == '#')
                continue;
            if (!Id().IsMatch(text))
                return null;
            ids.Add((text.Trim('"', '\'', ','), number));
        }
        // A word above ids that are all numbers is their column's name; so is one that says what it is.
        if (ids.Count > 1 && (Heading().IsMatch(ids[0].Item1) || !IsNumber(ids[0].Item1) && ids.Skip(1).All(i => IsNumber(i.Item1))))
            ids.RemoveAt(0);
        return ids.Count == 0 ? null : ids;
    }

    private static bool IsNumber(string text) => text.All(char.IsAsciiDigit);

    [GeneratedRegex("^(id|ids|name|designation|source|.*source_?id|.*_id)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Heading();

    [GeneratedRegex("""^["']?[A-Za-z0-9_+.\-]{1,100}["']?,?$""")]
    private static partial Regex Id();
}
