using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Abstractions;

/// <summary>
/// The parameters of one run, as stored, defaults included. An algorithm derives a sealed record whose properties have a
/// <see cref="ParameterAttribute"/>; properties without one are neither stored nor read.
/// </summary>
public abstract record RunParameters
{
    /// <summary>A star that lacks a feature of the recipe is not analysed.</summary>
    public const string Exclude = "exclude";

    /// <summary>The median of the other stars stands in for a value that a star lacks.</summary>
    public const string Impute = "impute";

    internal const string FeaturesName = "features";

    internal const string MissingName = "missing";

    internal const string MinParallaxOverErrorName = "min_parallax_over_error";

    internal const string DistanceWithoutErrorsName = "distance_without_errors";

    /// <summary>Changes neither what a run flags nor what it clusters; views and comparisons pass over it.</summary>
    public const string DrawsName = "draws";

    /// <summary>Draws where none are named, of the algorithms that can use them. Of more than these no star gets fewer.</summary>
    public const int DefaultDraws = 32;

    /// <summary>What decides which stars of its selection a run analyses.</summary>
    public static IReadOnlyList<string> Deciding { get; } =
    [FeaturesName, MissingName, MinParallaxOverErrorName, DistanceWithoutErrorsName];

    /// <summary>What a stored run means that does not say one of these, because it is older than them.</summary>
    public static IReadOnlyDictionary<string, JsonNode?> Before { get; } =
        new Dictionary<string, JsonNode?>
        {
            [MissingName] = Impute,
            [MinParallaxOverErrorName] = null,
            [DistanceWithoutErrorsName] = true,
        };

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { OnlyParameters } },
    };

    /// <summary>
    /// Recipe of features; combinations are joined by <c>+</c>. Null = the first that the selection has the columns for
    /// (<see cref="Features.RecipeChoice"/>). A submitted run stores name and version, e.g. <c>population@1</c>.
    /// </summary>
    [Parameter(
        "Recipe of features, or several joined by +",
        Label = "Features",
        ValueName = "RECIPE",
        WhenNull = "the first whose columns the stars have"
    )]
    public string? Features { get; init; }

    /// <summary>
    /// What becomes of a star that lacks a feature: <see cref="Exclude"/>, it is not analysed, or <see cref="Impute"/>, the median of the
    /// others stands in. Runs stored without it are of the time when there was nothing else than <see cref="Impute"/>.
    /// </summary>
    [Parameter(
        "What becomes of stars that lack a feature: exclude = they are not analysed; impute = medians stand in for what they lack",
        Label = "Stars that lack a feature",
        Choices = [Exclude, Impute],
        Advice = "Clusters and anomalies among filled values are no measurements."
    )]
    public string Missing { get; init; } = Exclude;

    /// <summary>
    /// The least parallax over its error of which a feature makes a distance; null = any parallax of at least 0.001 mas, which is what runs
    /// stored without it did.
    /// </summary>
    [Parameter(
        "Least parallax over its error that counts as a distance, for features that need one",
        Label = "Least parallax / error for a distance",
        Above = 0,
        Max = 1e6,
        WhenNull = "any parallax of at least 0.001 mas, whatever its error",
        Advice = "Below 5 the absolute magnitudes and velocities of distant stars are mostly noise."
    )]
    public double? MinParallaxOverError { get; init; } = DistanceRule.UsualMinParallaxOverError;

    /// <summary>Whether a positive parallax of unknown error is a distance. Runs stored without it took it for one.</summary>
    [Parameter(
        "Take positive parallaxes for distances where their errors are not known",
        Label = "Distances without errors",
        Advice = "For tables without parallax errors whose parallaxes are all large."
    )]
    public bool DistanceWithoutErrors { get; init; }

    /// <summary>
    /// How often the measurements of a star whose answer is open are drawn again within their errors; 0 = never, which is what runs stored
    /// without it did. A parameter of the algorithms that can judge other values of a star.
    /// </summary>
    public virtual int Draws { get; init; }

    /// <summary>Which stars have a distance.</summary>
    public DistanceRule Distances => new(MinParallaxOverError, DistanceWithoutErrors);

    /// <summary>Whose parameters they are.</summary>
    public abstract Algorithm Algorithm { get; }

    /// <summary>The seed; null where the algorithm uses no random numbers.</summary>
    public long? Seed => Algorithm.Seed is { } seed ? Convert.ToInt64(seed.ValueIn(this)) : null;

    /// <summary>As stored: every parameter, in the order of <see cref="Algorithm.Parameters"/>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), Json);

    /// <exception cref="ParameterException">a value is out of range; the parameter is named</exception>
    public void Validate()
    {
        foreach (var parameter in Algorithm.Parameters)
            parameter.Require(parameter.ValueIn(this));
        ValidateTogether();
    }

    /// <summary>What tells the run from others in few words, e.g. <c>eps 0.5</c>.</summary>
    public virtual IReadOnlyList<string> Summary => [];

    /// <summary>What the <see cref="Summary"/> does not say, what decides which stars are analysed apart.</summary>
    /// <param name="brief">what is as by default is left out</param>
    public virtual IReadOnlyList<string> Details(bool brief)
    {
        var defaults = Algorithm.DefaultParameters();
        var values = JsonNode.Parse(ToJson())!.AsObject();
        foreach (var name in Deciding)
            values.Remove(name);
        return
        [
            .. values
                .Where(p => !(brief && JsonNode.DeepEquals(p.Value, defaults[p.Key])))
                .Select(p => $"{p.Key} {p.Value?.ToString() ?? "null"}"),
        ];
    }

    /// <summary>Refuses values that are right each and wrong together.</summary>
    /// <exception cref="ParameterException">they are; the parameter to change is named</exception>
    protected virtual void ValidateTogether() { }

    private static void OnlyParameters(JsonTypeInfo type)
    {
        if (!typeof(RunParameters).IsAssignableFrom(type.Type))
            return;
        var others = type.Properties.Where(p => (p.AttributeProvider as MemberInfo)?.GetCustomAttribute<ParameterAttribute>() is null);
        foreach (var other in others.ToList())
            type.Properties.Remove(other);
    }
}
