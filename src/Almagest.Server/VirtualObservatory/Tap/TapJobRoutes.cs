using System.Globalization;
using Almagest.Dashboard.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>Jobs: /async of TAP 1.1, as UWS 1.1 has them.</summary>
internal static class TapJobRoutes
{
    public static void Map(IEndpointRouteBuilder tap, TapJobs jobs)
    {
        var async = tap.MapGroup("/async");
        async
            .VoRoute("GET", "", "listTapJobs", "Your jobs, newest first", context => ListAsync(context, jobs))
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
                    var id = await jobs.AddAsync(parameters, Owner(context), context.RequestAborted);
                    try
                    {
                        await SetAsync(await JobAsync(context, jobs, id), parameters, jobs, context.RequestAborted);
                    }
                    catch (VoException)
                    {
                        await jobs.DestroyAsync(id, CancellationToken.None);
                        throw;
                    }
                    return See(context, id);
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
                    var job = await WaitAsync(context, await JobAsync(context, jobs), jobs);
                    return VoDocument.Answer(xml => Uws.Job(xml, job, Address(context, job.Id)));
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
                    var job = await JobAsync(context, jobs);
                    var parameters = await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes);
                    if (string.Equals(parameters.Get("ACTION"), "DELETE", StringComparison.OrdinalIgnoreCase))
                        return await DeleteAsync(context, job, jobs);
                    await ChangeAsync(job, parameters, jobs, context.RequestAborted);
                    return See(context, job.Id);
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
                async context => await DeleteAsync(context, await JobAsync(context, jobs), jobs)
            )
            .Takes(VoArguments.Job)
            .LeadsOn();

        tap.VoRoute(
                "POST",
                "/deletejobs",
                "deleteTapJobs",
                "Deletes jobs of yours, as astroquery does: JOB_IDS=one,another",
                async context =>
                {
                    var parameters = await VoParameters.ReadAsync(context);
                    var ids =
                        parameters.Get("JOB_IDS") ?? throw VoException.Invalid("JOB_IDS is missing: ids of jobs, with commas between");
                    foreach (var id in ids.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                        await jobs.DestroyAsync((await JobAsync(context, jobs, id)).Id, context.RequestAborted);
                    return Plain("");
                }
            )
            .Takes(VoArguments.JobIds)
            .AnswersText();

        Text("phase", job => job.Phase.ToString());
        Text("executionduration", job => Uws.Seconds(job.ExecutionDuration));
        Text("destruction", job => Uws.Time(job.Destruction));
        async
            .VoRoute(
                "GET",
                "/{job}/quote",
                "getTapJobQuote",
                "When it is expected to end: not known",
                async context =>
                {
                    await JobAsync(context, jobs);
                    return Plain("");
                }
            )
            .Takes(VoArguments.Job)
            .AnswersText();
        async
            .VoRoute(
                "GET",
                "/{job}/owner",
                "getTapJobOwner",
                "Whose job it is; empty where nobody has a name",
                async context =>
                {
                    await JobAsync(context, jobs);
                    return Plain(Person.Of(context.User)?.Name ?? "");
                }
            )
            .Takes(VoArguments.Job)
            .AnswersText();
        async
            .VoRoute(
                "GET",
                "/{job}/parameters",
                "getTapJobParameters",
                "What it was asked",
                async context =>
                {
                    var job = await JobAsync(context, jobs);
                    return VoDocument.Answer(xml => Uws.Parameters(xml, job));
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
                async context =>
                {
                    var job = await JobAsync(context, jobs);
                    return VoDocument.Answer(xml => Uws.Results(xml, job, Address(context, job.Id)));
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
                async context =>
                {
                    var job = await JobAsync(context, jobs);
                    return job.Phase == JobPhase.COMPLETED ? new ResultOf(job, jobs) : throw WithoutResult(job);
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
                async context =>
                {
                    var error = (await JobAsync(context, jobs)).Error ?? throw new VoException(404, "the job has not failed");
                    return VoDocument.Answer(xml => VoDocument.Error(xml, "QUERY_STATUS", "ERROR", error.Message), VoDocument.VoTableType);
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
                    async context => Plain(read(await JobAsync(context, jobs)))
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

    private static IResult Plain(string text) => Results.Text(text, "text/plain");

    private static async Task<IResult> ChangeAsync(HttpContext context, TapJobs jobs)
    {
        var job = await JobAsync(context, jobs);
        await ChangeAsync(job, await VoParameters.ReadAsync(context, TapLimits.MostUploadBytes), jobs, context.RequestAborted);
        return See(context, job.Id);
    }

    // Another's job is not told from one that does not exist.
    private static async Task<TapJob> JobAsync(HttpContext context, TapJobs jobs, string? id = null) =>
        await jobs.FindAsync(id ?? context.GetRouteValue("job") as string ?? "", Owner(context), context.RequestAborted)
        ?? throw new VoException(404, "there is no such job; it may have been destroyed");

    public static string Owner(HttpContext context) => Person.Of(context.User)?.Key ?? "";

    private static string Address(HttpContext context, string id) => $"{TapRoutes.AddressOf(context)}/async/{id}";

    private static SeeOther See(HttpContext context, string id) => new(Address(context, id));

    private static async Task<IResult> DeleteAsync(HttpContext context, TapJob job, TapJobs jobs)
    {
        await jobs.DestroyAsync(job.Id, context.RequestAborted);
        return new SeeOther($"{TapRoutes.AddressOf(context)}/async");
    }

    // What it is asked, which may change until it begins, and then what is set.
    private static async Task ChangeAsync(TapJob job, VoParameters parameters, TapJobs jobs, CancellationToken cancellationToken)
    {
        var asked = parameters
            .Pairs.Where(p => p.Key is "QUERY" or "LANG" or "MAXREC" or "RESPONSEFORMAT" or "FORMAT" or "REQUEST" or "RUNID")
            .ToList();
        var uploads = parameters.All("UPLOAD");
        if (asked.Count > 0 || uploads.Count > 0 || parameters.ContentBytes > 0)
        {
            if (job.Phase != JobPhase.PENDING)
                throw VoException.Invalid($"{(asked.Count > 0 ? asked[0].Key : "UPLOAD")} cannot be changed: the job is {job.Phase}");
            foreach (var (name, value) in asked)
                job.Parameters.Set(name, value);
            // Tables may come one at a time.
            foreach (var upload in uploads)
                job.Parameters.Append("UPLOAD", upload);
            await jobs.AskAsync(job, job.Parameters, parameters, cancellationToken);
            job = job with { UploadBytes = job.UploadBytes + parameters.ContentBytes };
        }
        await SetAsync(job, parameters, jobs, cancellationToken);
    }

    private static async Task SetAsync(TapJob job, VoParameters parameters, TapJobs jobs, CancellationToken cancellationToken)
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
            await jobs.SetDestructionAsync(job, time < latest ? time : latest, cancellationToken);
        }
        if (parameters.Get("EXECUTIONDURATION") is { } duration)
        {
            if (!long.TryParse(duration, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                throw VoException.Invalid($"EXECUTIONDURATION is '{duration}', expected a number of seconds");
            var most =
                seconds == 0 || seconds > TapLimits.MostExecution.TotalSeconds ? TapLimits.MostExecution : TimeSpan.FromSeconds(seconds);
            await jobs.SetExecutionAsync(job, most, cancellationToken);
            job = job with { ExecutionDuration = most };
        }
        switch (parameters.Get("PHASE")?.ToUpperInvariant())
        {
            case "RUN":
                await jobs.RunAsync(job, cancellationToken);
                break;
            case "ABORT":
                await jobs.AbortAsync(job, cancellationToken);
                break;
            case null:
                break;
            case var other:
                throw VoException.Invalid($"PHASE is '{other}', expected RUN or ABORT");
        }
    }

    private static async Task<IResult> ListAsync(HttpContext context, TapJobs jobs)
    {
        var query = context.Request.Query;
        var phases = query["PHASE"].OfType<string>().Select(p => p.ToUpperInvariant()).ToHashSet();
        // Those whom nobody knows share their jobs by address alone.
        IEnumerable<TapJob> listed = Person.Of(context.User) is { Name: not null }
            ? await jobs.OfAsync(Owner(context), context.RequestAborted)
            : [];
        listed = listed.Where(j => phases.Count == 0 || phases.Contains(j.Phase.ToString()));
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

    // The job as it is when its phase has changed, or the time is over.
    private static async Task<TapJob> WaitAsync(HttpContext context, TapJob job, TapJobs jobs)
    {
        if (
            !int.TryParse(context.Request.Query["WAIT"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            || seconds == 0
            || job.HasEnded
            || context.Request.Query["PHASE"] is [{ } phase] && !phase.Equals(job.Phase.ToString(), StringComparison.OrdinalIgnoreCase)
        )
            return job;
        var most = seconds < 0 || seconds > TapLimits.MostWait.TotalSeconds ? TapLimits.MostWait : TimeSpan.FromSeconds(seconds);
        await jobs.WaitAsync(job, most, context.RequestAborted);
        return await JobAsync(context, jobs);
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

    private sealed class ResultOf(TapJob job, TapJobs jobs) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.ContentType = job.ResultType;
            response.ContentLength = job.ResultBytes;
            if (job.IsCutOff)
                response.Headers[AnswerHeaders.Truncated] = "true";
            await jobs.CopyResultAsync(job, response.Body, httpContext.RequestAborted);
        }
    }
}
