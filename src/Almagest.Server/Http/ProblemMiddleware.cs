using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Almagest.Server.Http;

/// <summary>The one place where errors become answers: every status from 400 has a problem as its body, none has an exception's
/// text.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode >= 400 && !response.HasStarted && response.ContentLength is null && response.ContentType is null)
                await OfStatus(context).WriteAsync(response);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var problem = OfException(context, e);
            Log(context, problem, e);
            context.Response.Clear();
            await problem.WriteAsync(context.Response);
        }
        catch (Exception e)
        {
            // Half an answer is on its way: cutting the connection is the only way left to say that it is not whole.
            logger.LogError(e, "{Method} {Path} failed after its answer had begun", context.Request.Method, context.Request.Path);
            context.Abort();
        }
    }

    private static Problem OfException(HttpContext context, Exception error) =>
        error switch
        {
            LedgerException e => Problem.Of(context, e),
            HttpProblemException e => Problem.Of(context, e.Status, e.Message, e.Hint),
            BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problem.Of(
                context,
                StatusCodes.Status413PayloadTooLarge,
                "the body is larger than this route takes",
                "Send less: a request to start a run needs a few hundred bytes."
            ),
            BadHttpRequestException e => Problem.Of(
                context,
                e.StatusCode,
                "the request is not well-formed HTTP, or its body did not arrive"
            ),
            _ when DatabaseBoundary.Translated(error) is { } trouble => OfException(context, trouble),
            _ => Problem.Of(
                context,
                StatusCodes.Status500InternalServerError,
                "the server met an unexpected problem; it is in the server's log",
                "Try again; if it stays, report it with the lines of the server's log that have this request_id."
            ),
        };

    private static Problem OfStatus(HttpContext context)
    {
        var request = context.Request;
        return context.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => Problem.Of(
                context,
                404,
                $"there is no page or route {request.Path}",
                "The routes are listed at /docs."
            ),
            StatusCodes.Status405MethodNotAllowed => Problem.Of(
                context,
                405,
                $"{request.Path} does not answer to {RequestGuard.AskedMethod(context)}",
                $"It answers to {context.Response.Headers.Allow}."
            ),
            StatusCodes.Status415UnsupportedMediaType => JsonBody.WrongMediaType(context),
            StatusCodes.Status504GatewayTimeout => Problem.Of(
                context,
                503,
                "the answer took too long and was given up",
                "Ask for less (limit), or try again in a moment."
            ),
            var status => Problem.Of(context, status, $"the request was refused with status {status}"),
        };
    }

    private void Log(HttpContext context, Problem problem, Exception error)
    {
        if (problem.Status == StatusCodes.Status500InternalServerError)
            logger.LogError(error, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
        else if (problem.Status >= 500)
            logger.LogWarning("{Method} {Path}: {Detail}", context.Request.Method, context.Request.Path, problem.Detail);
    }
}
