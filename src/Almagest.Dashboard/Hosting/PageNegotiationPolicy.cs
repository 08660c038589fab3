using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Net.Http.Headers;

namespace Almagest.Dashboard.Hosting;

/// <summary>
/// Some addresses, such as <c>/datasets</c>, are a page and a route of the API: whoever names text/html in Accept, as browsers do, gets the
/// page; everyone else gets JSON.
/// </summary>
internal sealed class PageNegotiationPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    public override int Order => 1000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => endpoints.Any(IsPage) && endpoints.Any(e => !IsPage(e));

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var (pages, answers) = (false, false);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (!candidates.IsValidCandidate(i))
                continue;
            if (IsPage(candidates[i].Endpoint))
                pages = true;
            else
                answers = true;
        }
        if (!pages || !answers)
            return Task.CompletedTask;
        httpContext.Response.Headers.Vary = HeaderNames.Accept;
        var wantsPage = WantsPage(httpContext.Request);
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && IsPage(candidates[i].Endpoint) != wantsPage)
                candidates.SetValidity(i, false);
        }
        return Task.CompletedTask;
    }

    /// <summary>Whether a browser asks, which names text/html.</summary>
    public static bool WantsPage(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var types)
        && types.Any(t => t.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static bool IsPage(Endpoint endpoint) => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;
}
