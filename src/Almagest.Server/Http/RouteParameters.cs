using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Http;

/// <summary>The parameters of a route, as metadata: nothing else is accepted in its query, and the API description is made from
/// it.</summary>
internal sealed record RouteParameters(IReadOnlyList<RouteParameter> All)
{
    private readonly string[] _inQuery = [.. All.Where(p => !p.InPath).Select(p => p.Name)];

    /// <summary>A misspelt parameter would silently change what is answered: it is an error.</summary>
    public void RejectUnknown(HttpRequest request)
    {
        if (request.Query.Keys.FirstOrDefault(k => !_inQuery.Contains(k)) is { } unknown)
        {
            throw LedgerException.Invalid(
                unknown,
                $"there is no parameter '{unknown}' here",
                _inQuery.Length == 0 ? "This route takes none in its query." : $"Known parameters: {string.Join(", ", _inQuery)}."
            );
        }
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
        var known = new RouteParameters(parameters);
        var builder = routes
            .MapWhole(
                pattern,
                method,
                context =>
                {
                    known.RejectUnknown(context.Request);
                    return handler(context);
                }
            )
            .WithName(name)
            .WithSummary(summary)
            .WithMetadata(known);
        return builder.Fails(parameters.Count > 0 ? [400, 503] : [503]);
    }

    /// <summary>
    /// Maps a handler that reads the request itself. The framework's own way compiles code for each route to bind its parameters, which is
    /// a fifth of the processor that a server's start takes, and none of ours has any.
    /// </summary>
    public static RouteHandlerBuilder MapWhole(this IEndpointRouteBuilder routes, string pattern, string method, Handler handler)
    {
        RequestDelegate answer = async context => await (await handler(context)).ExecuteAsync(context);
        // The method is what a description of the API is made from; that it answers with an IResult says nothing of its body.
        return new RouteHandlerBuilder([routes.MapMethods(pattern, [method], answer).WithMetadata(handler.Method)]);
    }

    /// <summary>Declares the statuses with which a route fails.</summary>
    public static RouteHandlerBuilder Fails(this RouteHandlerBuilder builder, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            builder.Produces<Problem>(status, Problem.ContentType);
        return builder;
    }
}
