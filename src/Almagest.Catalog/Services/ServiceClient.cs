using System.Globalization;
using System.Net;
using System.Text;
using Almagest.Catalog.Files;

namespace Almagest.Catalog.Services;

/// <summary>
/// Fetches tables from TAP and cone-search services into a file, within a bounded size and time. Only http and https are spoken,
/// certificates are checked, and a service that is asked over https cannot lead on to http. Thread safe.
/// </summary>
public sealed class ServiceClient : IDisposable
{
    private const int MaxRedirects = 8,
        MaxErrorBytes = 64 * 1024;

    private readonly HttpClient _http;
    private readonly ServiceLimits _limits;

    public ServiceClient(ServiceLimits? limits = null)
    {
        _limits = limits ?? ServiceLimits.Default;
        // Redirects are followed here, by rules of our own; the answer is bounded after it is unpacked.
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                AutomaticDecompression = DecompressionMethods.All,
                ConnectTimeout = TimeSpan.FromSeconds(30),
                UseCookies = true,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("almagest (+IVOA-TAP)");
    }

    /// <summary>Writes the answer into a file.</summary>
    /// <param name="progress">told what is waited for, and the bytes so far</param>
    /// <exception cref="CatalogFormatException">the service cannot be reached, says that there is an error, or answers too much or too
    /// late</exception>
    public async Task FetchAsync(
        ServiceRequest request,
        string file,
        IProgress<(string Phase, long Bytes)>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(_limits.Timeout);
        try
        {
            switch (request)
            {
                case TapRequest { Asynchronous: true } tap:
                    await RunJobAsync(tap, file, progress, bounded.Token);
                    break;
                case TapRequest tap:
                    await SaveAsync(
                        await SendAsync(HttpMethod.Post, Below(tap.Service, "sync"), Parameters(tap), follow: true, bounded.Token),
                        file,
                        progress,
                        bounded.Token
                    );
                    break;
                case ConeRequest cone:
                    CheckCone(cone);
                    await SaveAsync(
                        await SendAsync(HttpMethod.Get, WithQuery(cone), null, follow: true, bounded.Token),
                        file,
                        progress,
                        bounded.Token
                    );
                    break;
                default:
                    throw new ArgumentException($"{request.GetType().Name} is not a request that is known", nameof(request));
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CatalogFormatException(
                $"{request.Service.Host} did not answer completely within {_limits.Timeout.TotalSeconds:0} s. Ask for less, allow "
                    + $"more time, or let it work as a job."
            )
            {
                Code = CatalogFormatException.ServiceTimeout,
            };
        }
        catch (HttpRequestException e)
        {
            throw new CatalogFormatException($"{request.Service.Host} cannot be reached, or broke the connection off: {e.Message}", e);
        }
        catch (IOException e) when (e is not FileNotFoundException)
        {
            throw new CatalogFormatException($"The answer of {request.Service.Host} was not received completely: {e.Message}", e);
        }
    }

    private static void CheckCone(ConeRequest cone)
    {
        if (!(cone.Ra is >= 0 and <= 360))
            throw new CatalogFormatException("The right ascension of the cone is outside 0 to 360 degrees.");
        if (!(cone.Dec is >= -90 and <= 90))
            throw new CatalogFormatException("The declination of the cone is outside -90 to 90 degrees.");
        if (!(cone.Radius is > 0 and <= 180))
            throw new CatalogFormatException("The radius of the cone is outside 0 to 180 degrees.");
    }

    private static Dictionary<string, string> Parameters(TapRequest tap)
    {
        var parameters = new Dictionary<string, string>
        {
            ["REQUEST"] = "doQuery",
            ["LANG"] = "ADQL",
            ["FORMAT"] = "votable",
            ["QUERY"] = tap.Adql,
        };
        if (tap.MaxRows is { } most)
            parameters["MAXREC"] = most.ToString(CultureInfo.InvariantCulture);
        return parameters;
    }

    private static Uri Below(Uri service, string part) =>
        new(service.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/" + part + service.Query);

    private static Uri WithQuery(ConeRequest cone)
    {
        var address = cone.Service.AbsoluteUri;
        var joint =
            address.EndsWith('?') || address.EndsWith('&') ? ""
            : address.Contains('?', StringComparison.Ordinal) ? "&"
            : "?";
        return new Uri(address + joint + cone.Query + "&VERB=3");
    }

    /// <summary>A job of the Universal Worker Service (UWS 1.1): created and started, watched to its end, fetched, and taken
    /// away.</summary>
    private async Task RunJobAsync(TapRequest tap, string file, IProgress<(string, long)>? progress, CancellationToken cancellationToken)
    {
        var parameters = Parameters(tap);
        parameters["PHASE"] = "RUN";
        Uri job;
        using (var created = await SendAsync(HttpMethod.Post, Below(tap.Service, "async"), parameters, follow: false, cancellationToken))
        {
            job = created.Headers.Location is { } location
                ? Next(created.RequestMessage!.RequestUri!, location)
                : throw await ErrorAsync(created, "did not say where the job is that it should have created", cancellationToken);
        }
        try
        {
            var pause = TimeSpan.FromMilliseconds(200);
            while (true)
            {
                string phase;
                using (var answer = await SendAsync(HttpMethod.Get, Below(job, "phase"), null, follow: true, cancellationToken))
                    phase = (await TextAsync(answer, 200, cancellationToken)).Trim();
                progress?.Report(($"job {phase.ToLowerInvariant()}", 0));
                if (phase == "COMPLETED")
                    break;
                if (phase == "PENDING")
                    (
                        await SendAsync(HttpMethod.Post, Below(job, "phase"), new() { ["PHASE"] = "RUN" }, follow: false, cancellationToken)
                    ).Dispose();
                if (phase is "ERROR" or "ABORTED" or "ARCHIVED" or "HELD")
                {
                    using var error = await SendAsync(
                        HttpMethod.Get,
                        Below(job, "error"),
                        null,
                        follow: true,
                        cancellationToken,
                        errorsToo: true
                    );
                    throw await ErrorAsync(error, $"ended the job with phase {phase}", cancellationToken);
                }
                if (phase is not ("PENDING" or "QUEUED" or "EXECUTING" or "SUSPENDED" or "UNKNOWN"))
                    throw new CatalogFormatException(
                        $"{job.Host} says that the job's phase is '{RejectedRow.Clip(phase)}', which is none of UWS."
                    );
                await Task.Delay(pause, cancellationToken);
                pause = TimeSpan.FromMilliseconds(Math.Min(10_000, pause.TotalMilliseconds * 1.5));
            }
            await SaveAsync(
                await SendAsync(HttpMethod.Get, Below(job, "results/result"), null, follow: true, cancellationToken),
                file,
                progress,
                cancellationToken
            );
        }
        finally
        {
            await ForgetAsync(job);
        }
    }

    /// <summary>Services keep jobs for days; a polite client takes its own away. Where that fails, no matter.</summary>
    private async Task ForgetAsync(Uri job)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            (await SendAsync(HttpMethod.Delete, job, null, follow: false, soon.Token, errorsToo: true)).Dispose();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or CatalogFormatException) { }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        Uri uri,
        Dictionary<string, string>? form,
        bool follow,
        CancellationToken cancellationToken,
        bool errorsToo = false
    )
    {
        for (var redirects = 0; ; redirects++)
        {
            using var message = new HttpRequestMessage(method, uri);
            if (form is not null)
                message.Content = new FormUrlEncodedContent(form);
            var answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            var status = (int)answer.StatusCode;
            if (status is >= 300 and < 400 && answer.Headers.Location is { } location)
            {
                if (!follow)
                    return answer;
                using (answer)
                {
                    if (redirects == MaxRedirects)
                        throw new CatalogFormatException($"{uri.Host} leads from one address to the next more than {MaxRedirects} times.");
                    uri = Next(uri, location);
                    // A redirected query is repeated only where the service says so.
                    if (status is not (307 or 308))
                        (method, form) = (HttpMethod.Get, null);
                }
                continue;
            }
            if (answer.IsSuccessStatusCode || errorsToo)
                return answer;
            using (answer)
                throw await ErrorAsync(answer, $"answered {status} {answer.ReasonPhrase}", cancellationToken);
        }
    }

