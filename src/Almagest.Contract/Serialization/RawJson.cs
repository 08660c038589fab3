using System.Text.Json;
using System.Text.Json.Serialization;

namespace Almagest.Contract.Serialization;

/// <summary>JSON text of a <c>jsonb</c> column, written as it is: numbers of 19 digits keep all of them.</summary>
[JsonConverter(typeof(RawJsonConverter))]
public sealed record RawJson(string Text)
{
    /// <summary>Null where the column is.</summary>
    public static RawJson? From(string? text) => text is null ? null : new RawJson(text);
}

internal sealed class RawJsonConverter : JsonConverter<RawJson>
{
    public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(document.RootElement.GetRawText());
    }

    public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options)
    {
        if (!options.WriteIndented)
        {
            writer.WriteRawValue(value.Text, skipInputValidation: true);
            return;
        }
        using var document = JsonDocument.Parse(value.Text);
        document.RootElement.WriteTo(writer);
    }
}
