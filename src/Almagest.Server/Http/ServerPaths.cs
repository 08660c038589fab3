using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>Where on this machine files are.</summary>
internal static class ServerPaths
{
    /// <summary>The fact of an error that tells it.</summary>
    public const string Fact = "path";

    /// <summary>Whether whoever asks may know.</summary>
    public static bool MaySee(HttpContext context) => Person.Of(context.User) is { } person && person.May(AccessScope.Admin);
}
