using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Almagest.Discovery.Abstractions;

/// <summary>
/// The parameters of one run, as stored, defaults included. An algorithm derives a sealed record whose properties have a
/// <see cref="ParameterAttribute"/>; properties without one are neither stored nor read.
/// </summary>
public abstract record RunParameters
{
    internal const string FeaturesName = "features";

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

    /// <summary>What the <see cref="Summary"/> does not say, the features apart.</summary>
    /// <param name="brief">what is as by default is left out</param>
    public virtual IReadOnlyList<string> Details(bool brief)
    {
        var defaults = Algorithm.DefaultParameters();
        var values = JsonNode.Parse(ToJson())!.AsObject();
        values.Remove(FeaturesName);
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
