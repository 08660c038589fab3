using System.Net;
using System.Text.RegularExpressions;
using Almagest.Ledger.Access;
using Almagest.Server.Access;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Almagest.Server.Tests.Access;

/// <summary>Every route has a stated scope, and keeps to it.</summary>
public sealed partial class ScopeTests(KnownLedger known)
{
    private static List<RouteEndpoint> Routes(TestServer server) =>
        [.. server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    [Fact]
    public void Every_route_has_a_stated_scope_and_nothing_else_has()
    {
        var routes = Routes(known.Server);
        Assert.True(routes.Count > 100);
        Assert.Empty(routes.Where(r => !RouteScopes.States(r)).Select(RouteScopes.NameOf));
        Assert.Empty(RouteScopes.Names.Except(routes.Select(RouteScopes.NameOf)));
    }

    [Fact]
    public async Task Every_route_lets_in_those_who_have_its_scope_and_nobody_else()
    {
        await using var server = await AccessServer.StartAsync();
        var people = new List<(AccessScope? Scope, string? Token)> { (null, null) };
        foreach (var scope in Enum.GetValues<AccessScope>())
            people.Add((scope, (await server.TokenAsync(scope)).Token));
        foreach (var route in Routes(server))
        {
            var path = Path(route);
            var needed = RouteScopes.Of(route);
            foreach (var method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                foreach (var (scope, token) in people)
                {
                    var answer = await server.AskAsync(
                        new HttpMethod(method),
                        path,
                        token is null ? null : AccessServer.Bearer(token),
                        method == "GET" ? null : "{}",
                        ("Content-Type", route.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json")
                    );
                    var expected =
                        needed is null || scope >= needed ? "let in"
                        : scope is null ? "401"
                        : "403";
                    var seen = answer.Status switch
                    {
                        HttpStatusCode.Unauthorized => "401",
                        HttpStatusCode.Forbidden => "403",
                        _ => "let in",
                    };
                    // What it needs is said, for programs too.
                    if (seen == "403")
                    {
                        Assert.Equal("not_allowed", answer.Json.GetProperty("code").GetString());
                        Assert.Equal(needed?.Written(), answer.Json.GetProperty("facts").GetProperty("scope").GetString());
                    }
                    // To sign in without a token is what is refused there.
                    if (path == "/sign-in" && method == "POST")
                        continue;
                    Assert.Equal($"{method} {path} {scope}: {expected}", $"{method} {path} {scope}: {seen}");
                }
            }
        }
    }

    [Fact]
    public async Task An_address_without_a_route_tells_a_stranger_nothing()
    {
        await using var server = await AccessServer.StartAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await server.StatusAsync("/nowhere"));
        var page = await server.AskAsync(HttpMethod.Get, "/nowhere", null, null, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.Redirect, page.Status);
    }

    // Ids that no row has: what is let in finds nothing to change.
    private static string Path(RouteEndpoint route) =>
        "/"
        + Parameter.Replace(
            route.RoutePattern.RawText!.TrimStart('/'),
            m =>
                m.Groups["name"].Value switch
                {
                    "run_id" or "run_1_id" or "run_2_id" or "group_id" or "Id" => Guid.Empty.ToString(),
                    "documentName" => "v1",
                    "star_id" or "match_id" or "note_id" => "999999999",
                    _ => "none",
                }
        );

    [GeneratedRegex(@"\{\**(?<name>\w+)[^}]*\}")]
    private static partial Regex Parameter { get; }
}
