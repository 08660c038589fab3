using System.Globalization;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>A region in the words of STC-S (IVOA Note 1.33), as read.</summary>
/// <param name="Kind">in upper case: POSITION, CIRCLE, BOX, POLYGON, POSITIONINTERVAL, ALLSKY, UNION, INTERSECTION, NOT</param>
/// <param name="System">as written; empty where there is none</param>
internal sealed record StcRegion(string Kind, string System, IReadOnlyList<double> Numbers, IReadOnlyList<StcRegion> Parts);

/// <summary>Reads regions in STC-S.</summary>
internal sealed class StcText
{
    private const int MostParts = 50;

    private static readonly Dictionary<string, int> s_numbers = new(StringComparer.Ordinal)
    {
        ["POSITION"] = 2,
        ["POINT"] = 2,
        ["CIRCLE"] = 3,
        ["BOX"] = 4,
        ["POSITIONINTERVAL"] = 4,
        ["ALLSKY"] = 0,
        ["POLYGON"] = -1,
        ["UNION"] = 0,
        ["INTERSECTION"] = 0,
        ["NOT"] = 0,
    };

    private readonly List<string> _words;
    private readonly int _offset;
    private int _at;
    private int _parts;

    private StcText(string text, int offset)
    {
        _offset = offset;
        _words = text.Replace("(", " ( ", StringComparison.Ordinal)
            .Replace(")", " ) ", StringComparison.Ordinal)
            .Split([' ', '\t', '\r', '\n', ','], StringSplitOptions.RemoveEmptyEntries)
            .ToList();
    }

    /// <exception cref="SyntaxException">it is not a region</exception>
    public static StcRegion Read(string text, int offset)
    {
        var reader = new StcText(text, offset);
        var region = reader.Region("", 0);
        if (
            reader._at + 1 < reader._words.Count
            && reader.Next == "UNIT"
            && reader._words[reader._at + 1].Equals("deg", StringComparison.OrdinalIgnoreCase)
        )
            reader._at += 2;
        return reader._at == reader._words.Count
            ? region
            : throw new SyntaxException(offset, $"the REGION goes on with '{reader._words[reader._at]}', expected its end");
    }

    private string Next => _at < _words.Count ? _words[_at].ToUpperInvariant() : "";

    private StcRegion Region(string around, int depth)
    {
        if (depth > 10 || ++_parts > MostParts)
            throw new SyntaxException(_offset, $"a REGION has at most {MostParts} parts, nested at most 10 deep");
        var kind = Next;
        if (!s_numbers.TryGetValue(kind, out var count))
            throw new SyntaxException(
                _offset,
                (kind.Length == 0 ? "the REGION ends" : $"the REGION has '{_words[_at]}'")
                    + " where a shape of STC-S is expected: Position, Circle, Box, Polygon, PositionInterval, AllSky, Union, Intersection, "
                    + "Not"
            );
        _at++;
        var system = new List<string>();
        while (
            _at < _words.Count
            && Next != "("
            && !IsNumber(_words[_at], out _)
            && !s_numbers.ContainsKey(Next)
            && Next is not (")" or "UNIT")
        )
            system.Add(_words[_at++]);
        var named = system.Exists(w => !CoordinateSystems.IsFlavour(w)) ? string.Join(' ', system) : around;
        if (kind is "UNION" or "INTERSECTION" or "NOT")
            return new StcRegion(kind, named, [], Parts(kind, named, depth));
        var numbers = new List<double>();
        while (_at < _words.Count && IsNumber(_words[_at], out var number))
        {
            numbers.Add(number);
            _at++;
        }
        if (count >= 0 ? numbers.Count != count : numbers.Count < 6 || numbers.Count % 2 != 0)
            throw new SyntaxException(
                _offset,
                $"the {kind} of the REGION has {numbers.Count} numbers, expected {(count >= 0 ? count : "three pairs or more")}"
            );
        return new StcRegion(kind, named, numbers, []);
    }

    private List<StcRegion> Parts(string kind, string system, int depth)
    {
        if (Next != "(")
            throw new SyntaxException(_offset, $"the {kind} of the REGION has no '(' before its parts");
        _at++;
        var parts = new List<StcRegion>();
        while (Next.Length > 0 && Next != ")")
            parts.Add(Region(system, depth + 1));
        if (Next != ")")
            throw new SyntaxException(_offset, $"the {kind} of the REGION does not end: ')' is missing");
        _at++;
        return parts.Count > 0 && (kind != "NOT" || parts.Count == 1)
            ? parts
            : throw new SyntaxException(_offset, $"the {kind} of the REGION has {parts.Count} parts");
    }

    private static bool IsNumber(string word, out double number) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
