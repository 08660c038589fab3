using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.Operations;

/// <summary>Whether the server lives, or can answer.</summary>
/// <param name="Status">live or ready</param>
/// <param name="Version">version of Almagest</param>
public sealed record HealthBody(string Status, string Version);

internal static class HealthRoutes
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder api, LedgerDatabase ledger)
    {
        var group = api.MapGroup("/health").WithTags("Operations");
        group
            .Route(
                "GET",
                "/live",
                "getLiveness",
                "Whether the process answers; asks nothing of the database",
                _ => Task.FromResult(Results.Ok(new HealthBody("live", Almagest.Contract.ProgramVersion.Current)))
            )
            .Produces<HealthBody>();

        group
            .Route(
                "GET",
                "/ready",
                "getReadiness",
                "Whether the database answers and has this program's schema",
                async context =>
                {
                    await RequireReadyAsync(ledger, context.RequestAborted);
                    return Results.Ok(new HealthBody("ready", Almagest.Contract.ProgramVersion.Current));
                }
            )
            .Produces<HealthBody>();
    }

    private static async Task RequireReadyAsync(LedgerDatabase ledger, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            await ledger.Schema.EnsureCurrentAsync(patience.Token);
            await ledger.RequireNodesAsync(patience.Token);
        }
        catch (LedgerException e)
        {
            // Whatever the trouble is to others, to an operator it means: not ready.
            throw LedgerException.Of(ErrorCode.NotReady, e.Message, HttpAdvice.Of(e), inner: e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw LedgerException.Of(
                ErrorCode.NotReady,
                $"the database did not answer within {s_patience.TotalSeconds:0} s",
                "Look at the database's load and log.",
                inner: e
            );
        }
    }
}
