using Almagest.Dashboard.Access;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Access;

/// <summary>Who asks, to the routes.</summary>
internal static class RequestPerson
{
    /// <summary>Their name, of the account too; null where everybody may do it.</summary>
    public static string? Name(HttpContext context) => Person.Of(context.User)?.Name;

    /// <summary>Who is said to have done it: the name of the token, whatever the body says; else what the body says.</summary>
    public static string? By(HttpContext context, string? said) => Person.Of(context.User) is { } person ? person.By(said) : said;
}
