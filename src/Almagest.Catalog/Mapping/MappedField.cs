namespace Almagest.Catalog.Mapping;

/// <summary>How a field's value is made of its source columns.</summary>
public enum FieldSource
{
    /// <summary>One column's value, times <see cref="MappedField.Factor"/>.</summary>
    Column,

    /// <summary>The first column minus the second, each times the factor (a colour of two magnitudes).</summary>
    Difference,

    /// <summary>The first column's absolute value, times the factor, over the second's (a parallax error of parallax and
    /// parallax_over_error).</summary>
    Ratio,

    /// <summary>Hours or degrees, minutes and seconds in columns of their own, with a column of the sign before those of a
    /// declination.</summary>
    Sexagesimal,

    /// <summary>Degrees, minutes and seconds in columns of their own; the degrees carry the sign, <c>-0</c> too.</summary>
    SignedSexagesimal,
}

/// <summary>Where one star field comes from.</summary>
/// <param name="Field">one of <see cref="StarField.All"/></param>
/// <param name="Source">how the columns combine</param>
/// <param name="Columns">indices into the table's columns</param>
/// <param name="ColumnNames">their names</param>
/// <param name="Factor">unit conversion</param>
/// <param name="Note">what is converted or was assumed, empty where nothing is</param>
/// <param name="Alternatives">other columns that would have fitted</param>
public sealed record MappedField(
    string Field,
    FieldSource Source,
    IReadOnlyList<int> Columns,
    IReadOnlyList<string> ColumnNames,
    double Factor,
    string Note,
    IReadOnlyList<string> Alternatives
)
{
    /// <summary>Sexagesimal text counts degrees in its leading part, also in a right ascension.</summary>
    internal bool SexagesimalInDegrees { get; init; }

    /// <summary>The values count seconds of time and are multiplied by cos(dec).</summary>
    internal bool TimesCosDec { get; init; }

    /// <summary>The unit that the user gave the column, null where it has its own.</summary>
    public string? GivenUnit { get; init; }

    /// <summary>A right ascension, a parallax, a proper motion or an error of these without a unit, of which only the values can tell
    /// whether they are degrees, mas or mas/yr.</summary>
    internal bool UnitIsAssumed { get; init; }

    /// <summary>The columns as a formula: <c>RAJ2000</c>, <c>BPmag - RPmag</c>.</summary>
    public string Formula =>
        Source switch
        {
            FieldSource.Difference => $"{ColumnNames[0]} - {ColumnNames[1]}",
            FieldSource.Sexagesimal or FieldSource.SignedSexagesimal => string.Join(' ', ColumnNames),
            FieldSource.Ratio => $"{ColumnNames[0]} / {ColumnNames[1]}",
            _ => ColumnNames[0],
        };

    /// <summary><c>ra_deg ← RAJ2000 (converted from h:m:s; also possible: _RA)</c></summary>
    public override string ToString()
    {
        var remarks = new List<string>();
        if (Note.Length > 0)
            remarks.Add(Note);
        if (Alternatives.Count > 0)
            remarks.Add($"also possible: {string.Join(", ", Alternatives)}");
        return $"{Field} ← {Formula}{(remarks.Count > 0 ? $" ({string.Join("; ", remarks)})" : "")}";
    }
}
