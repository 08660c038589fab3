using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Almagest.Contract.Serialization;
using Microsoft.AspNetCore.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>What schemas are called in the API's description.</summary>
internal static class SchemaNames
{
    private static readonly string[] s_endings = ["Resource", "Body", "Row"];

    /// <summary>A resource is called what it is, without the ending of its type; null = described where it stands.</summary>
    public static string? Of(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        // Open JSON is described where it stands, for each place has its own form.
        if (plain == typeof(RawJson) || plain == typeof(JsonElement))
            return null;
        var name = OpenApiOptions.CreateDefaultSchemaReferenceId(type);
        return name is not null && s_endings.FirstOrDefault(e => name.EndsWith(e, StringComparison.Ordinal)) is { } ending
            ? name[..^ending.Length]
            : name;
    }
}
