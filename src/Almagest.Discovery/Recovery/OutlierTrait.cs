using Almagest.Discovery.Features;

namespace Almagest.Discovery.Recovery;

/// <summary>In what a planted outlier differs from an ordinary star.</summary>
public enum OutlierTrait
{
    /// <summary>Its colour, redder or bluer.</summary>
    Color,

    /// <summary>Its brightness at its distance, brighter or fainter.</summary>
    Magnitude,

    /// <summary>Its motion across the sky, in any direction.</summary>
    Motion,
}

/// <summary>The names and the meaning of <see cref="OutlierTrait"/>.</summary>
public static class OutlierTraits
{
    public static IReadOnlyList<OutlierTrait> All { get; } = Enum.GetValues<OutlierTrait>();

    /// <summary>As the API and the command line spell it.</summary>
    public static string Name(this OutlierTrait trait) => trait.ToString().ToLowerInvariant();

    /// <exception cref="DiscoveryException">there is no such trait</exception>
    public static OutlierTrait Parse(string name) =>
        All.Where(t => t.Name() == name).Select(t => (OutlierTrait?)t).FirstOrDefault()
        ?? throw new DiscoveryException($"There is no trait '{name}' of outliers. Choose of {string.Join(", ", All.Select(Name))}.");

    /// <summary>The traits that a recipe's features show.</summary>
    public static IReadOnlyList<OutlierTrait> SeenBy(FeatureRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        return
        [
            .. All.Where(t =>
                recipe.Needs.Any(c =>
                    t switch
                    {
                        OutlierTrait.Color => c == StarColumn.Color,
                        OutlierTrait.Magnitude => c == StarColumn.Magnitude,
                        _ => c is StarColumn.Pmra or StarColumn.Pmdec,
                    }
                )
            ),
        ];
    }
}
