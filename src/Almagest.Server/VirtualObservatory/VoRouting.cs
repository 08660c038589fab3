using Almagest.Adql;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.VirtualObservatory;

/// <summary>How routes of VO protocols are mapped: unknown parameters mean nothing, errors are VOTables, time limits are the protocol's
/// own.</summary>
internal static class VoRouting
{
    public static RouteHandlerBuilder VoRoute(
        this IEndpointRouteBuilder routes,
        string method,
        string pattern,
        string name,
        string summary,
        Func<HttpContext, Task<IResult>> handler
    )
    {
        RouteMapping.Handler answer = async context =>
        {
            try
            {
                return await handler(context);
            }
            catch (AdqlException e)
            {
                return VoDocument.Error(VoException.Invalid(e.Message));
            }
            catch (VoException e)
            {
                return VoDocument.Error(e);
            }
        };
        var route = routes.MapWhole(pattern, method, answer).WithName(name).WithSummary(summary);
        route.DisableRequestTimeout();
        return route;
    }

    /// <summary>Declares the parameters. Names of parameters in a query or a form have any case; what is not declared is ignored.</summary>
    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params IReadOnlyList<RouteParameter> parameters) =>
        route.WithMetadata(new VoParameterList(new RouteParameters(parameters)));

    /// <summary>Declares an answer that is an XML document.</summary>
    public static RouteHandlerBuilder AnswersXml(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, "text/xml").FailsAsTable();

    /// <summary>Declares an answer that is plain text.</summary>
    public static RouteHandlerBuilder AnswersText(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, "text/plain").FailsAsTable();

    /// <summary>Declares an answer that is a table, in any of the formats.</summary>
    public static RouteHandlerBuilder AnswersTable(this RouteHandlerBuilder route) =>
        route
            .Produces<string>(
                StatusCodes.Status200OK,
                VoDocument.VoTableType,
                [.. VoFormat.All.Select(f => f.MediaType.Split(';')[0]).Distinct().Skip(1)]
            )
            .FailsAsTable();

    /// <summary>Declares an answer that leads elsewhere.</summary>
    public static RouteHandlerBuilder LeadsOn(this RouteHandlerBuilder route) =>
        route.Produces(StatusCodes.Status303SeeOther).FailsAsTable();

    private static RouteHandlerBuilder FailsAsTable(this RouteHandlerBuilder route) =>
        route
            .Produces<string>(StatusCodes.Status400BadRequest, VoDocument.VoTableType)
            .Produces<string>(StatusCodes.Status404NotFound, VoDocument.VoTableType);
}

/// <summary>What a route of the virtual observatory takes, as metadata for the API's description alone.</summary>
internal sealed record VoParameterList(RouteParameters Described);
