using Almagest.Sky;

namespace Almagest.Charts.Drawing;

/// <summary>From the sky to a flat map on which right ascension increases to the left, as one sees it looking up.</summary>
public abstract class SkyProjection
{
    /// <summary>Mollweide for wide fields; for a patch of the sky the tangent plane at its middle.</summary>
    public static SkyProjection For(IReadOnlyList<double> raDeg, IReadOnlyList<double> decDeg)
    {
        ArgumentNullException.ThrowIfNull(raDeg);
        ArgumentNullException.ThrowIfNull(decDeg);
        var sum = default(SkyVector);
        for (var i = 0; i < raDeg.Count; i++)
            sum += SkyCoordinates.ToUnitVector(raDeg[i], decDeg[i]);
        if (raDeg.Count == 0 || sum.Norm < 1e-6)
            return new Mollweide();
        var (ra0, dec0) = SkyCoordinates.FromVector(sum);
        var widest = 0.0;
        for (var i = 0; i < raDeg.Count; i++)
            widest = Math.Max(widest, SkyCoordinates.SeparationDeg(ra0, dec0, raDeg[i], decDeg[i]));
        return widest > 35 ? new Mollweide() : new TangentPlane(ra0, dec0, Math.Max(widest * 1.05, 0.01));
    }

    /// <summary>Half the width and half the height of the map, in its units.</summary>
    public abstract (double X, double Y) Half { get; }

    /// <summary>Null where the map does not show the place. x grows to the right, y upwards.</summary>
    public abstract (double X, double Y)? Project(double raDeg, double decDeg);

    /// <summary>The place that is shown at x and y; null where the map has none.</summary>
    public abstract (double RaDeg, double DecDeg)? Unproject(double x, double y);

    /// <summary>The whole map as a window.</summary>
    public ChartWindow Whole => new(-Half.X, Half.X, -Half.Y, Half.Y);

    /// <summary>Lines of equal coordinates through a part of the map, as fine as that part asks for.</summary>
    public IEnumerable<(IReadOnlyList<(double X, double Y)> Points, string Label, bool IsMeridian)> Graticule(ChartWindow window)
    {
        const int Samples = 12,
            Fine = 240;
        var places = new List<(double RaDeg, double DecDeg)>();
        for (var i = 0; i <= Samples; i++)
        {
            for (var j = 0; j <= Samples; j++)
            {
                if (
                    Unproject(
                        window.Left + i * (window.Right - window.Left) / Samples,
                        window.Bottom + j * (window.Top - window.Bottom) / Samples
                    ) is
                    { } place
                )
                    places.Add(place);
            }
        }
        if (places.Count == 0)
            yield break;
        var middle = Unproject((window.Left + window.Right) / 2, (window.Bottom + window.Top) / 2) ?? places[0];
        // Right ascensions as differences from the middle, so that none jumps at 360.
        var offsets = places.Select(p => (p.RaDeg - middle.RaDeg + 540) % 360 - 180).ToList();
        var (dec0, dec1) = (places.Min(p => p.DecDeg), places.Max(p => p.DecDeg));
        var nearPole =
            Project(0, 90) is { } north && window.Contains(north.X, north.Y)
            || Project(0, -90) is { } south && window.Contains(south.X, south.Y);
        var (ra0, ra1) = nearPole ? (middle.RaDeg - 180, middle.RaDeg + 180) : (middle.RaDeg + offsets.Min(), middle.RaDeg + offsets.Max());
        if (nearPole)
            (dec0, dec1) = (dec0 > -dec1 ? dec0 : -90, dec0 > -dec1 ? 90 : dec1);
        var (more, moreRa) = ((dec1 - dec0) * 0.15, (ra1 - ra0) * 0.15);
        var (low, high) = (Math.Max(-90, dec0 - more), Math.Min(90, dec1 + more));
        var (west, east) =
            nearPole ? (ra0, ra1)
            : IsWholeSky ? (Math.Max(0, ra0 - moreRa), Math.Min(360, ra1 + moreRa))
            : (ra0 - moreRa, ra1 + moreRa);
        List<(double X, double Y)> Line(Func<double, (double Ra, double Dec)> at) =>
            [
                .. Enumerable
                    .Range(0, Fine + 1)
                    .Select(i => at(i / (double)Fine))
                    .Select(p => Project(p.Ra, p.Dec))
                    .OfType<(double X, double Y)>(),
            ];
        var parallels = new Scale(low, high, 0, 1).Ticks(6);
        foreach (var (i, label) in Scale.Labels(parallels).Index())
        {
            var dec = parallels[i];
            yield return (Line(t => (west + t * (east - west), dec)), $"{(dec > 0 ? "+" : "")}{label}°", false);
        }
        var meridians = new Scale(west, east, 0, 1).Ticks(nearPole ? 12 : 6);
        foreach (var (i, label) in Scale.Labels([.. meridians.Select(ra => (ra % 360 + 360) % 360)], meridians).Index())
        {
            var ra = meridians[i];
            yield return (Line(t => (ra, low + t * (high - low))), $"{label}°", true);
        }
    }

