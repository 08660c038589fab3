namespace Almagest.Discovery.Simulation;

/// <summary>Why a simulated star is unusual. Names in files are those of <see cref="OutlierKinds.Name"/>.</summary>
public enum OutlierKind
{
    /// <summary>An ordinary star of the field or of a cluster.</summary>
    None,

    /// <summary>A halo star that passes the Sun at 300 to 550 km/s.</summary>
    HighVelocity,

    /// <summary>A white dwarf: near, faint and blue.</summary>
    WhiteDwarf,

    /// <summary>A luminous cool giant near the tip of the asymptotic giant branch, far above the dwarfs of its colour.</summary>
    Giant,

    /// <summary>
    /// A source with a spurious astrometric solution: wrong parallax and proper motion, large errors and RUWE. Not a discovery: its label
    /// says that it is no outlier, and a good run does not put it first.
    /// </summary>
    SpuriousAstrometry,
}

public static class OutlierKinds
{
    /// <summary>The kinds that are planted, in equal numbers.</summary>
    public static IReadOnlyList<OutlierKind> Planted { get; } = [OutlierKind.HighVelocity, OutlierKind.WhiteDwarf, OutlierKind.Giant];

    /// <summary>The name in files, such as <c>white_dwarf</c>; null for an ordinary star.</summary>
    public static string? Name(this OutlierKind kind) =>
        kind switch
        {
            OutlierKind.None => null,
            OutlierKind.HighVelocity => "high_velocity",
            OutlierKind.WhiteDwarf => "white_dwarf",
            OutlierKind.Giant => "giant",
            OutlierKind.SpuriousAstrometry => "spurious_astrometry",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
