using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Access;

/// <summary>A line of the log for each change of the ledger: who, by which way in, what, on what, from where.</summary>
internal sealed class AuditLog(ILoggerFactory logging)
{
    private readonly ILogger _logger = logging.CreateLogger(Category);

    /// <summary>Operators keep or sort out the lines by it.</summary>
    public const string Category = "Almagest.Audit";

    public void Write(Person? person, string action, string target, string? client) =>
        _logger.LogInformation(
            "{Name} ({Way}) {Action} {Target} from {Client}",
            NameOf(person),
            WayOf(person),
            action,
            Line(target),
            client ?? "a page"
        );

    /// <summary>Notes requests that change something, also those that were refused.</summary>
    public void Follow(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint route || RouteScopes.Of(route) is not (AccessScope.Write or AccessScope.Admin))
            return;
        Follow(context, RouteScopes.NameOf(route));
    }

    /// <summary>Notes a request that was refused before it was known what it would have done.</summary>
    public void FollowRefused(HttpContext context) => Follow(context, context.Request.Method);

    private void Follow(HttpContext context, string action)
    {
        var (person, path, client, id) = (
            Person.Of(context.User),
            context.Request.Path.Value ?? "",
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            context.TraceIdentifier
        );
        // When the answer is known: an error becomes one further out. By then the scope of the request is over.
        context.Response.OnCompleted(() =>
        {
            using var scope = RequestIds.Begin(_logger, id);
            _logger.LogInformation(
                "{Name} ({Way}) {Action} {Target} from {Client}: {Status}",
                NameOf(person),
                WayOf(person),
                action,
                Line(path),
                client,
                context.Response.StatusCode
            );
            return Task.CompletedTask;
        });
    }

    private static string NameOf(Person? person) => Line(person?.Name ?? "somebody");

    private static string WayOf(Person? person) => person?.Way.ToString().ToLowerInvariant() ?? "nobody";

    // What others wrote makes no second line.
    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
