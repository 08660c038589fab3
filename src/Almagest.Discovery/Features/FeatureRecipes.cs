using static Almagest.Discovery.Features.AstrometricFeatures;

namespace Almagest.Discovery.Features;

/// <summary>
/// The recipes by name. <c>a+b</c> joins the features of two recipes (a feature that both have appears once);
/// <c>a@1</c> asks for one version and fails where the program has another.
/// </summary>
public static class FeatureRecipes
{
    /// <summary>Everything at once; what an anomaly run takes where nothing better can be had (<see cref="RecipeChoice"/>).</summary>
    public const string Default = "default";

    /// <summary>
    /// The first choice of an anomaly run that names none: for datasets with parallaxes, proper motions and colours. Position is not an
    /// anomaly in itself, and every feature that does not matter takes its share of the forest's splits: on 12,366 stars within 100 pc, at
    /// contamination 0.1, this flags 0.82 to 0.91 of the white dwarfs with five seeds, and all that are faster than 200 km/s;
    /// <see cref="Default"/> flags 0.29 to 0.39 of the white dwarfs.
    /// </summary>
    public const string ForAnomalies = "population";

    /// <summary>The first choice of a cluster run that names none: members share place, motion and distance, not brightness or
    /// colour.</summary>
    public const string ForClusters = "cluster5d";

    public static IReadOnlyList<FeatureRecipe> All { get; } =
    [
        new(
            Default,
            "1",
            "Everything that at least half of the stars have, sound on the sphere: direction as a unit vector, proper motion, parallax, "
                + "colour, magnitude.",
            [.. Direction, .. new[] { Pmra, Pmdec, Parallax, Color, Magnitude }.Select(f => f with { IsOptional = true })]
        ),
        new(
            "classic",
            "1",
            "Right ascension, declination, magnitude and parallax as plain columns, to compare with older results; splits what lies "
                + "across RA 0.",
            [Ra, Dec, Magnitude, Parallax]
        ),
        new(
            "photometric",
            "1",
            "The Hertzsprung-Russell diagram: absolute magnitude and colour. Finds white dwarfs, giants among dwarfs, bad photometry.",
            [AbsoluteMagnitude, Color]
        ),
        new(
            "kinematic",
            "1",
            "Tangential velocities in km/s and total proper motion. Finds halo stars and other fast ones.",
            [VelocityRa, VelocityDec, ProperMotion]
        ),
        new(
            "population",
            "1",
            "Absolute magnitude, colour and tangential speed, nothing else: unusual stars whatever their position. The first choice "
                + "for anomaly runs.",
            [AbsoluteMagnitude, Color, Speed]
        ),
        new(
            "population3d",
            "1",
            "Absolute magnitude, colour and speed in space, where there are radial velocities: what population finds, and stars that move "
                + "along the line of sight.",
            [AbsoluteMagnitude, Color, SpaceSpeed]
        ),
        new(
            "luminosity",
            "1",
            "Absolute magnitude and tangential speed: population for tables without a colour.",
            [AbsoluteMagnitude, Speed]
        ),
        new(
            "luminosity3d",
            "1",
            "Absolute magnitude and speed in space: population3d for tables without a colour.",
            [AbsoluteMagnitude, SpaceSpeed]
        ),
        new(
            "deep",
            "1",
            "Colour, magnitude, proper motion and reduced proper motion: unusual stars of deep fields, where most parallaxes are noise. It "
                + "needs no distance.",
            [Color, Magnitude, SignificantProperMotion, ReducedProperMotion]
        ),
        new(
            "astrometric",
            "1",
            "Proper motion and parallax without position: the space in which an open cluster is a clump.",
            [Pmra, Pmdec, Parallax]
        ),
        new("sphere", "1", "Direction on the sky alone, as a unit vector: no wrap at RA 0, no pinch at the poles.", Direction),
        new("spatial", "1", "Heliocentric Galactic Cartesian coordinates in parsecs from the parallax.", GalacticXyz),
        new(
            "cluster5d",
            "1",
            "Direction (unit vector, counting as two dimensions), proper motion and parallax: open clusters on any part of the sky. "
                + "The first choice for cluster runs.",
            [.. Direction, Pmra, Pmdec, Parallax]
        ),
        new(
            "comoving",
            "1",
            "Direction and proper motion: moving groups where the dataset has no parallaxes.",
            [.. Direction, Pmra, Pmdec]
        ),
    ];

    /// <summary>Whether a stored recipe uses parallaxes as distances; false of one that there is not.</summary>
    public static bool UsesDistance(string reference)
    {
        try
        {
            return Get(reference).UsesDistance;
        }
        catch (DiscoveryException)
        {
            return false;
        }
    }

    /// <summary>The recipe of this name, or the combination that it spells.</summary>
    /// <exception cref="DiscoveryException">no such recipe or version; the message lists those that there are</exception>
    public static FeatureRecipe Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Split('+', StringSplitOptions.TrimEntries).Select(GetSingle).Distinct().ToArray();
        if (parts.Length == 1)
            return parts[0];
        // What one of them cannot do without, all together cannot.
        var features = parts
            .SelectMany(p => p.Features)
            .GroupBy(f => f.Name)
            .Select(g => g.First() with { IsOptional = g.All(f => f.IsOptional) })
            .ToArray();
        return new FeatureRecipe(
            string.Join('+', parts.Select(p => p.Name)),
            string.Join('+', parts.Select(p => p.Version)),
            string.Join(" ", parts.Select(p => p.Description)),
            features
        );
    }

    private static string Meant(string name) => NearestName.Of(name, All.Select(r => r.Name)) is { } near ? $"Did you mean {near}? " : "";

    private static FeatureRecipe GetSingle(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var bare = at < 0 ? name : name[..at];
        var recipe =
            All.FirstOrDefault(r => r.Name.Equals(bare, StringComparison.OrdinalIgnoreCase))
            ?? throw new DiscoveryException(
                $"There is no feature recipe '{bare}'. {Meant(bare)}Choose one of {string.Join(", ", All.Select(r => r.Name))}, or join "
                    + $"several with '+', as in photometric+kinematic."
            );
        if (at >= 0 && name[(at + 1)..] != recipe.Version)
            throw new DiscoveryException(
                $"Feature recipe '{bare}' is at version {recipe.Version} here, not '{name[(at + 1)..]}': ask for "
                    + $"{bare}@{recipe.Version}, or use the program version that made the run."
            );
        return recipe;
    }
}
