using System.Globalization;

namespace Almagest.Ledger.Datasets;

/// <summary>The columns of a dataset's file in SQL: what a field of the star holds is that field, back in the file's unit; the rest is in
/// <c>extra</c>, under the file's own word, which is bound as a value.</summary>
public sealed class FileColumnSql
{
    private readonly List<object> _values = [];
    private readonly List<string> _selected = ["s.*"];

    /// <summary>What is selected of <c>public.stars s</c>: all of it, and a column for each that was asked for; <see cref="Values"/> are
    /// in it as {0}, {1} …</summary>
    public string Selected => string.Join(", ", _selected);

    public IReadOnlyList<object> Values => _values;

    /// <summary>A field of the star in the unit of the file; {0} is the alias of what is selected, as in all others.</summary>
    public string Field(FileColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        var field = column.Field!;
        if (column.Unit.Factor == 1)
            return "{0}." + field;
        var factor = column.Unit.Factor.ToString("R", CultureInfo.InvariantCulture);
        var value = $"s.{field} / ({factor}{(column.Unit.TimesCosDec ? " * cosd(s.dec_deg)" : "")})";
        if (column.Unit.TimesCosDec)
            return Select(value);
        // What the file had, where the division leaves a last digit behind: the shortest number that gives what is stored.
        return Select(
            $"case when ({value})::numeric::double precision * {factor} = s.{field} "
                + $"then ({value})::numeric::double precision else {value} end"
        );
    }

    /// <summary>A number that is kept beside; one of another type than its column is null.</summary>
    public string Number(string name)
    {
        var key = Bind(name);
        return Select($"case when jsonb_typeof(s.extra -> {key}) = 'number' then (s.extra ->> {key})::double precision end");
    }

    /// <summary>A whole number that is kept beside.</summary>
    /// <param name="odd">whether other values are among them: those are null</param>
    public string Whole(string name, bool odd)
    {
        var key = Bind(name);
        var number = odd
            ? $"case when (s.extra -> {key})::numeric between -9223372036854775808 and 9223372036854775807 "
                + $"and trunc((s.extra -> {key})::numeric) = (s.extra -> {key})::numeric then (s.extra -> {key})::bigint end"
            : $"(s.extra -> {key})::bigint";
        return Select($"case when jsonb_typeof(s.extra -> {key}) = 'number' then {number} end");
    }

    /// <summary>A truth that is kept beside; null where it is none.</summary>
    public string Truth(string name)
    {
        var key = Bind(name);
        return Select($"case when jsonb_typeof(s.extra -> {key}) = 'boolean' then (s.extra -> {key})::boolean end");
    }

    /// <summary>Anything that is kept beside, as text.</summary>
    public string Text(string name) => Select($"s.extra ->> {Bind(name)}");

    private string Bind(string name)
    {
        _values.Add(name);
        return string.Create(CultureInfo.InvariantCulture, $"{{{_values.Count - 1}}}");
    }

    private string Select(string sql)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"x{_selected.Count}");
        _selected.Add($"{sql} as {name}");
        return "{0}." + name;
    }
}
