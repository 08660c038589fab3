namespace Almagest.Discovery.Features;

/// <summary>A catalogue column that a feature can need.</summary>
public enum StarColumn
{
    Ra,
    Dec,
    Parallax,
    Pmra,
    Pmdec,
    Magnitude,
    Color,
    RadialVelocity,
}

/// <summary>The columns of <see cref="StarColumns"/> by <see cref="StarColumn"/>.</summary>
public static class StarColumnAccess
{
    /// <summary>The column's values; NaN = missing.</summary>
    internal static double[] Values(this StarColumns stars, StarColumn column)
    {
        ArgumentNullException.ThrowIfNull(stars);
        return column switch
        {
            StarColumn.Ra => stars.RaDeg,
            StarColumn.Dec => stars.DecDeg,
            StarColumn.Parallax => stars.ParallaxMas,
            StarColumn.Pmra => stars.PmraMasYr,
            StarColumn.Pmdec => stars.PmdecMasYr,
            StarColumn.Magnitude => stars.Magnitude,
            StarColumn.Color => stars.Color,
            StarColumn.RadialVelocity => stars.RadialVelocityKmS,
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "no such column"),
        };
    }

    /// <summary>The name as the stars table and the API spell it.</summary>
    public static string ColumnName(this StarColumn column) =>
        column switch
        {
            StarColumn.Ra => "ra_deg",
            StarColumn.Dec => "dec_deg",
            StarColumn.Parallax => "parallax_mas",
            StarColumn.Pmra => "pmra",
            StarColumn.Pmdec => "pmdec",
            StarColumn.Magnitude => "magnitude",
            StarColumn.Color => "color",
            StarColumn.RadialVelocity => "radial_velocity",
            _ => throw new ArgumentOutOfRangeException(nameof(column), column, "no such column"),
        };
}
