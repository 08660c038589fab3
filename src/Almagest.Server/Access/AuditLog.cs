using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
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

    public void Write(Person? person, string action, string target, string? client, int? status = null) =>
        _logger.LogInformation(
            "{Name} ({Way}) {Action} {Target} from {Client}{Status}",
            Line(person?.Name ?? "somebody"),
            person?.Way.ToString().ToLowerInvariant() ?? "nobody",
            action,
            Line(target),
            client ?? "a page",
            status is null ? "" : $": {status}"
        );

    /// <summary>Notes requests that change something, also those that were refused.</summary>
    public void Follow(HttpContext context)
    {
        if (context.GetEndpoint() is not RouteEndpoint route || RouteScopes.Of(route) is not (AccessScope.Write or AccessScope.Admin))
            return;
        var person = Person.Of(context.User);
        var (path, client) = (context.Request.Path.Value ?? "", context.Connection.RemoteIpAddress?.ToString());
        // When the answer is known: an error becomes one further out.
        context.Response.OnCompleted(() =>
        {
            Write(person, RouteScopes.NameOf(route), path, client, context.Response.StatusCode);
            return Task.CompletedTask;
        });
    }

    // What others wrote makes no second line.
    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
}
