using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Almagest.Contract.Serialization;

/// <summary>
/// How every resource is written and read as JSON, by the API and by the command line's <c>--json</c>: snake_case, nulls written, UTC times
/// with a Z, numbers as numbers, a catalogue's ids as text, nothing unknown or doubled accepted.
/// </summary>
public static class ContractJson
{
    /// <summary>On one line, as answers of the API are.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    /// <summary>The same over several lines, as the command line prints it.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>Sets what makes the contract, and leaves the rest as it is.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = ContractNames.Policy;
        options.DictionaryKeyPolicy = null;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.RespectRequiredConstructorParameters = true;
        options.AllowDuplicateProperties = false;
        // Answers are JSON and never part of an HTML page: names of stars stay readable.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
    }

    /// <param name="modifier">names properties whose names are known further up; null = none</param>
    public static JsonSerializerOptions Create(bool indented = false, Action<JsonTypeInfo>? modifier = null)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web) { WriteIndented = indented };
        Configure(options);
        options.PropertyNameCaseInsensitive = false;
        if (modifier is not null)
            options.TypeInfoResolver = new DefaultJsonTypeInfoResolver().WithAddedModifier(modifier);
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
