namespace Almagest.Discovery.Features;

/// <summary>
/// One star's catalogue values with nothing missing: what a feature's formula works on.
/// </summary>
/// <param name="Ra">degrees</param>
/// <param name="Dec">degrees</param>
/// <param name="Parallax">mas, as measured (may be zero or negative) or imputed</param>
/// <param name="DistanceParallax">mas, fit to divide by: at least <see cref="DistanceRule.MinParallaxMas"/></param>
/// <param name="Pmra">mas/yr</param>
/// <param name="Pmdec">mas/yr</param>
/// <param name="Magnitude">mag</param>
/// <param name="Color">mag</param>
public readonly record struct StarValues(
    double Ra,
    double Dec,
    double Parallax,
    double DistanceParallax,
    double Pmra,
    double Pmdec,
    double Magnitude,
    double Color
)
{
    /// <summary>mas/yr, of the less precise component; 0 where it is not known.</summary>
    public double ProperMotionError { get; init; }

    /// <summary>km/s.</summary>
    public double RadialVelocity { get; init; }
}

/// <summary>A feature of a star's values, which are many to copy for each draw within its errors.</summary>
public delegate double StarFormula(in StarValues star);

/// <summary>One column of a feature matrix: what it means and how it follows from the catalogue.</summary>
/// <param name="Name">unique within a recipe; the column name of the matrix</param>
/// <param name="Unit">before standardising; empty = dimensionless</param>
/// <param name="Description">one sentence for the user</param>
/// <param name="Needs">the catalogue columns the formula reads; where one of them is all missing, the feature is left out</param>
/// <param name="Formula">finite for every finite input</param>
public sealed record Feature(string Name, string Unit, string Description, IReadOnlyList<StarColumn> Needs, StarFormula Formula)
{
    /// <summary>True where the formula uses the parallax as a distance: what is none by the
    /// <see cref="DistanceRule"/> then counts as missing.</summary>
    public bool UsesDistance { get; init; }

    /// <summary>True where the formula looks at the errors of the proper motion; a star that lacks them is not left out for it.</summary>
    public bool UsesMotionErrors { get; init; }

    /// <summary>True in a recipe that takes what there is: where fewer than half of the stars have the feature, it is left out, and no star
    /// is excluded for the lack of it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>
    /// Features of one vector (x, y, z of a position) name the same vector here: they are centred one by one but
    /// share one scale, so that standardising keeps angles and distances between stars.
    /// </summary>
    public string? Vector { get; init; }

    /// <summary>
    /// How many dimensions the vector counts for: its total variance after standardising. 2 for a direction on the sky, which
    /// has three components and two degrees of freedom.
    /// </summary>
    public int VectorDimensions { get; init; } = 1;
}
