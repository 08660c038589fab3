using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>The JSON schema of an algorithm's parameters, as the algorithm describes them.</summary>
internal static class AlgorithmSchemas
{
    /// <summary>An object of parameters, of which any may be left out.</summary>
    public static OpenApiSchema Of(Algorithm algorithm) =>
        new()
        {
            Type = JsonSchemaType.Object,
            Title = algorithm.Name,
            Description = $"{algorithm.Title}: {algorithm.Finds}. {algorithm.Reference}.",
            Properties = algorithm.Parameters.ToDictionary(p => p.Name, IOpenApiSchema (p) => Of(p)),
            AdditionalPropertiesAllowed = false,
        };

    /// <summary>One parameter: type, bounds, choices, default, words.</summary>
    public static OpenApiSchema Of(Parameter parameter)
    {
        var schema = new OpenApiSchema
        {
            Type = parameter.Kind switch
            {
                ParameterKind.Real => JsonSchemaType.Number,
                ParameterKind.Whole => JsonSchemaType.Integer,
                ParameterKind.Flag => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
            Format = parameter.Kind switch
            {
                ParameterKind.Real => "double",
                ParameterKind.Whole => parameter.IsLong ? "int64" : "int32",
                _ => null,
            },
            Minimum = Text(parameter.Min),
            ExclusiveMinimum = Text(parameter.Above),
            Maximum = Text(parameter.Max),
            Default = parameter.Default,
            Description = Describe(parameter),
        };
        if (parameter.Choices.Count > 0)
            schema.Enum = [.. parameter.Choices.Select(c => (JsonNode)c)];
        if (parameter.Kind == ParameterKind.Recipe)
            schema.Examples = [.. FeatureRecipes.All.Select(r => (JsonNode)r.Name)];
        if (parameter.IsNullable)
            schema.Type |= JsonSchemaType.Null;
        return schema;
    }

    private static string Describe(Parameter parameter) =>
        parameter.Help
        + (parameter.WhenNull is { } other ? $"; null = {other}" : "")
        + (parameter.Advice is { } advice ? $". {advice}" : "");

    private static string? Text(double? bound) => bound?.ToString(CultureInfo.InvariantCulture);
}
