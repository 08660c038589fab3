using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Almagest.Ledger.Views.Queries;

namespace Almagest.Cli.Shell;

/// <summary>The JSON of every command: snake_case, indented, readable characters as they are.</summary>
internal static class JsonText
{
    static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ViewRow.NameProperties } },
    };

    public static string Of(object document) => JsonSerializer.Serialize(document, document.GetType(), Options);

    /// <summary>A stored JSON text as part of a document; null where there is none.</summary>
    public static JsonNode? Parse(string? text) => string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
}