    /// <summary>Lines of equal coordinates over the whole map, in pieces, with a word and where it stands.</summary>
    public abstract IEnumerable<(IReadOnlyList<(double X, double Y)> Points, string Label, bool IsMeridian)> Graticule();

    public abstract bool IsWholeSky { get; }

    /// <summary>As a legend names it.</summary>
    public abstract string Name { get; }
}

/// <summary>The whole sky in an ellipse, equal areas equal (Mollweide 1805), with RA 180° in the middle: 360° at the left edge, 0° at the
/// right.</summary>
internal sealed class Mollweide : SkyProjection
{
    private static readonly double s_root2 = Math.Sqrt(2);

    public override (double X, double Y) Half => (2 * s_root2, s_root2);

    public override bool IsWholeSky => true;

    public override string Name => "Mollweide";

    public override (double X, double Y)? Project(double raDeg, double decDeg)
    {
        var theta = Theta(decDeg * Constants.Degree);
        return (-2 * s_root2 / Math.PI * ((raDeg - 180) * Constants.Degree) * Math.Cos(theta), s_root2 * Math.Sin(theta));
    }

    public override IEnumerable<(IReadOnlyList<(double X, double Y)> Points, string Label, bool IsMeridian)> Graticule()
    {
        for (var ra = 0; ra <= 360; ra += 30)
            yield return (
                [.. Enumerable.Range(-30, 61).Select(i => Project(ra, i * 3)!.Value)],
                ra % 60 == 0 && ra is > 0 and < 360 ? $"{ra}°" : "",
                true
            );
        for (var dec = -60; dec <= 60; dec += 30)
            yield return (
                [.. Enumerable.Range(0, 61).Select(i => Project(i * 6, dec)!.Value)],
                dec < 0 ? $"−{-dec}°"
                : dec == 0 ? "0°"
                : $"+{dec}°",
                false
            );
    }

    public override (double RaDeg, double DecDeg)? Unproject(double x, double y) => At(x / Half.X, y / Half.Y);

    /// <summary>The place at x and y in [-1, 1] of the map's half width and height; null outside the ellipse.</summary>
    public static (double RaDeg, double DecDeg)? At(double x, double y)
    {
        if (x * x + y * y >= 1)
            return null;
        var theta = Math.Asin(y);
        var dec = Math.Asin(Math.Clamp((2 * theta + Math.Sin(2 * theta)) / Math.PI, -1, 1)) / Constants.Degree;
        var ra = 180 - 180 * x / Math.Cos(theta);
        return (Math.Clamp(ra, 0, 359.999999), dec);
    }

    // 2θ + sin 2θ = π sin δ, by Newton's method.
    private static double Theta(double dec)
    {
        if (Math.Abs(Math.Abs(dec) - Math.PI / 2) < 1e-9)
            return Math.CopySign(Math.PI / 2, dec);
        var theta = dec;
        for (var i = 0; i < 30; i++)
        {
            var step = (2 * theta + Math.Sin(2 * theta) - Math.PI * Math.Sin(dec)) / (2 + 2 * Math.Cos(2 * theta));
            theta -= step;
            if (Math.Abs(step) < 1e-9)
                break;
        }
        return theta;
    }
}

/// <summary>The gnomonic projection around a centre; its unit is the degree at the centre.</summary>
internal sealed class TangentPlane(double centreRa, double centreDec, double radiusDeg) : SkyProjection
{
    private const double Deg = Constants.Degree;
    private readonly double _half = Math.Tan(radiusDeg * Deg) / Deg;

    public override (double X, double Y) Half => (_half, _half);

    public override bool IsWholeSky => false;

    public override string Name => "gnomonic";

    public override (double X, double Y)? Project(double raDeg, double decDeg)
    {
        var (d0, d, a) = (centreDec * Deg, decDeg * Deg, (raDeg - centreRa) * Deg);
        var cos = Math.Sin(d0) * Math.Sin(d) + Math.Cos(d0) * Math.Cos(d) * Math.Cos(a);
        if (cos < 0.05)
            return null;
        return (
            -Math.Cos(d) * Math.Sin(a) / cos / Deg,
            (Math.Cos(d0) * Math.Sin(d) - Math.Sin(d0) * Math.Cos(d) * Math.Cos(a)) / cos / Deg
        );
    }

    public override (double RaDeg, double DecDeg)? Unproject(double x, double y)
    {
        var (xi, eta) = (-x * Deg, y * Deg);
        var d0 = centreDec * Deg;
        var down = Math.Cos(d0) - eta * Math.Sin(d0);
        var ra = centreRa + Math.Atan2(xi, down) / Deg;
        return ((ra % 360 + 360) % 360, Math.Atan2(Math.Sin(d0) + eta * Math.Cos(d0), Math.Sqrt(xi * xi + down * down)) / Deg);
    }

    public override IEnumerable<(IReadOnlyList<(double X, double Y)> Points, string Label, bool IsMeridian)> Graticule() =>
        Graticule(Whole);
}
