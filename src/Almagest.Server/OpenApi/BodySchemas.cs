using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>
/// Says of bodies what is declared beside their fields: which a request must have, which words are allowed, whether there may be others.
/// Ranges the framework says itself. The routes check all of it with messages of their own.
/// </summary>
internal static class BodySchemas
{
    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        // A type that is met as a property of another is described with both at hand.
        DescribeType(schema, context.JsonTypeInfo);
        if (context.JsonPropertyInfo is { } property)
            DescribeProperty(schema, property);
        return Task.CompletedTask;
    }

    private static void DescribeType(OpenApiSchema schema, JsonTypeInfo type)
    {
        if (type.Properties.Any(p => p.IsExtensionData))
            schema.AdditionalPropertiesAllowed = true;
        var required = type.Properties.Where(p => AttributeOf<RequiredAttribute>(p) is not null).Select(p => p.Name).ToHashSet();
        if (required.Count > 0)
            schema.Required = required;
    }

    private static void DescribeProperty(OpenApiSchema schema, JsonPropertyInfo property)
    {
        if (AttributeOf<AllowedValuesAttribute>(property) is { } allowed)
            schema.Enum =
            [
                .. allowed.Values.Select(v => v is int number ? (JsonNode)JsonValue.Create(number) : JsonValue.Create((string)v!)),
            ];
        if (AttributeOf<RequiredAttribute>(property) is not null)
            schema.Type &= ~JsonSchemaType.Null;
    }

    private static T? AttributeOf<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();
}
