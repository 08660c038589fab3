using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Almagest.Server.OpenApi;

/// <summary>
/// Makes one line of each description. Those that come from comments in the code hold the line breaks of the source, which say nothing
/// and would make the document change whenever the code is laid out anew.
/// </summary>
internal static partial class PlainDescriptions
{
    public static Task ApplyAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var schema in document.Components?.Schemas?.Values.AsEnumerable() ?? [])
            Apply(schema);
        foreach (var operation in document.Paths.Values.SelectMany(path => path.Operations?.Values.AsEnumerable() ?? []))
        {
            operation.Summary = OneLine(operation.Summary);
            operation.Description = OneLine(operation.Description);
            foreach (var response in operation.Responses?.Values.AsEnumerable() ?? [])
                response.Description = OneLine(response.Description);
        }
        return Task.CompletedTask;
    }

    private static void Apply(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchemaReference { Reference: { } reference })
        {
            // What it refers to is among the components; only words of its own are its.
            reference.Description = OneLine(reference.Description);
            return;
        }
        schema.Description = OneLine(schema.Description);
        if (schema is not OpenApiSchema written)
            return;
        foreach (var inner in written.Properties?.Values.AsEnumerable() ?? [])
            Apply(inner);
        if (written.Items is { } items)
            Apply(items);
    }

    private static string? OneLine(string? text) => text is null ? null : LineBreak().Replace(text, " ");

    [GeneratedRegex(@"\s*\n\s*")]
    private static partial Regex LineBreak();
}
