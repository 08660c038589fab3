namespace Almagest.Discovery.Features;

/// <summary>
/// A named, versioned choice of features. A recipe's version changes whenever the same catalogue would give other
/// numbers, so that a stored run says exactly what it looked at.
/// </summary>
/// <param name="Name">as the user writes it; combinations join names by <c>+</c></param>
/// <param name="Version">of a combination: the versions of its parts joined by <c>+</c></param>
/// <param name="Description">one or two sentences: what it is for</param>
/// <param name="Features">in the order of the matrix columns; names are unique</param>
public sealed record FeatureRecipe(string Name, string Version, string Description, IReadOnlyList<Feature> Features)
{
    /// <summary>Name and version as <see cref="FeatureRecipes.Get"/> takes them, e.g. <c>population@1</c>: the same numbers again, or a
    /// refusal.</summary>
    public string Reference => string.Join('+', Name.Split('+').Zip(Version.Split('+'), (name, version) => $"{name}@{version}"));

    /// <summary>True where a feature uses the parallax as a distance.</summary>
    public bool UsesDistance => Features.Any(f => f.UsesDistance);

    /// <summary>The <see cref="StarColumns.Further"/> numbers that the features use: these are loaded with the stars.</summary>
    public IReadOnlyList<string> Further =>
        [
            .. UsesDistance ? [StarColumns.ParallaxErrorName] : Array.Empty<string>(),
            .. Features.Any(f => f.UsesMotionErrors) ? [StarColumns.PmraErrorName, StarColumns.PmdecErrorName] : Array.Empty<string>(),
            .. Needs.Contains(StarColumn.RadialVelocity) ? [StarColumns.RadialVelocityName] : Array.Empty<string>(),
        ];

    /// <summary>The same with no feature that it could do without.</summary>
    internal FeatureRecipe Whole => this with { Features = [.. Features.Select(f => f with { IsOptional = false })] };

    /// <summary>The catalogue columns that any of the features needs.</summary>
    public IReadOnlyList<StarColumn> Needs => [.. Features.SelectMany(f => f.Needs).Distinct().Order()];
}
