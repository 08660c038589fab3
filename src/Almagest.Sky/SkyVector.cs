namespace Almagest.Sky;

/// <summary>A Cartesian vector: x towards (0, 0) of its frame, y towards longitude 90°, z towards the north pole.</summary>
public readonly record struct SkyVector(double X, double Y, double Z)
{
    public double Norm => Math.Sqrt(X * X + Y * Y + Z * Z);

    public double Dot(SkyVector other) => X * other.X + Y * other.Y + Z * other.Z;

    public SkyVector Cross(SkyVector other) => new(Y * other.Z - Z * other.Y, Z * other.X - X * other.Z, X * other.Y - Y * other.X);

    public static SkyVector operator +(SkyVector a, SkyVector b) => new(a.X + b.X, a.Y + b.Y, a.Z + b.Z);

    public static SkyVector operator -(SkyVector a, SkyVector b) => new(a.X - b.X, a.Y - b.Y, a.Z - b.Z);

    public static SkyVector operator *(SkyVector a, double factor) => new(a.X * factor, a.Y * factor, a.Z * factor);
}
