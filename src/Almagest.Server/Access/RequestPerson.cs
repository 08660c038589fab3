using Almagest.Dashboard.Access;
using Almagest.Runs.Lifecycle;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Access;

/// <summary>Who asks, to the routes.</summary>
internal static class RequestPerson
{
    /// <summary>Their name, of the account too; null where everybody may do it.</summary>
    public static string? Name(HttpContext context) => Person.Of(context.User)?.Name;

    /// <summary>A place in the queue for what they start.</summary>
    public static RunPlacement Placement(HttpContext context) =>
        RunPlacement.Queued with
        {
            By = Name(context),
            MostWaiting = context.RequestServices.GetRequiredService<ServerOptions>().MostWaitingRuns,
        };

    /// <summary>Who is said to have done it: the name of the token, whatever the body says; else what the body says.</summary>
    public static string? By(HttpContext context, string? said) => Person.Of(context.User) is { } person ? person.By(said) : said;
}
