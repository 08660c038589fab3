using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>
/// Right ascensions without a unit that are all below 24 may be hours. Taken as degrees, a field around any place comes to lie in a strip
/// that is fifteen times as tall as wide; one that crosses 0 h, has the pole or goes round the sky ends where the hours do. Then they are
/// not loaded before the unit is said: positions that are all wrong are worse than a question too many.
/// </summary>
internal sealed class HoursDoubt(ColumnMapping mapping)
{
    private readonly bool _asks = mapping[StarField.RaDeg] is { UnitIsAssumed: true },
        _fromMinus180 = mapping.RaFrom == -180;
    private double _leastRa = double.PositiveInfinity,
        _greatestRa = double.NegativeInfinity,
        _leastDec = double.PositiveInfinity,
        _greatestDec = double.NegativeInfinity;
    private long _stars;

    public void Add(double[] ra, double[] dec, int count)
    {
        if (!_asks || _greatestRa >= 24)
            return;
        for (var i = 0; i < count; i++)
        {
            var asWritten = _fromMinus180 && ra[i] > 180 ? ra[i] - 360 : ra[i];
            _leastRa = Math.Min(_leastRa, asWritten);
            _greatestRa = Math.Max(_greatestRa, asWritten);
            _leastDec = Math.Min(_leastDec, dec[i]);
            _greatestDec = Math.Max(_greatestDec, dec[i]);
        }
        _stars += count;
    }

    private bool InDoubt =>
        _asks && _stars > 0 && (_fromMinus180 ? _leastRa >= -12 && _greatestRa <= 12 : _leastRa >= 0 && _greatestRa < 24);

    private string Column => mapping[StarField.RaDeg]!.Formula;

    /// <summary>What to tell where degrees are likely enough; null where there is no doubt.</summary>
    public string? Remark =>
        InDoubt
            ? $"Every right ascension in '{Column}' is {(_fromMinus180 ? "from -12 to 12" : "below 24")} and has no unit: they were "
                + "taken as degrees. If they are hours, say so: "
                + $"{StarField.RaDeg}={Column}:hours."
                + (MayBeRadians ? $" If both coordinates are radians: {Radians}." : "")
            : null;

    private bool MayBeRadians =>
        mapping[StarField.DecDeg] is not null && _greatestRa <= Math.Tau && _leastDec >= -Math.PI / 2 && _greatestDec <= Math.PI / 2;

    private string Radians => $"{StarField.RaDeg}={Column}:rad and {StarField.DecDeg}={mapping[StarField.DecDeg]!.Formula}:rad";

    /// <exception cref="CatalogFormatException">degrees are not likely</exception>
    public void Judge()
    {
        if (Doubt is { } doubt)
            throw new CatalogFormatException(doubt)
            {
                Code = CatalogFormatException.PositionUnitUnknown,
                Facts = new Dictionary<string, object?> { ["column"] = Column },
            };
    }

    /// <summary>Why degrees are not likely; null where they are.</summary>
    public string? Doubt
    {
        get
        {
            if (!InDoubt)
                return null;
            var middle = (_leastDec + _greatestDec) / 2 * Math.PI / 180;
            double width = _greatestRa - _leastRa,
                onSky = width * Math.Cos(middle),
                height = _greatestDec - _leastDec;
            // A cone in degrees is at least as wide in right ascension as it is tall, and on the sky about as wide; one in hours is a
            // fifteenth of that. A few stars are of any shape.
            var tall = _stars >= 20 && height > 0.2 && height > 2 * width;
            var many = _stars >= 8 && height > 0.2 && height > 4 * onSky;
            var strip = width >= 5 && height > 30 && height > 1.5 * onSky;
            // Hardly a field in degrees begins at 0 and ends at 24.
            var round = _stars >= 8 && 24 - width < 0.5;
            if (!tall && !many && !strip && !round)
                return null;
            return FormattableString.Invariant(
                    $"The right ascensions in '{Column}' have no unit and run from {_leastRa:0.####} to {_greatestRa:0.####}, while the "
                )
                + FormattableString.Invariant($"declinations run from {_leastDec:0.##} to {_greatestDec:0.##}: they may be hours. ")
                + $"Say which: {StarField.RaDeg}={Column}:hours or {StarField.RaDeg}={Column}:deg"
                + (MayBeRadians ? $", or of radians {Radians}." : ".");
        }
    }
}
