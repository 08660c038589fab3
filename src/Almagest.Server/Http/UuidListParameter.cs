using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.OpenApi;

namespace Almagest.Server.Http;

/// <summary>UUIDs in one query value, apart by commas.</summary>
internal sealed class UuidListParameter(string name, string description, int most) : RouteParameter(name, description)
{
    /// <summary>Null where none are given.</summary>
    public IReadOnlyList<Guid>? Read(HttpContext context)
    {
        if (Text(context) is not { } text)
            return null;
        var ids = new List<Guid>();
        foreach (var part in text.Split(','))
        {
            if (!Guid.TryParseExact(part, "D", out var id) || ids.Count == most)
                throw Wrong(text);
            ids.Add(id);
        }
        return ids;
    }

    protected override string Expected => $"up to {most} UUIDs, apart by commas";

    public override OpenApiSchema Schema() =>
        new()
        {
            Type = JsonSchemaType.String,
            Pattern = "^[0-9a-fA-F-]{36}(,[0-9a-fA-F-]{36})*$",
            Examples = [JsonValue.Create("0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f,0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e90")],
        };
}
