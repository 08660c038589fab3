using System.Text.RegularExpressions;

namespace Almagest.Catalog.Delimited;

/// <summary>Rows between the names and the data: units, types (RDB, and databases), dashes.</summary>
internal sealed class HeaderRows
{
    // A shorter one may stand for a missing value, in a row that lacks the others.
    private const int LeastRule = 10;

    private readonly string[]? _units;

    /// <param name="rows">of the text</param>
    /// <param name="data">the row below the names</param>
    public HeaderRows(List<ProbedRow> rows, int data, int columns)
    {
        Data = data;
        var said = new List<string>();
        for (var steps = 0; steps < 3 && Data < rows.Count; steps++)
        {
            var fields = rows[Data].Fields;
            // One rule below all the names, as people draw it.
            if (columns > 1 && fields is [{ Length: >= LeastRule }] && rows[Data].IsBorder && rows.Count > Data + 1)
            {
                said.Add("dashes");
                Data++;
                continue;
            }
            if (fields.Length != columns && fields.Length != columns + 1)
                break;
            if (TypeWords.Are(fields))
                said.Add("types");
            else if (_units is null && UnitWords.Are(fields, rows, Data))
            {
                _units = fields;
                said.Add("units");
            }
            else if (rows[Data].IsRuler && rows.Count > Data + 1)
                said.Add("dashes");
            else
                break;
            Data++;
        }
        if (said.Count > 0)
            Said =
                said.Count == 1
                    ? $"The line of {said[0]} below the names is not a row."
                    : $"The lines of {string.Join(" and of ", said)} below the names are not rows.";
    }

    /// <summary>The first row of data.</summary>
    public int Data { get; }

    /// <summary>What was passed over, for people; null where nothing was.</summary>
    public string? Said { get; }

    /// <summary>The unit of a column, null where no row says it.</summary>
    public string? Unit(int column)
    {
        if (_units is null || column >= _units.Length)
            return null;
        var unit = _units[column].Trim('[', ']', '(', ')', ' ');
        return unit.Length == 0 || UnitWords.IsBlank(unit) ? null : unit;
    }
}

/// <summary>A row of types instead of values.</summary>
internal static partial class TypeWords
{
    /// <summary>RDB's <c>10N</c>, <c>S</c>, or the words of databases and languages; every field, and at least two.</summary>
    public static bool Are(string[] fields) =>
        fields.Length > 1 && (fields.All(f => Rdb().IsMatch(f)) || fields.All(f => Words().IsMatch(f)));

    [GeneratedRegex(@"^[0-9]*[SNMsnm][<>]?$", RegexOptions.CultureInvariant)]
    private static partial Regex Rdb();

    [GeneratedRegex(
        @"^(u?int(8|16|32|64|eger)?|long|short|byte|bigint|smallint|tinyint|real|float(16|32|64)?|double( precision)?|numeric|"
            + @"decimal|char|string|str|"
            + @"text|varchar|character( varying)?|bool(ean)?|date|datetime|timestamp|object)(\([0-9, ]*\)|\[[0-9*]*\])?$",
        RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Words();
}

/// <summary>A row of units instead of values.</summary>
internal static class UnitWords
{
    public static bool IsBlank(string field) =>
        field.Trim() is "" or "-" or "--" or "---" or "none" or "None" or "null" or "unitless" or "\"\"" or "...";

    public static bool IsUnitOrBlank(string field) => IsBlank(field) || Mapping.UnitConversion.IsUnit(field.Trim('[', ']', '(', ')', ' '));

    /// <summary>Units, and nothing where there is none; and numbers below them.</summary>
    public static bool Are(string[] fields, List<ProbedRow> rows, int at)
    {
        if (fields.Length < 2 || !fields.All(f => !ProbedRow.IsValue(f)))
            return false;
        var units = Enumerable.Range(0, fields.Length).Where(i => !IsBlank(fields[i]) && IsUnitOrBlank(fields[i])).ToArray();
        var others = fields.Count(f => !IsUnitOrBlank(f));
        if (units.Length == 0 || others > units.Length)
            return false;
        var below = rows.Skip(at + 1).Where(r => r.Fields.Length == fields.Length).Take(20).ToArray();
        // A star of which hardly anything is known has no units either; below units there are numbers.
        return below.Length > 0
            && Array.TrueForAll(
                units,
                i =>
                    below.Any(r =>
                        ProbedRow.IsValue(r.Fields[i]) || Mapping.Sexagesimal.TryParse(r.Fields[i], out _) || IsComma(r.Fields[i])
                    ) || below.All(r => r.Fields[i].Length == 0)
            );
    }

    private static bool IsComma(string field) => SpreadsheetField.IsCommaNumber(System.Text.Encoding.UTF8.GetBytes(field));
}
