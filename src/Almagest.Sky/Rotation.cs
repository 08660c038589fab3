namespace Almagest.Sky;

/// <summary>A matrix of three by three.</summary>
internal readonly record struct Rotation(SkyVector Row1, SkyVector Row2, SkyVector Row3)
{
    public static Rotation None { get; } = new(new(1, 0, 0), new(0, 1, 0), new(0, 0, 1));

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

    public static SkyVector operator *(Rotation m, SkyVector v) => new(m.Row1.Dot(v), m.Row2.Dot(v), m.Row3.Dot(v));

    public static Rotation operator *(Rotation a, Rotation b)
    {
        var t = b.Transposed;
        return new(t * a.Row1, t * a.Row2, t * a.Row3);
    }

    public static Rotation operator *(Rotation a, double factor) => new(a.Row1 * factor, a.Row2 * factor, a.Row3 * factor);

    public static Rotation operator +(Rotation a, Rotation b) => new(a.Row1 + b.Row1, a.Row2 + b.Row2, a.Row3 + b.Row3);
}
