using Almagest.Adql;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.VirtualObservatory;

/// <summary>How routes of VO protocols are mapped: unknown parameters mean nothing, errors are VOTables, time limits are the protocol's own.</summary>
internal static class VoRouting
{
    public static RouteHandlerBuilder VoRoute(this IEndpointRouteBuilder routes, string method, string pattern, string name, string summary, Func<HttpContext, Task<IResult>> handler)
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
        var route = routes.MapMethods(pattern, [method], answer).WithName(name).WithSummary(summary);
        route.DisableRequestTimeout();
        return route;
    }
}
