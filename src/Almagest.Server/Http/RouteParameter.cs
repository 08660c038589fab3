using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Almagest.Server.Http;

/// <summary>
/// One parameter in the path or the query: the rule by which it is read, and the same rule in words and as a schema. An
/// empty query value counts as not given.
/// </summary>
internal abstract class RouteParameter(string name, string description)
{
    public string Name => name;
    public string Description => description;

    /// <summary>Part of the path, else of the query.</summary>
    public bool InPath { get; init; }

    /// <summary>Whether a request without it is refused.</summary>
    public bool IsRequired { get; init; }

    public abstract OpenApiSchema Schema();

    /// <summary>What is expected, e.g. <c>a whole number from 1 to 1000</c>.</summary>
    protected abstract string Expected { get; }

    /// <summary>The text given, or null where there is none.</summary>
    protected string? Text(HttpContext context)
    {
        if (InPath)
            return Clean(context.GetRouteValue(name)?.ToString());
        var values = context.Request.Query[name];
        if (values.Count > 1)
            throw LedgerException.Invalid(name, $"{name} is given {values.Count} times", "Give it once.");
        return Clean(values is [{ Length: > 0 } text] ? text : null);
    }

    protected LedgerException Wrong(string found) => LedgerException.Invalid(name, $"{name} is '{Clip(found)}', expected {Expected}");

    // PostgreSQL's text cannot hold it, whatever the parameter means.
    private string? Clean(string? text) => text is null || !text.Contains('\0') ? text : throw Wrong(text.Replace("\0", "\\0"));

    private static string Clip(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>A whole number in a closed range.</summary>
internal sealed class IntegerParameter(string name, string description, long least, long most, long? standard = null)
    : RouteParameter(name, description)
{
    public long? Read(HttpContext context) =>
        Text(context) is not { } text ? standard
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
        : throw Wrong(text);

    public int ReadInt(HttpContext context) => (int)Read(context)!.Value;

    protected override string Expected =>
        most == long.MaxValue ? $"a whole number from {least} up" : $"a whole number from {least} to {most}";

    public override OpenApiSchema Schema() =>
        new()
        {
            Type = JsonSchemaType.Integer,
            Format = most > int.MaxValue ? "int64" : "int32",
            Minimum = least.ToString(CultureInfo.InvariantCulture),
            Maximum = most == long.MaxValue ? null : most.ToString(CultureInfo.InvariantCulture),
            Default = standard is { } s ? JsonValue.Create(s) : null,
        };
}

/// <summary>A number in a closed range.</summary>
internal sealed class NumberParameter(string name, string description, double least, double most, double? standard = null)
    : RouteParameter(name, description)
{
    public double Read(HttpContext context) =>
        Text(context) is not { } text ? standard ?? throw Wrong("")
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : throw Wrong(text);

    protected override string Expected => FormattableString.Invariant($"a number from {least} to {most}");

    public override OpenApiSchema Schema() =>
        new()
        {
            Type = JsonSchemaType.Number,
            Format = "double",
            Minimum = least.ToString(CultureInfo.InvariantCulture),
            Maximum = most.ToString(CultureInfo.InvariantCulture),
            Default = standard is { } s ? JsonValue.Create(s) : null,
        };
}

/// <summary>One of a few words.</summary>
internal sealed class ChoiceParameter(string name, string description, IReadOnlyList<string> words, string? standard = null)
    : RouteParameter(name, description)
{
    public string? Read(HttpContext context) =>
        Text(context) is not { } text ? standard
        : words.Contains(text) ? text
        : throw Wrong(text);

    protected override string Expected => string.Join(" or ", words);

    public override OpenApiSchema Schema() =>
        new()
        {
            Type = JsonSchemaType.String,
            Enum = words.Select(w => (JsonNode)JsonValue.Create(w)).ToList(),
            Default = standard is null ? null : JsonValue.Create(standard),
        };
}

/// <summary>Yes or no.</summary>
internal sealed class BooleanParameter(string name, string description) : RouteParameter(name, description)
{
    public bool Read(HttpContext context) =>
        Text(context) switch
        {
            null or "false" => false,
            "true" => true,
            { } text => throw Wrong(text),
        };

    protected override string Expected => "true or false";

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) };
}

/// <summary>A UUID in its usual form of 36 characters.</summary>
internal sealed class UuidParameter(string name, string description) : RouteParameter(name, description)
{
    public Guid? Read(HttpContext context) =>
        Text(context) is not { } text ? null
        : Guid.TryParseExact(text, "D", out var id) ? id
        : throw Wrong(text);

    protected override string Expected => "a UUID such as 0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f";

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Format = "uuid" };
}

/// <summary>Text as it is, 1 to 500 characters unless it says otherwise.</summary>
internal sealed class TextParameter(string name, string description, int most = 500) : RouteParameter(name, description)
{
    public string? Read(HttpContext context) =>
        Text(context) is not { } text ? null
        : text.Length <= most ? text
        : throw Wrong(text);

    protected override string Expected => $"at most {most} characters, none of them a null character";

    public override OpenApiSchema Schema() =>
        new()
        {
            Type = JsonSchemaType.String,
            MinLength = 1,
            MaxLength = most == int.MaxValue ? null : most,
        };
}

/// <summary>A circle on the sky: right ascension, declination and radius, degrees.</summary>
internal sealed class ConeParameter(string name, string description) : RouteParameter(name, description)
{
    public (double RaDeg, double DecDeg, double RadiusDeg)? Read(HttpContext context)
    {
        if (Text(context) is not { } text)
            return null;
        var parts = text.Split(',')
            .Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN)
            .ToArray();
        return parts is [>= 0 and < 360, >= -90 and <= 90, > 0 and <= 180] ? (parts[0], parts[1], parts[2]) : throw Wrong(text);
    }

    protected override string Expected =>
        "RA,DEC,RADIUS in degrees such as 56.75,24.1,2, with 0 ≤ RA < 360, -90 ≤ DEC ≤ 90 and 0 < RADIUS ≤ 180";

    public override OpenApiSchema Schema() => new() { Type = JsonSchemaType.String, Examples = [JsonValue.Create("56.75,24.1,2")] };
}
