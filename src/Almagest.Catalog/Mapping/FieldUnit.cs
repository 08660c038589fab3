namespace Almagest.Catalog.Mapping;

/// <summary>How a column's unit becomes that of a star's field.</summary>
/// <param name="Factor">value of the field = value in the column × factor</param>
/// <param name="TimesCosDec">and times the cosine of the declination: the column counts seconds of time</param>
/// <param name="Note">what is done, for people; empty where nothing is</param>
public readonly record struct FieldUnit(double Factor, bool TimesCosDec, string Note)
{
    /// <summary>Null where the unit is not one of the field. No unit is the field's own.</summary>
    public static FieldUnit? Of(string field, string? unit)
    {
        var conversion = UnitConversion.For(field, unit);
        return conversion.Known ? new FieldUnit(conversion.Factor, conversion.TimesCosDec, conversion.Note) : null;
    }

    /// <summary>The units of a field, for people.</summary>
    public static string Expected(string field) => StarField.Units(field);
}
