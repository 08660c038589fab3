using System.Text.Json;

namespace Almagest.Dashboard.Shared;

/// <summary>JSON values as people read them.</summary>
internal static class JsonText
{
    /// <summary>Texts without quotes, all else as JSON has it: <c>false</c>, not <c>False</c>.</summary>
    public static string Plain(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
