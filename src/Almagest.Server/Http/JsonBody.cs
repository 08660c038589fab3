using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Ledger.Views.Queries;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Http;

/// <summary>Reads JSON bodies; every error names the place.</summary>
internal static class JsonBody
{
    /// <summary>Of answers.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <exception cref="LedgerException">it is not a JSON object, or a field is unknown or of the wrong type</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
    {
        if (!context.Request.HasJsonContentType())
        {
            var problem = WrongMediaType(context);
            throw new HttpProblemException(problem.Status, problem.Detail, problem.Hint);
        }
        using var document = await ParseAsync(context);
        var root = document.RootElement;
        RequireStorable(root);
        if (root.ValueKind != JsonValueKind.Object)
            throw LedgerException.Invalid("body", $"the body is a JSON {Name(root.ValueKind)}, expected an object", Known<T>());
        var known = LedgerJson.Options.GetTypeInfo(typeof(T)).Properties.Select(p => p.Name).ToHashSet();
        if (root.EnumerateObject().FirstOrDefault(p => !known.Contains(p.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
            throw LedgerException.Invalid(unknown.Name, $"there is no field '{unknown.Name}'", Known<T>());
        try
        {
            return root.Deserialize<T>(LedgerJson.Options)!;
        }
        catch (JsonException e)
        {
            var field = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path : "body";
            throw LedgerException.Invalid(field, $"{field} is missing or not of the expected type", Known<T>());
        }
    }

    // Routing has put an endpoint of its own in the place of the one that would have answered.
    private static IReadOnlyList<string> Accepted(HttpContext context) =>
        (context.RequestServices.GetService<EndpointDataSource>()?.Endpoints ?? [])
            .OfType<RouteEndpoint>()
            .Where(e =>
                e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(context.Request.Method) == true
                && e.RoutePattern.RawText is { } pattern
                && new TemplateMatcher(TemplateParser.Parse(pattern), []).TryMatch(context.Request.Path, [])
            )
            .Select(e => e.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes)
            .FirstOrDefault(t => t is not null)
        ?? [];

    public static Problem WrongMediaType(HttpContext context)
    {
        var types = Accepted(context);
        var isFile = types.Count > 0 && !types.Contains("application/json");
        var expected = isFile ? "a file" : "application/json";
        return Problem.Of(
            context,
            StatusCodes.Status415UnsupportedMediaType,
            context.Request.ContentType is { Length: > 0 } type
                ? $"the body is of type '{type}', expected {expected}"
                : $"the body's type is not given, expected {expected}",
            isFile
                ? $"Send the file itself, as one of {string.Join(", ", types)}: curl --data-binary @FILE, or curl -F file=@FILE. "
                    + "What lies on the server is read by 'almagest ingest PATH' there."
                : "Send a JSON object with the header 'Content-Type: application/json'."
        );
    }

    private static async Task<JsonDocument> ParseAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(
                context.Request.Body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 },
                context.RequestAborted
            );
        }
        catch (JsonException e)
        {
            throw LedgerException.Invalid(
                "body",
                e.LineNumber is { } line
                    ? $"the body is not valid JSON at line {line + 1}, byte {e.BytePositionInLine + 1}"
                    : "the body is not valid JSON, or holds a field twice",
                "Send one JSON object."
            );
        }
    }

    // PostgreSQL's text holds no NUL, and no encoding holds half of a surrogate pair: \ud800 alone is not a character.
    private static void RequireStorable(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    RequireStorable(() => property.Name);
                    RequireStorable(property.Value);
                }
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    RequireStorable(item);
                break;
            case JsonValueKind.String:
                RequireStorable(() => element.GetString()!);
                break;
            default:
                break;
        }
    }

    private static void RequireStorable(Func<string> read)
    {
        string text;
        try
        {
            text = read();
        }
        catch (InvalidOperationException)
        {
            throw LedgerException.Invalid(
                "body",
                "a text of the body holds half of a surrogate pair, such as \\ud800 alone, which is not a character",
                "Write both halves, or the character itself."
            );
        }
        if (text.Contains('\0'))
            throw LedgerException.Invalid("body", "a text of the body holds the character U+0000, which cannot be stored", "Leave it out.");
    }

    private static string Known<T>() =>
        "Known fields: " + string.Join(", ", LedgerJson.Options.GetTypeInfo(typeof(T)).Properties.Select(p => p.Name)) + ".";

    private static string Name(JsonValueKind kind) =>
        kind switch
        {
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => kind.ToString().ToLowerInvariant(),
        };
}
