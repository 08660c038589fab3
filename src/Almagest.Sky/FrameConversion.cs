namespace Almagest.Sky;

/// <summary>
/// Positions and proper motions of older systems in ICRS: FK5 of any equinox, FK4 with its E-terms of aberration, Galactic coordinates.
/// Proper motions are carried along as differences of positions.
/// </summary>
public sealed class FrameConversion
{
    private readonly PositionSystem _system;
    private readonly Rotation _toIcrs;
    private readonly SkyVector _eTerms;

    public FrameConversion(PositionSystem system)
    {
        _system = system;
        _toIcrs = system.Frame switch
        {
            SkyFrame.Fk5 when system.Equinox == 2000 => Fk5Frame.ToIcrs,
            SkyFrame.Fk5 => Fk5Frame.ToIcrs * Fk5Frame.PrecessionFromJ2000(system.Equinox).Transposed,
            SkyFrame.Fk4 => Fk5Frame.ToIcrs
                * Fk4Frame.ToFk5J2000(system.Equinox, system.Epoch ?? PositionSystem.BesselianToJulian(system.Equinox)),
            SkyFrame.Galactic => GalacticFrame.ToIcrsRotation,
            _ => Rotation.None,
        };
        if (system.Frame == SkyFrame.Fk4)
            _eTerms = Fk4Frame.ETerms(system.Equinox);
    }

    /// <summary>The matrix that turns a vector of the system, row by row; of FK4 once its E-terms are taken off.</summary>
    public IReadOnlyList<double> Matrix => Rows(_toIcrs);

    /// <summary>The E-terms of aberration as a vector; zero but for FK4.</summary>
    public IReadOnlyList<double> ETerms => [_eTerms.X, _eTerms.Y, _eTerms.Z];

    /// <summary>The matrix that turns a vector of one system into one of another, row by row; E-terms are left as they are.</summary>
    public static IReadOnlyList<double> MatrixBetween(PositionSystem from, PositionSystem to) =>
        Rows(new FrameConversion(to)._toIcrs.Transposed * new FrameConversion(from)._toIcrs);

    private static double[] Rows(Rotation m) => [m.Row1.X, m.Row1.Y, m.Row1.Z, m.Row2.X, m.Row2.Y, m.Row2.Z, m.Row3.X, m.Row3.Y, m.Row3.Z];

    /// <param name="longitude">degrees; right ascension, or Galactic longitude</param>
    /// <param name="latitude">degrees</param>
    /// <returns>right ascension in [0, 360) and declination, degrees, ICRS</returns>
    public (double Ra, double Dec) Position(double longitude, double latitude) =>
        _system.Frame == SkyFrame.Icrs
            ? (longitude, latitude)
            : SkyCoordinates.FromVector(ToIcrs(SkyCoordinates.ToUnitVector(longitude, latitude)));

    /// <summary>A position with its proper motion (mas/yr, that in longitude times the cosine of the latitude).</summary>
    public (double Ra, double Dec, double Pmra, double Pmdec) Motion(
        double longitude,
        double latitude,
        double pmLongitude,
        double pmLatitude
    )
    {
        if (_system.Frame == SkyFrame.Icrs)
            return (longitude, latitude, pmLongitude, pmLatitude);
        var old = NormalTriad.At(longitude, latitude);
        var motion = (old.East * pmLongitude + old.North * pmLatitude) * Constants.Milliarcsecond;
        var (ra, dec) = SkyCoordinates.FromVector(ToIcrs(old.Outward));
        // The map is linear but for the E-terms, whose change over a star's yearly motion is below a millionth of it.
        const double Step = 1000;
        var rate =
            (ToIcrs(old.Outward + motion * Step) - ToIcrs(old.Outward - motion * Step)) * (1 / (2 * Step * Constants.Milliarcsecond));
        var there = NormalTriad.At(ra, dec);
        return (ra, dec, rate.Dot(there.East), rate.Dot(there.North));
    }

    private SkyVector ToIcrs(SkyVector v)
    {
        if (_system.Frame != SkyFrame.Fk4)
            return _toIcrs * v;
        var length = v.Norm;
        var unit = v * (1 / length);
        var mean = unit - _eTerms + unit * _eTerms.Dot(unit);
        return _toIcrs * (mean * (length / mean.Norm));
    }
}
