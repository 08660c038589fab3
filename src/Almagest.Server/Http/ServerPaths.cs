using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>Where on this machine files are.</summary>
internal static class ServerPaths
{
    /// <summary>The fact of an error that tells it.</summary>
    public const string Fact = "path";

    /// <summary>A text about an error without what only those may know who administer the server.</summary>
    public static string Shown(HttpContext context, string text, LedgerException error) =>
        error.Facts.GetValueOrDefault(Fact) is string { Length: > 0 } path && !MaySee(context)
            ? text.Replace(path, "a folder of the server", StringComparison.Ordinal)
            : text;

    /// <summary>Whether whoever asks may know.</summary>
    public static bool MaySee(HttpContext context) => Person.Of(context.User) is { } person && person.May(AccessScope.Admin);
}
