namespace Almagest.Sky;

/// <summary>The rotation from ICRS to Galactic coordinates: the matrix A_G of the Hipparcos catalogue (ESA SP-1200, vol. 1, eq. 1.5.11).</summary>
public static class GalacticFrame
{
    static readonly double[] Rotation =
    [
        -0.0548755604162154, -0.8734370902348850, -0.4838350155487132,
        +0.4941094278755837, -0.4448296299600112, +0.7469822444972189,
        -0.8676661490190047, -0.1980763734312015, +0.4559837761750669,
    ];

    /// <summary>One component of the Galactic unit vector of a direction given in radians; axis 0 = centre, 1 = rotation, 2 = north pole.</summary>
    public static double Component(double ra, double dec, int axis)
    {
        var cosDec = Math.Cos(dec);
        var row = Rotation.AsSpan(3 * axis, 3);
        return row[0] * cosDec * Math.Cos(ra) + row[1] * cosDec * Math.Sin(ra) + row[2] * Math.Sin(dec);
    }
}
