using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Runs.Requests;
using Almagest.Runs.Sweeps;

namespace Almagest.Dashboard.Starting;

/// <summary>One parameter as it is written in a form: a value, or several with commas between, which make a sweep.</summary>
/// <param name="Name">the algorithm's own name of it</param>
/// <param name="Default">what the form begins with</param>
public sealed record FormField(string Algorithm, string Name, string Label, string Default, string Hint)
{
    /// <summary>Whole numbers alone.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Ranges such as 1-5, too.</summary>
    public bool IsSeed { get; init; }
}

/// <summary>What a person has written of the algorithm and its parameters, and the runs that it means. Not thread-safe.</summary>
public sealed class RunForm
{
    /// <summary>More would be a mistake rather than a wish, and each could be chosen only by reading them all.</summary>
    public const int MostValues = 200;

    /// <summary>Of all algorithms, in the order of the form.</summary>
    public static readonly IReadOnlyList<FormField> Fields =
    [
        new(IsolationForestParameters.Name, "contamination", "Contamination", "0.05", "Share of stars to flag, above 0 and at most 0.5."),
        new(IsolationForestParameters.Name, "n_estimators", "Trees", "100", "More trees make scores steadier; 100 do for most catalogues.") { IsWhole = true },
        new(IsolationForestParameters.Name, "max_samples", "Stars per tree", "256", "256 isolates outliers without being swamped by the crowd.") { IsWhole = true },
        new(IsolationForestParameters.Name, "random_state", "Seed", "42", "The same seed gives the same rows; 1-5 tries five.") { IsWhole = true, IsSeed = true },
        new(DbscanParameters.Name, "eps", "eps", "0.5", "Largest distance of neighbours, in standard deviations of the features."),
        new(DbscanParameters.Name, "min_samples", "Least neighbours", "10", "That make a star the core of a cluster, itself included.") { IsWhole = true },
        new(HdbscanParameters.Name, "min_cluster_size", "Least stars of a cluster", "15", "Groups that are smaller are noise.") { IsWhole = true },
    ];

    readonly Dictionary<string, string> texts = Fields.ToDictionary(f => f.Name, f => f.Default);

    public string Algorithm { get; set; } = IsolationForestParameters.Name;

    /// <summary>Recipe of features; empty = the first that the stars have the columns for.</summary>
    public string Features { get; set; } = "";

    /// <summary>Of HDBSCAN: eom or leaf.</summary>
    public string Method { get; set; } = "eom";

    public IEnumerable<FormField> Shown => Fields.Where(f => f.Algorithm == Algorithm);

    public string this[string name]
    {
        get => texts[name];
        set => texts[name] = value ?? "";
    }

    string? Recipe => Features.Length == 0 ? null : Features;

    /// <summary>One set of parameters, or every combination of the values that are given.</summary>
    /// <exception cref="LedgerException">a text is no number, a value out of range, or there are too many</exception>
    public IReadOnlyList<RunParameters> Expand()
    {
        var common = new JsonObject();
        if (Recipe is { } recipe) common["features"] = recipe;
        if (Algorithm == HdbscanParameters.Name) common["cluster_selection_method"] = Method;
        var grid = new List<KeyValuePair<string, IReadOnlyList<JsonNode?>>>();
        foreach (var field in Shown)
        {
            var values = Values(field);
            if (values.Count == 1) common[field.Name] = values[0];
            else grid.Add(new(field.Name, values));
        }
        return RunSweep.Expand(Algorithm, common, grid, [], []);
    }

    /// <summary>A single whole number, where one is needed.</summary>
    /// <exception cref="LedgerException">it is none, or several</exception>
    public int One(string name)
    {
        var values = Values(Fields.First(f => f.Name == name));
        return values.Count == 1 && values[0]!.GetValue<long>() is >= 1 and <= int.MaxValue and var one ? (int)one
            : throw LedgerException.Invalid(name, $"{name} is '{this[name]}', expected one whole number above 0", "Give a single one to measure distances with.");
    }

    /// <summary>What the address of the page says of the form: only what is not as it begins.</summary>
    public IReadOnlyDictionary<string, object?> Address() =>
        Fields.ToDictionary(f => f.Name, f => (object?)(f.Algorithm == Algorithm && this[f.Name].Trim() != f.Default ? this[f.Name].Trim() : null))
            .Append(new("algorithm", Algorithm)).Append(new("features", Recipe)).Append(new("method", Algorithm == HdbscanParameters.Name && Method != "eom" ? Method : null)).ToDictionary();

    /// <summary>The form as an address says it; what is unknown stays as it begins.</summary>
    /// <param name="query">the value of a name; null where the address lacks it</param>
    public static RunForm Of(Func<string, string?> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var form = new RunForm();
        if (query("algorithm") is { } algorithm && Fields.Any(f => f.Algorithm == algorithm)) form.Algorithm = algorithm;
        if (query("features") is { } features && Almagest.Discovery.Features.FeatureRecipes.All.Any(r => r.Name == features)) form.Features = features;
        if (query("method") is "leaf") form.Method = "leaf";
        foreach (var field in form.Shown.ToList()) form[field.Name] = query(field.Name) ?? field.Default;
        return form;
    }

    List<JsonNode?> Values(FormField field)
    {
        var values = new List<JsonNode?>();
        foreach (var part in this[field.Name].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (field.IsSeed && part.IndexOf('-', 1) is > 0 and var dash && Whole(part[..dash]) is { } first && Whole(part[(dash + 1)..]) is { } last && first <= last && last - first < MostValues)
            {
                for (var seed = first; seed <= last; seed++) values.Add(JsonValue.Create(seed));
            }
            else values.Add(Number(field, part));
        }
        if (values.Count is 0 or > MostValues)
            throw LedgerException.Invalid(field.Name, $"{field.Label} holds {values.Count} values", $"Give one, or up to {MostValues} with commas between.");
        return values;
    }

    static JsonValue Number(FormField field, string text)
    {
        if (field.IsWhole)
        {
            return Whole(text) is { } whole ? JsonValue.Create(whole)
                : throw LedgerException.Invalid(field.Name, $"{field.Label} is '{text}', expected a whole number", $"Write it in digits, for instance {field.Default}.");
        }
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? JsonValue.Create(value)
            : throw LedgerException.Invalid(field.Name, $"{field.Label} is '{text}', expected a number", $"Write it with a point, for instance {field.Default}.");
    }

    static long? Whole(string text) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;
}
