using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Ledger.Views.Queries;

namespace Almagest.Cli.Shell;

/// <summary>The JSON of every command: as the API writes it, over several lines.</summary>
internal static class JsonText
{
    public static string Of(object document) => JsonSerializer.Serialize(document, document.GetType(), LedgerJson.Indented);

    /// <summary>A stored JSON text as part of a document; null where there is none.</summary>
    public static JsonNode? Parse(string? text) => string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
}
