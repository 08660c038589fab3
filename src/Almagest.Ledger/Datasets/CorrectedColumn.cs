using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Datasets;

/// <summary>One column of a loaded file, and the fields of a star that were made of it.</summary>
internal sealed class CorrectedColumn
{
    private static readonly string[] s_position = [StarField.RaDeg, StarField.DecDeg];

    /// <summary>What is turned with the position, or carried with it to another epoch.</summary>
    private static readonly string[] s_moved =
    [
        .. s_position,
        StarField.PmraMasYr,
        StarField.PmdecMasYr,
        StarField.ParallaxMas,
        StarField.RadialVelocityKmS,
    ];

    private readonly bool _turned,
        _carried,
        _wrapped;

    /// <param name="mapping">as it is stored: field to formula, with a unit behind a colon where one was given</param>
    /// <param name="turned">the positions were brought to ICRS from another system</param>
    /// <param name="carried">they were carried to another epoch</param>
    /// <param name="wrapped">right ascensions ran from -180 to 180 degrees</param>
    public CorrectedColumn(ColumnReport column, IReadOnlyDictionary<string, string> mapping, bool turned, bool carried, bool wrapped)
    {
        Report = column;
        (_turned, _carried, _wrapped) = (turned, carried, wrapped);
        foreach (var (field, formula) in mapping)
        {
            if (formula == column.Name || formula.StartsWith(column.Name + ":", StringComparison.Ordinal))
                Plain.Add(field);
            else if (formula.StartsWith(column.Name + " / ", StringComparison.Ordinal))
                RatiosOf.Add(field);
            else if (
                formula.EndsWith(" / " + column.Name, StringComparison.Ordinal)
                || formula.StartsWith(column.Name + " - ", StringComparison.Ordinal)
                || formula.EndsWith(" - " + column.Name, StringComparison.Ordinal)
            )
                Combined.Add(field);
            else if (formula.Split(' ').Contains(column.Name))
                PartOf = field;
        }
    }

    public ColumnReport Report { get; }

    /// <summary>Fields that are the column in their unit.</summary>
    public List<string> Plain { get; } = [];

    /// <summary>Fields that are the column over another.</summary>
    public List<string> RatiosOf { get; } = [];

    /// <summary>Other fields of two columns, of which it is one.</summary>
    public List<string> Combined { get; } = [];

    /// <summary>A position of several columns, of which it is one: hours, minutes, seconds; null where there is none.</summary>
    public string? PartOf { get; }

    public bool IsPosition => PartOf is not null || Plain.Any(s_position.Contains);

    /// <summary>Whole fields of which the stars' table holds no number: identifiers, labels, epochs.</summary>
    public bool IsWord =>
        Plain.Any(f =>
            f is StarField.SourceId or StarField.Epoch or StarField.LabelOutlier or StarField.LabelKind or StarField.LabelCluster
        );

    /// <exception cref="LedgerException">what the file had cannot be had from what is stored</exception>
    public void RequireOriginal()
    {
        foreach (var field in Plain)
        {
            if (_carried && s_moved.Contains(field))
                throw Lost($"{field} was carried to another epoch");
            if (_turned && s_moved.Contains(field) && field is not (StarField.ParallaxMas or StarField.RadialVelocityKmS))
                throw Lost($"{field} was brought to ICRS from another system");
            if (_wrapped && field == StarField.RaDeg)
                throw Lost("right ascensions ran from -180 to 180 degrees");
            if (FieldUnit.Of(field, Report.Unit) is null)
                throw Lost($"it was loaded in the unit '{Report.Unit}', which this program does not know");
        }
    }

    public LedgerException Lost(string why) =>
        LedgerException
            .Of(
                ErrorCode.OriginalNotKept,
                $"the values of column '{Report.Name}' as the file has them are not kept: {why}",
                "Load the file again, under another name, with the right unit or missing value."
            )
            .With("column", Report.Name);

    /// <summary>Was the field multiplied by the cosine of the declination?</summary>
    public bool IsTimesCosDec(string field) => FieldUnit.Of(field, Report.Unit) is { TimesCosDec: true };

    /// <summary>How the column's unit becomes the field's.</summary>
    public FieldUnit Unit(string field) => FieldUnit.Of(field, Report.Unit)!.Value;
}
