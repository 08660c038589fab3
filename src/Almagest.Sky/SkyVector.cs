namespace Almagest.Sky;

/// <summary>A Cartesian vector of the sphere: x towards (0, 0), y towards longitude 90°, z towards the north pole of its frame.</summary>
public readonly record struct SkyVector(double X, double Y, double Z)
{
    public double Norm => Math.Sqrt(X * X + Y * Y + Z * Z);

    public double Dot(SkyVector other) => X * other.X + Y * other.Y + Z * other.Z;

    public static SkyVector operator +(SkyVector a, SkyVector b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static SkyVector operator -(SkyVector a, SkyVector b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static SkyVector operator *(SkyVector a, double factor) => new(a.X * factor, a.Y * factor, a.Z * factor);

    public static SkyVector Add(SkyVector left, SkyVector right) => left + right;

    public static SkyVector Subtract(SkyVector left, SkyVector right) => left - right;

    public static SkyVector Multiply(SkyVector left, double right) => left * right;
}