    private static Uri Next(Uri from, Uri location)
    {
        var next = new Uri(from, location);
        if (next.Scheme != Uri.UriSchemeHttps && (next.Scheme != Uri.UriSchemeHttp || from.Scheme == Uri.UriSchemeHttps))
            throw new CatalogFormatException(
                $"{from.Host} leads to {next.GetLeftPart(UriPartial.Authority)}, which is not followed: only https, and http from "
                    + $"http. If you trust it, ask it under its own address."
            );
        return next;
    }

    private async Task SaveAsync(
        HttpResponseMessage answer,
        string file,
        IProgress<(string, long)>? progress,
        CancellationToken cancellationToken
    )
    {
        using (answer)
        {
            await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await using var target = new FileStream(
                file,
                FileMode.Create,
                FileAccess.Write,
                FileShare.None,
                1 << 16,
                FileOptions.Asynchronous
            );
            var buffer = new byte[128 * 1024];
            long bytes = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                bytes += read;
                if (bytes > _limits.MaxBytes)
                    throw new CatalogFormatException(
                        $"The answer of {answer.RequestMessage!.RequestUri!.Host} is larger than {_limits.MaxBytes >> 20:N0} MiB. Ask "
                            + $"for less, or allow more."
                    )
                    {
                        Code = CatalogFormatException.ServiceAnswerTooLarge,
                    };
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress?.Report(("receiving", bytes));
            }
        }
    }

    /// <summary>What the service says: the INFO of its VOTable, else the start of its text.</summary>
    private static async Task<CatalogFormatException> ErrorAsync(
        HttpResponseMessage answer,
        string what,
        CancellationToken cancellationToken
    )
    {
        var host = answer.RequestMessage!.RequestUri!.Host;
        var text = await TextAsync(answer, MaxErrorBytes, cancellationToken);
        var message = "";
        if (text.Contains("VOTABLE", StringComparison.Ordinal))
        {
            try
            {
                using var reader = CatalogFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(text)), host);
            }
            catch (CatalogFormatException e)
            {
                message = e.Message;
            }
        }
        else if (!text.TrimStart().StartsWith('<'))
        {
            message = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (message.Length > 300)
                message = message[..300] + "…";
        }
        return new CatalogFormatException($"{host} {what}{(message.Length > 0 ? ": " + message : "")}. Check the address and the query.");
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer, int most, CancellationToken cancellationToken)
    {
        await using var content = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[most];
        var length = await content.ReadAtLeastAsync(buffer, most, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    public void Dispose() => _http.Dispose();
}
