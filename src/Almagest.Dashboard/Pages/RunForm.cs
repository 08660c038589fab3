using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Almagest.Runs.Requests;

namespace Almagest.Dashboard.Pages;

/// <summary>
/// What a person has written of the algorithm and its parameters, and the runs that it means: of each parameter a value, or several with
/// commas between, which make a sweep. The fields are the parameters as the algorithm describes them. Not thread-safe.
/// </summary>
internal sealed class RunForm
{
    /// <summary>More would be a mistake rather than intended, and each could be chosen only by reading them all.</summary>
    public const int MostValues = 200;

    private readonly Dictionary<(string Algorithm, string Parameter), string> _texts = [];
    private Algorithm _algorithm = Algorithms.All[0];

    /// <summary>Its name; a name that there is not changes nothing.</summary>
    public string Algorithm
    {
        get => _algorithm.Name;
        set => _algorithm = Algorithms.Offered.FirstOrDefault(a => a.Name == value) ?? _algorithm;
    }

    /// <summary>Recipe of features; empty = the first that the stars have the columns for.</summary>
    public string Features { get; set; } = "";

    /// <summary>The fields of the algorithm, in their order.</summary>
    public IEnumerable<Parameter> Shown => Fields(_algorithm);

    /// <summary>What is written of a parameter of the algorithm.</summary>
    public string this[string name]
    {
        get => _texts.TryGetValue((Algorithm, name), out var text) ? text : Beginning(Field(name));
        set => _texts[(Algorithm, name)] = value ?? "";
    }

    private string? Recipe => Features.Length == 0 ? null : Features;

    /// <summary>What a field asks for, its range, and how to choose.</summary>
    public static string Hint(Parameter field)
    {
        ArgumentNullException.ThrowIfNull(field);
        var words = field.Help + (field.Range is { } range && field.Kind != ParameterKind.Choice ? $", {range}" : "") + ".";
        if (field.Advice is { } advice)
            words += $" {advice}";
        if (field.IsSeed)
            words += " 1-5 tries five.";
        if (field.WhenNull is { } other && field.Default is null)
            words += $" Empty: {other}.";
        return words;
    }

    /// <summary>One set of parameters, or every combination of the values that are given.</summary>
    /// <exception cref="LedgerException">a text is not a number, a value out of range, or there are too many</exception>
    public IReadOnlyList<RunParameters> Expand()
    {
        var common = new JsonObject();
        if (Recipe is { } recipe)
            common["features"] = recipe;
        var grid = new List<KeyValuePair<string, IReadOnlyList<JsonNode?>>>();
        foreach (var field in Shown)
        {
            if (field.IsNullable && this[field.Name].Trim().Length == 0)
                continue;
            var values = Values(field);
            if (values.Count == 1)
                common[field.Name] = values[0];
            else
                grid.Add(new(field.Name, values));
        }
        return RunSweep.Expand(Algorithm, common, grid, [], []);
    }

    /// <summary>A single whole number, where one is needed.</summary>
    /// <exception cref="LedgerException">it is none, or several</exception>
    public int One(string name)
    {
        var values = Values(Field(name));
        return values.Count == 1 && values[0]!.GetValue<long>() is >= 1 and <= int.MaxValue and var one
            ? (int)one
            : throw LedgerException.Invalid(
                name,
                $"{name} is '{this[name]}', expected one whole number above 0",
                "Give a single one to measure distances with."
            );
    }

    /// <summary>What the address of the page says of the form: only what is not as it begins.</summary>
    public IReadOnlyDictionary<string, object?> Address()
    {
        var address = Algorithms.Offered.SelectMany(Fields).Select(f => f.Name).Distinct().ToDictionary(n => n, _ => (object?)null);
        foreach (var field in Shown.Where(f => this[f.Name].Trim() != Beginning(f)))
            address[field.Name] = this[field.Name].Trim();
        address["algorithm"] = Algorithm;
        address["features"] = Recipe;
        return address;
    }

    /// <summary>The form as an address says it; what is unknown stays as it begins.</summary>
    /// <param name="query">the value of a name; null where the address lacks it</param>
    public static RunForm Of(Func<string, string?> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var form = new RunForm();
        if (query("algorithm") is { } algorithm)
            form.Algorithm = algorithm;
        if (query("features") is { } features && FeatureRecipes.All.Any(r => r.Name == features))
            form.Features = features;
        foreach (var field in form.Shown)
            if (query(field.Name) is { } text && IsPossible(field, text))
                form[field.Name] = text;
        return form;
    }

    private static IEnumerable<Parameter> Fields(Algorithm algorithm) => algorithm.Parameters.Where(p => p.Kind != ParameterKind.Recipe);

    // A list or a box cannot show anything else.
    private static bool IsPossible(Parameter field, string text) =>
        field.Kind switch
        {
            ParameterKind.Choice => field.Choices.Contains(text),
            ParameterKind.Flag => text is "true" or "false",
            _ => true,
        };

    private static string Beginning(Parameter field) => field.Default?.ToString() ?? "";

    private Parameter Field(string name) => Shown.First(f => f.Name == name);

    private List<JsonNode?> Values(Parameter field)
    {
        var values = new List<JsonNode?>();
        foreach (var part in this[field.Name].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (
                field.IsSeed
                && part.IndexOf('-', 1) is > 0 and var dash
                && Whole(part[..dash]) is { } first
                && Whole(part[(dash + 1)..]) is { } last
                && first <= last
                && last - first < MostValues
            )
            {
                for (var seed = first; seed <= last; seed++)
                    values.Add(JsonValue.Create(seed));
            }
            else
                values.Add(Value(field, part));
        }
        if (values.Count is 0 or > MostValues)
            throw LedgerException.Invalid(
                field.Name,
                $"{field.Label} holds {values.Count} values",
                $"Give one, or up to {MostValues} with commas between."
            );
        return values;
    }

    private static JsonValue Value(Parameter field, string text)
    {
        switch (field.Kind)
        {
            case ParameterKind.Choice:
                return JsonValue.Create(text);
            case ParameterKind.Flag:
                return JsonValue.Create(text == "true");
            case ParameterKind.Whole:
                return Whole(text) is { } whole
                    ? JsonValue.Create(whole)
                    : throw LedgerException.Invalid(
                        field.Name,
                        $"{field.Label} is '{text}', expected a whole number",
                        $"Write it in digits, for instance {Example(field)}."
                    );
            default:
                return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
                    ? JsonValue.Create(value)
                    : throw LedgerException.Invalid(
                        field.Name,
                        $"{field.Label} is '{text}', expected a number",
                        $"Write it with a point, for instance {Example(field)}."
                    );
        }
    }

    private static string Example(Parameter field) => field.Default?.ToString() ?? "10";

    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
}
