using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Abstractions;

/// <summary>One parameter of an algorithm: its type, default, range, unit and words. Immutable, thread-safe.</summary>
public sealed class Parameter
{
    /// <summary>What every algorithm with random numbers calls its seed; views and sweeps know it by this name.</summary>
    public const string SeedName = "random_state";

    private readonly PropertyInfo _property;
    private readonly ParameterAttribute _said;

    private Parameter(PropertyInfo property, ParameterAttribute said, object? value)
    {
        (_property, _said) = (property, said);
        Name = NameOf(property);
        Type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Kind = Name == RunParameters.FeaturesName ? ParameterKind.Recipe : KindOf(Type, said);
        IsNullable = Type != property.PropertyType || Kind is ParameterKind.Recipe or ParameterKind.Text;
        Default = value is null ? null : JsonSerializer.SerializeToNode(value);
    }

    /// <summary>As in stored parameters and in the API.</summary>
    public string Name { get; }

    public ParameterKind Kind { get; }

    public string Help => _said.Help;

    public string? Advice => _said.Advice;

    public string? Unit => _said.Unit;

    public string Label => _said.Label ?? Name.Replace('_', ' ');

    /// <summary>The command line's name of it, without dashes.</summary>
    public string Option => _said.Option ?? Dashed;

    /// <summary>The name that the command line takes, too; null where it is <see cref="Option"/>.</summary>
    public string? OptionAlias => _said.Option is null ? null : Dashed;

    /// <summary>What stands for a value in the command line's help.</summary>
    public string ValueName => _said.ValueName ?? (Kind == ParameterKind.Choice ? string.Join('|', Choices) : "N");

    /// <summary>Null where the default is not a value (<see cref="WhenNull"/>).</summary>
    public JsonNode? Default => field?.DeepClone();

    public bool IsNullable { get; }

    /// <summary>What null means.</summary>
    public string? WhenNull => _said.WhenNull;

    /// <summary>Null = no least value, or one that is not allowed itself (<see cref="Above"/>).</summary>
    public double? Min => Known(_said.Min);

    /// <summary>Only values above this one are allowed.</summary>
    public double? Above => Known(_said.Above);

    public double? Max => Known(_said.Max);

    public IReadOnlyList<string> Choices => _said.Choices;

    /// <summary>Whether it chooses the random numbers and nothing else.</summary>
    public bool IsSeed => Name == SeedName;

    /// <summary>Whether its values are 64-bit numbers rather than 32-bit ones; of whole numbers.</summary>
    public bool IsLong => Type == typeof(long);

    /// <summary>
    /// The values that are allowed, in words that follow a name, e.g. <c>in (0, 0.5]</c>, <c>1 to 10000</c>, <c>eom or leaf</c>; null = all
    /// of its type.
    /// </summary>
    public string? Range =>
        Kind switch
        {
            ParameterKind.Choice => string.Join(" or ", Choices),
            ParameterKind.Whole => (Min, Max) switch
            {
                ({ } min, { } max) => $"{Text(min)} to {Text(max)}",
                ({ } min, null) => $"{Text(min)} or more",
                _ => null,
            },
            ParameterKind.Real => (Above, Min, Max) switch
            {
                ({ } above, _, { } max) => $"in ({Text(above)}, {Text(max)}]",
                (_, { } min, { } max) => $"in [{Text(min)}, {Text(max)}]",
                ({ } above, _, null) => $"above {Text(above)}",
                (_, { } min, null) => $"{Text(min)} or more",
                (null, null, { } max) => $"at most {Text(max)}",
                _ => null,
            },
            _ => null,
        };

    private string Dashed => Name.Replace('_', '-');

    private Type Type { get; }

    /// <summary>The parameter that a property is.</summary>
    /// <param name="value">its default</param>
    internal static Parameter Of(PropertyInfo property, object? value) =>
        new(
            property,
            property.GetCustomAttribute<ParameterAttribute>() ?? throw new InvalidOperationException($"{property.Name} is not a parameter"),
            value
        );

    internal static string NameOf(PropertyInfo property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    internal object? ValueIn(RunParameters parameters) => _property.GetValue(parameters);

    /// <exception cref="ParameterException">the value is not one that the parameter may have</exception>
    public void Require(object? value)
    {
        if (value is null && IsNullable)
            return;
        if (Kind == ParameterKind.Recipe)
            RequireRecipe((string)value!);
        else if (!IsAllowed(value))
            throw new ParameterException(Name, $"{Name} is {Convert.ToString(value, CultureInfo.InvariantCulture)}, expected {Expected}");
    }

    private string Expected
    {
        get
        {
            var range = Range ?? "finite";
            var words = Kind switch
            {
                ParameterKind.Real when Above is not null || Max is not null => $"a number {range}",
                ParameterKind.Whole when Unit is not null => $"{range} {Unit}",
                _ => range,
            };
            return IsNullable && WhenNull is not null ? $"{words}, or null for {WhenNull}" : words;
        }
    }

    private bool IsAllowed(object? value) =>
        Kind switch
        {
            ParameterKind.Choice => value is string text && Choices.Contains(text),
            ParameterKind.Flag => value is bool,
            ParameterKind.Text => value is string,
            _ => value is IConvertible number
                && number.ToDouble(CultureInfo.InvariantCulture) is var n
                && double.IsFinite(n)
                && !(n < Min)
                && !(n <= Above)
                && !(n > Max),
        };

    private void RequireRecipe(string name)
    {
        try
        {
            FeatureRecipes.Get(name);
        }
        catch (DiscoveryException e)
        {
            throw new ParameterException(Name, e.Message);
        }
    }

    private static ParameterKind KindOf(Type type, ParameterAttribute said) =>
        type == typeof(double) ? ParameterKind.Real
        : type == typeof(int) || type == typeof(long) ? ParameterKind.Whole
        : type == typeof(bool) ? ParameterKind.Flag
        : type == typeof(string) ? (said.Choices.Length > 0 ? ParameterKind.Choice : ParameterKind.Text)
        : throw new InvalidOperationException($"a parameter cannot be a {type.Name}: use double, int, long, bool or string");

    private static double? Known(double bound) => double.IsNaN(bound) ? null : bound;

    private static string Text(double bound) => bound.ToString(CultureInfo.InvariantCulture);
}
