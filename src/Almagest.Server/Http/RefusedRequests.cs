using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Almagest.Contract.Errors;
using Almagest.Ledger.Views.Queries;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Http;

/// <summary>
/// Requests that Kestrel refuses before any of the program sees them, such as a path with %00: it answers with a status and no word. It
/// says so beforehand, by an event; the bytes that it writes then are replaced by problem details.
/// </summary>
internal sealed class RefusedRequests : IObserver<KeyValuePair<string, object?>>
{
    // https://learn.microsoft.com/aspnet/core/fundamentals/servers/kestrel/diagnostics
    private const string Refused = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private RefusedRequests() { }

    /// <summary>What is written to a connection passes through here; behind TLS, if there is any.</summary>
    public static void Use(ListenOptions listen) =>
        listen.Use(next =>
            connection =>
            {
                var answers = new ReplaceableAnswers(connection.Transport.Output);
                connection.Features.Set(answers);
                connection.Transport = new Pipes(connection.Transport.Input, answers);
                return next(connection);
            }
        );

    public static void Watch(IServiceProvider services) =>
        services.GetRequiredService<DiagnosticListener>().Subscribe(new RefusedRequests(), name => name == Refused);

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (
            value.Value is IFeatureCollection features
            && features.Get<ReplaceableAnswers>() is { } answers
            && features.Get<IHttpResponseFeature>() is { HasStarted: false } response
        )
            answers.Replace(
                Answer(
                    response.StatusCode,
                    features.Get<IHttpRequestFeature>()?.RawTarget ?? "",
                    features.Get<IBadRequestExceptionFeature>()?.Error?.Message ?? ""
                )
            );
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    private static byte[] Answer(int status, string target, string why)
    {
        var path = target.Split('?')[0];
        var hasNul = path.Contains("%00", StringComparison.Ordinal);
        var title = ReasonPhrases.GetReasonPhrase(status);
        var id = ActivityTraceId.CreateRandom().ToHexString();
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new Problem(
                "about:blank",
                title,
                status,
                hasNul ? ErrorCode.InvalidValue.Name : title.Replace(' ', '_').ToLowerInvariant(),
                hasNul
                    ? "The path has the character NUL (%00), which no name has."
                    : $"The request is not as HTTP has it: {why.TrimEnd('.')}.",
                hasNul ? "Leave %00 out of it." : "The routes, their parameters and bodies are described at /docs.",
                null,
                null,
                path,
                id
            ),
            LedgerJson.Options
        );
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {status} {title}\r\nContent-Type: {Problem.ContentType}\r\nContent-Length: {json.Length}\r\nConnection: close\r\n"
                + $"Date: {DateTime.UtcNow:R}\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                + $"Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n{RequestIds.Header}: {id}\r\n\r\n"
        );
        return [.. Encoding.ASCII.GetBytes(head), .. json];
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Passes on what is written, until something is to be written in its place.</summary>
    private sealed class ReplaceableAnswers(PipeWriter inner) : PipeWriter
    {
        private byte[]? _instead;
        private byte[] _ignored = [];
        private bool _isWritten;

        /// <param name="answer">written in place of all that comes</param>
        public void Replace(byte[] answer) => _instead ??= answer;

        public override Memory<byte> GetMemory(int sizeHint = 0) => _instead is null ? inner.GetMemory(sizeHint) : Ignored(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _instead is null ? inner.GetSpan(sizeHint) : Ignored(sizeHint);

        public override void Advance(int bytes)
        {
            if (_instead is null)
            {
                inner.Advance(bytes);
                return;
            }
            if (_isWritten || bytes == 0)
                return;
            _isWritten = true;
            System.Buffers.BuffersExtensions.Write(inner, _instead);
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        private byte[] Ignored(int sizeHint)
        {
            if (_ignored.Length < Math.Max(sizeHint, 256))
                _ignored = new byte[Math.Max(sizeHint, 4096)];
            return _ignored;
        }
    }
}
