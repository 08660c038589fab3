using System.Globalization;
using Almagest.Dashboard.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>Jobs: /async of TAP 1.1, as UWS 1.1 has them.</summary>
internal static class TapJobRoutes
{
    public static void Map(IEndpointRouteBuilder tap, TapJobs jobs)
    {
        var async = tap.MapGroup("/async");
        async
            .VoRoute("GET", "", "listTapJobs", "Your jobs on this server, newest first", context => Task.FromResult(List(context, jobs)))
            .Takes(VoArguments.Phase)
            .AnswersXml();
        async
            .VoRoute(
                "POST",
                "",
                "createTapJob",
                "A new job; PHASE=RUN begins it at once",
                async context =>
                {
                    var parameters = await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes);
                    var job = jobs.Add(parameters, Owner(context));
                    try
                    {
                        Change(job, parameters, jobs);
                    }
                    catch (VoException)
                    {
                        jobs.Destroy(job);
                        throw;
                    }
                    return See(context, job);
                }
            )
            .Takes(VoArguments.JobLanguage, VoArguments.JobQuery, VoArguments.MostRows, VoArguments.Format, VoArguments.Upload)
            .LeadsOn();
        async
            .VoRoute(
                "GET",
                "/{job}",
                "getTapJob",
                "One job; WAIT=seconds answers as soon as its phase changes",
                async context =>
                {
                    var job = Job(context, jobs);
                    await WaitAsync(context, job);
                    return VoDocument.Answer(xml => Uws.Job(xml, job, Address(context, job)));
                }
            )
            .Takes(VoArguments.Job, VoArguments.Wait)
            .AnswersXml();
        async
            .VoRoute(
                "POST",
                "/{job}",
                "changeTapJob",
                "Changes a job, begins, aborts or deletes it",
                async context =>
                {
                    var (job, parameters) = (Job(context, jobs), await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes));
                    if (string.Equals(parameters.Get("ACTION"), "DELETE", StringComparison.OrdinalIgnoreCase))
                        return Delete(context, job, jobs);
                    Change(job, parameters, jobs);
                    return See(context, job);
                }
            )
            .Takes(VoArguments.Job)
            .LeadsOn();
        async
            .VoRoute(
                "DELETE",
                "/{job}",
                "deleteTapJob",
                "Deletes a job and its result",
                context => Task.FromResult<IResult>(Delete(context, Job(context, jobs), jobs))
            )
            .Takes(VoArguments.Job)
            .LeadsOn();

        Text("phase", job => job.Phase.ToString());
        Text("executionduration", job => Uws.Seconds(job.ExecutionDuration));
        Text("destruction", job => Uws.Time(job.Destruction));
        async
            .VoRoute(
                "GET",
                "/{job}/quote",
                "getTapJobQuote",
                "When it is expected to end: not known",
                context => Plain(Job(context, jobs), "")
            )
            .Takes(VoArguments.Job)
            .AnswersText();
        async
            .VoRoute(
                "GET",
                "/{job}/owner",
                "getTapJobOwner",
                "Whose job it is; empty where nobody has a name",
                context => Plain(Job(context, jobs), Person.Of(context.User)?.Name ?? "")
            )
            .Takes(VoArguments.Job)
            .AnswersText();
        async
            .VoRoute(
                "GET",
                "/{job}/parameters",
                "getTapJobParameters",
                "What it was asked",
                context =>
                {
                    var job = Job(context, jobs);
                    return Task.FromResult(VoDocument.Answer(xml => Uws.Parameters(xml, job)));
                }
            )
            .Takes(VoArguments.Job)
            .AnswersXml();
        async
            .VoRoute(
                "POST",
                "/{job}/parameters",
                "setTapJobParameters",
                "Changes what it is asked, before it begins",
                context => ChangeAsync(context, jobs)
            )
            .Takes(VoArguments.Job)
            .LeadsOn();
        async
            .VoRoute(
                "GET",
                "/{job}/results",
                "listTapJobResults",
                "Its results: one, once it is completed",
                context =>
                {
                    var job = Job(context, jobs);
                    return Task.FromResult(VoDocument.Answer(xml => Uws.Results(xml, job, Address(context, job))));
                }
            )
            .Takes(VoArguments.Job)
            .AnswersXml();
        async
            .VoRoute(
                "GET",
                "/{job}/results/result",
                "getTapJobResult",
                "Its result",
                context =>
                {
                    var job = Job(context, jobs);
                    var file = job.Borrow() ?? throw WithoutResult(job);
                    return Task.FromResult<IResult>(new ResultOf(job, file));
                }
            )
            .Takes(VoArguments.Job)
            .AnswersTable();
        async
            .VoRoute(
                "GET",
                "/{job}/error",
                "getTapJobError",
                "Why it failed, as a VOTable",
                context =>
                {
                    var error = Job(context, jobs).Error ?? throw new VoException(404, "the job has not failed");
                    return Task.FromResult(
                        VoDocument.Answer(xml => VoDocument.Error(xml, "QUERY_STATUS", "ERROR", error.Message), VoDocument.VoTableType)
                    );
                }
            )
            .Takes(VoArguments.Job)
            .Produces<string>(StatusCodes.Status200OK, VoDocument.VoTableType)
            .Produces<string>(StatusCodes.Status404NotFound, VoDocument.VoTableType);

        void Text(string name, Func<TapJob, string> read)
        {
            async
                .VoRoute(
                    "GET",
                    $"/{{job}}/{name}",
                    $"getTapJob{name}",
                    $"Its {name}, as plain text",
                    context => Plain(Job(context, jobs), read(Job(context, jobs)))
                )
                .Takes(VoArguments.Job)
                .AnswersText();
            async
                .VoRoute("POST", $"/{{job}}/{name}", $"setTapJob{name}", $"Changes its {name}", context => ChangeAsync(context, jobs))
                .Takes(VoArguments.Job)
                .LeadsOn();
        }
    }

    private static VoException WithoutResult(TapJob job) =>
        job.Error is { } error
            ? new VoException(error.Status >= 500 ? error.Status : 404, $"the job failed and has no result: {error.Message}")
            : new VoException(404, $"the job has no result: it is {job.Phase}");

    private static Task<IResult> Plain(TapJob job, string text) => Task.FromResult(Results.Text(text, "text/plain"));

    private static async Task<IResult> ChangeAsync(HttpContext context, TapJobs jobs)
    {
        var job = Job(context, jobs);
        Change(job, await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes), jobs);
        return See(context, job);
    }

    // Another's job is not told from one that does not exist.
    private static TapJob Job(HttpContext context, TapJobs jobs) =>
        jobs.Find(context.GetRouteValue("job") as string ?? "") is { } job && job.Owner == Owner(context)
            ? job
            : throw new VoException(404, "there is no such job; it may have been destroyed");

    public static string Owner(HttpContext context) => Person.Of(context.User)?.Key ?? "";

    private static string Address(HttpContext context, TapJob job) => $"{TapRoutes.AddressOf(context)}/async/{job.Id}";

    private static SeeOther See(HttpContext context, TapJob job) => new SeeOther(Address(context, job));

    private static SeeOther Delete(HttpContext context, TapJob job, TapJobs jobs)
    {
        jobs.Destroy(job);
        return new SeeOther($"{TapRoutes.AddressOf(context)}/async");
    }

    private static void Change(TapJob job, VoParameters parameters, TapJobs jobs)
    {
        if (parameters.Get("DESTRUCTION") is { } destruction)
        {
            if (
                !DateTime.TryParse(
                    destruction,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var time
                )
            )
                throw VoException.Invalid($"DESTRUCTION is '{destruction}', expected a time such as 2026-11-22T18:00:00Z");
            var latest = DateTime.UtcNow + TapLimits.MostRetention;
            job.Destruction = time < latest ? time : latest;
        }
        if (parameters.Get("EXECUTIONDURATION") is { } duration)
        {
            if (!long.TryParse(duration, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                throw VoException.Invalid($"EXECUTIONDURATION is '{duration}', expected a number of seconds");
            job.ExecutionDuration =
                seconds == 0 || seconds > TapLimits.MostExecution.TotalSeconds ? TapLimits.MostExecution : TimeSpan.FromSeconds(seconds);
        }
        foreach (
            var (name, value) in parameters.Pairs.Where(p =>
                !ReferenceEquals(parameters, job.Parameters)
                && p.Key is "QUERY" or "LANG" or "MAXREC" or "RESPONSEFORMAT" or "FORMAT" or "REQUEST" or "RUNID"
            )
        )
        {
            if (job.Phase != JobPhase.PENDING)
                throw VoException.Invalid($"{name} cannot be changed: the job is {job.Phase}");
            if (!ReferenceEquals(parameters, job.Parameters))
                job.Parameters.Set(name, value);
        }
        if (!ReferenceEquals(parameters, job.Parameters))
            AddUploads(job, parameters, jobs);
        switch (parameters.Get("PHASE")?.ToUpperInvariant())
        {
            case "RUN":
                jobs.Run(job);
                break;
            case "ABORT":
                TapJobs.Abort(job);
                break;
            case null:
                break;
            case var other:
                throw VoException.Invalid($"PHASE is '{other}', expected RUN or ABORT");
        }
    }

    // Tables may come one at a time, before the job begins.
    private static void AddUploads(TapJob job, VoParameters parameters, TapJobs jobs)
    {
        var uploads = parameters.All("UPLOAD");
        if (uploads.Count == 0 && parameters.ContentBytes == 0)
            return;
        if (job.Phase != JobPhase.PENDING)
            throw VoException.Invalid($"UPLOAD cannot be changed: the job is {job.Phase}");
        jobs.RequireRoom(parameters);
        if (job.Parameters.ContentBytes + parameters.ContentBytes > TapLimits.MostUploadBytes)
            throw VoException.Invalid($"the tables of UPLOAD are larger than {TapLimits.MostUploadBytes >> 20} MiB together");
        job.Parameters.TakeContents(parameters);
        foreach (var upload in uploads)
            job.Parameters.Append("UPLOAD", upload);
    }

    private static IResult List(HttpContext context, TapJobs jobs)
    {
        var query = context.Request.Query;
        var phases = query["PHASE"].OfType<string>().Select(p => p.ToUpperInvariant()).ToHashSet();
        // Those whom nobody knows share their jobs by address alone.
        var owner = Person.Of(context.User) is { Name: not null } ? Owner(context) : null;
        var listed = jobs.All.Where(j => j.Owner == owner && (phases.Count == 0 || phases.Contains(j.Phase.ToString())));
        if (
            DateTime.TryParse(
                query["AFTER"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var after
            )
        )
            listed = listed.Where(j => j.Created > after);
        if (int.TryParse(query["LAST"], NumberStyles.None, CultureInfo.InvariantCulture, out var last))
            listed = listed.Take(last);
        return VoDocument.Answer(xml => Uws.Jobs(xml, listed.ToList(), $"{TapRoutes.AddressOf(context)}/async"));
    }

    private static async Task WaitAsync(HttpContext context, TapJob job)
    {
        if (
            !int.TryParse(context.Request.Query["WAIT"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || seconds == 0
            || job.HasEnded
        )
            return;
        var change = job.Changed;
        if (context.Request.Query["PHASE"] is [{ } phase] && !phase.Equals(job.Phase.ToString(), StringComparison.OrdinalIgnoreCase))
            return;
        if (job.HasEnded)
            return;
        var most = seconds < 0 || seconds > TapLimits.MostWait.TotalSeconds ? TapLimits.MostWait : TimeSpan.FromSeconds(seconds);
        await Task.WhenAny(change, Task.Delay(most, context.RequestAborted));
    }

    private sealed class SeeOther(string address) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = address;
            httpContext.Response.ContentLength = 0;
            return Task.CompletedTask;
        }
    }

    private sealed class ResultOf(TapJob job, SafeFileHandle file) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            try
            {
                var response = httpContext.Response;
                response.ContentType = job.ResultType;
                response.ContentLength = job.ResultBytes;
                if (job.IsCutOff)
                    response.Headers[AnswerHeaders.Truncated] = "true";
                var buffer = new byte[1 << 16];
                int read;
                for (long at = 0; (read = await RandomAccess.ReadAsync(file, buffer, at, httpContext.RequestAborted)) > 0; at += read)
                    await response.Body.WriteAsync(buffer.AsMemory(0, read), httpContext.RequestAborted);
            }
            finally
            {
                job.GiveBack();
            }
        }
    }
}
