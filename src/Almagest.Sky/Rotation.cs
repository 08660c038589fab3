namespace Almagest.Sky;

/// <summary>A vector in space.</summary>
public readonly record struct Direction(double X, double Y, double Z)
{
    public static Direction Of(double longitude, double latitude)
    {
        var (sinLongitude, cosLongitude) = Math.SinCos(longitude);
        var (sinLatitude, cosLatitude) = Math.SinCos(latitude);
        return new(cosLatitude * cosLongitude, cosLatitude * sinLongitude, sinLatitude);
    }

    public double Length => Math.Sqrt(X * X + Y * Y + Z * Z);

    public static Direction operator +(Direction a, Direction b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static Direction operator -(Direction a, Direction b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static Direction operator *(double f, Direction a) => new(f * a.X, f * a.Y, f * a.Z);

    public double Dot(Direction b) => X * b.X + Y * b.Y + Z * b.Z;

    /// <summary>Radians; longitude in [0, 2π).</summary>
    public (double Longitude, double Latitude) Angles()
    {
        double longitude = Math.Atan2(Y, X);
        if (longitude < 0) longitude += 2 * Math.PI;
        return (longitude >= 2 * Math.PI ? 0 : longitude, Math.Atan2(Z, Math.Sqrt(X * X + Y * Y)));
    }
}

/// <summary>A matrix of three by three.</summary>
internal readonly record struct Rotation(Direction Row1, Direction Row2, Direction Row3)
{
    /// <summary>Turns the axes by an angle in radians about one of them.</summary>
    public static Rotation About(char axis, double angle)
    {
        var (s, c) = Math.SinCos(angle);
        return axis switch
        {
            'x' => new(new(1, 0, 0), new(0, c, s), new(0, -s, c)),
            'y' => new(new(c, 0, -s), new(0, 1, 0), new(s, 0, c)),
            _ => new(new(c, s, 0), new(-s, c, 0), new(0, 0, 1)),
        };
    }

    public Rotation Transposed => new(new(Row1.X, Row2.X, Row3.X), new(Row1.Y, Row2.Y, Row3.Y), new(Row1.Z, Row2.Z, Row3.Z));

    public static Direction operator *(Rotation m, Direction v) => new(m.Row1.Dot(v), m.Row2.Dot(v), m.Row3.Dot(v));

    public static Rotation operator *(Rotation a, Rotation b)
    {
        var t = b.Transposed;
        return new(t * a.Row1, t * a.Row2, t * a.Row3);
    }

    public static Rotation operator +(Rotation a, Rotation b) => new(a.Row1 + b.Row1, a.Row2 + b.Row2, a.Row3 + b.Row3);

    public static Rotation operator *(double f, Rotation a) => new(f * a.Row1, f * a.Row2, f * a.Row3);
}
