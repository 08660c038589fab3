using System.Globalization;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Http;

/// <summary>Marks routes that read where <see cref="ServerOptions.ReadLedger"/> says; their answers say how far behind that is.</summary>
internal sealed class ReadFromStandby
{
    /// <summary>Seconds by which an answer is behind the ledger; absent where it was read from the ledger's own database.</summary>
    public const string Header = "X-Almagest-Replica-Lag";

    private static readonly ReadFromStandby s_mark = new();

    public static TBuilder Mark<TBuilder>(TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(s_mark);

    /// <summary>Below the routing.</summary>
    public static void Use(IApplicationBuilder app, StandbyLag lag) =>
        app.Use(
            async (context, next) =>
            {
                if (
                    context.GetEndpoint()?.Metadata.GetMetadata<ReadFromStandby>() is not null
                    && await lag.SecondsAsync(context.RequestAborted) is { } seconds
                )
                    context.Response.Headers[Header] = double.IsFinite(seconds)
                        ? seconds.ToString("0.0", CultureInfo.InvariantCulture)
                        : "unknown";
                await next(context);
            }
        );
}
