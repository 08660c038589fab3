using System.Globalization;
using Almagest.Catalog.Mapping;
using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>
/// Proper motions without a unit that may be arc seconds a year, where they are taken as milliarcseconds. Told where half of them are
/// smaller than any catalogue measures; where by them and the parallaxes half of the stars hardly move through space; and where none is
/// small beside the others, though they come from all sides: lists of fast stars end at a least motion, measurements of hardly any do not.
/// </summary>
internal sealed class MotionDoubt(ColumnMapping mapping)
{
    /// <summary>Of fewer stars nothing is told, and of fewer than many nothing by their least motion.</summary>
    private const int Few = 8,
        Many = 100;

    /// <summary>A motion of which half of all motions of a catalogue are never below, mas/yr: errors alone are larger.</summary>
    private const double LeastMedian = 0.1;

    /// <summary>A speed across the line of sight that no sample of stars has in the middle, km/s.</summary>
    private const double LeastSpeed = 0.5;

    /// <summary>More than Barnard's star moves, arcsec/yr: with a motion above it, and below a mark of a missing value, a list is in
    /// mas/yr.</summary>
    private const double Fastest = 11,
        LeastMark = 90;

    /// <summary>The least motion of a list of fast stars, as part of the middle one.</summary>
    private const double LeastOfFast = 0.4;

    /// <summary>The mean motion of a group, as part of the middle one; by the Sun's motion alone it is half of that.</summary>
    private const double OneSided = 0.8;

    /// <summary>The middle motions of such lists, arcsec/yr.</summary>
    private const double FastFrom = 0.1,
        FastTo = 2;

    private readonly bool _asks =
        mapping[StarField.PmraMasYr] is { UnitIsAssumed: true } && mapping[StarField.PmdecMasYr] is { UnitIsAssumed: true };

    private readonly LogHistogram _motions = new(),
        _speeds = new();
    private double _least = double.PositiveInfinity,
        _east,
        _north;
    private bool _tooFast;

    public void Add(StarBatch stars)
    {
        if (!_asks || _tooFast)
            return;
        for (var i = 0; i < stars.Count; i++)
        {
            var (east, north) = (stars.PmraMasYr[i], stars.PmdecMasYr[i]);
            var motion = Math.Sqrt(east * east + north * north);
            // Zeros stand for what nobody measured.
            if (motion is not (> 0 and < LeastMark))
                continue;
            _tooFast = _tooFast || motion > Fastest;
            _motions.Add(motion);
            _least = Math.Min(_least, motion);
            (_east, _north) = (_east + east, _north + north);
            if (stars.ParallaxMas[i] > 0)
                _speeds.Add(Constants.AuPerYearKmS * motion / stars.ParallaxMas[i]);
        }
    }

    /// <summary>What to tell; null where there is no doubt.</summary>
    /// <param name="parallaxMayBeArcsec">the parallaxes are in doubt themselves: then the speeds are a thousandth</param>
    public string? Remark(bool parallaxMayBeArcsec)
    {
        if (!_asks || _tooFast || _motions.Count < Few || Why(parallaxMayBeArcsec) is not { } why)
            return null;
        var (east, north) = (mapping[StarField.PmraMasYr]!, mapping[StarField.PmdecMasYr]!);
        return $"{why} The motions in '{RejectedRow.Clip(east.ColumnNames[0])}' and '{RejectedRow.Clip(north.ColumnNames[0])}' have "
            + "no unit and were taken as mas/yr. If they are arcsec/yr, say so, and of the other columns alike: "
            + $"{east.Field}={east.Formula}:arcsec/yr and {north.Field}={north.Formula}:arcsec/yr.";
    }

    private string? Why(bool parallaxMayBeArcsec)
    {
        var middle = _motions.Median;
        if (middle < LeastMedian)
            return Said($"Half of the proper motions are below {LeastMedian}.");
        if (_speeds.Count >= Few && _speeds.Median / (parallaxMayBeArcsec ? 1000 : 1) < LeastSpeed)
            return Said($"By their proper motions and parallaxes half of the stars move by less than {LeastSpeed} km/s across the sky.");
        var isOneSided = Math.Sqrt(_east * _east + _north * _north) > OneSided * middle * _motions.Count;
        return _motions.Count >= Many && middle is > FastFrom and < FastTo && _least > LeastOfFast * middle && !isOneSided
            ? Said($"No proper motion is below {_least:0.###}, as in lists of fast stars.")
            : null;
    }

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
