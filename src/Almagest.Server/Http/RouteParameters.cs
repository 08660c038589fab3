using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Http;

/// <summary>The parameters of a route, as metadata: nothing else is accepted in its query, and the API description is made from
/// it.</summary>
internal sealed record RouteParameters(IReadOnlyList<RouteParameter> All)
{
    /// <summary>A misspelt parameter would silently change what is answered: it is an error.</summary>
    public static ValueTask<object?> RejectUnknown(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var known = (http.GetEndpoint()?.Metadata.GetMetadata<RouteParameters>()?.All ?? [])
            .Where(p => !p.InPath)
            .Select(p => p.Name)
            .ToList();
        if (http.Request.Query.Keys.FirstOrDefault(k => !known.Contains(k)) is { } unknown)
        {
            throw LedgerException.Invalid(
                unknown,
                $"there is no parameter '{unknown}' here",
                known.Count == 0 ? "This route takes none in its query." : $"Known parameters: {string.Join(", ", known)}."
            );
        }
        return next(context);
    }
}

/// <summary>How routes are mapped here: one handler of the whole request, its parameters and answers declared beside it.</summary>
internal static class RouteMapping
{
    public delegate Task<IResult> Handler(HttpContext context);

    public static RouteHandlerBuilder Route(
        this IEndpointRouteBuilder routes,
        string method,
        string pattern,
        string name,
        string summary,
        Handler handler,
        params IReadOnlyList<RouteParameter> parameters
    )
    {
        var builder = routes
            .MapMethods(pattern, [method], handler)
            .WithName(name)
            .WithSummary(summary)
            .WithMetadata(new RouteParameters(parameters));
        return builder.Fails(parameters.Count > 0 ? [400, 503] : [503]);
    }

    /// <summary>Declares the statuses with which a route fails.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder builder, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            builder.Produces<Problem>(status, Problem.ContentType);
        return builder;
    }
}
