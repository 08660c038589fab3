using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Server.Http;
using Almagest.Server.VirtualObservatory;
using Almagest.Server.VirtualObservatory.Tap;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Datasets;

/// <summary>The answer of a TAP job in the place of a file that the client sends: what came from TOPCAT or pyvo can be kept.</summary>
internal static class KeptAnswer
{
    public static readonly TextParameter Job = new(
        "tap_job",
        "instead of a body: a TAP job of yours that is completed, by its id or address; its answer is what is loaded. That of "
            + "SELECT * FROM TAP_UPLOAD.mine is the table that came with the query"
    );

    /// <summary>Saves it in a folder.</summary>
    /// <returns>its path there; null where the request names no job</returns>
    /// <exception cref="LedgerException">there is no such job, or its answer is not whole</exception>
    public static async Task<string?> SaveAsync(HttpContext context, ScratchFolder folder)
    {
        if (Job.Read(context) is not { } asked)
            return null;
        if (context.Request.ContentLength > 0)
            throw LedgerException.Invalid(Job.Name, "the request has a body and names a TAP job", "Send one of them.");
        var jobs = context.RequestServices.GetRequiredService<TapJobs>();
        var id =
            asked.Split('/', StringSplitOptions.RemoveEmptyEntries) is var parts && Array.IndexOf(parts, "async") is >= 0 and var at
                ? parts.ElementAtOrDefault(at + 1)
                : asked;
        if (await jobs.FindAsync(id ?? "", TapJobRoutes.Owner(context), context.RequestAborted) is not { } job)
            throw LedgerException.Invalid(
                Job.Name,
                $"there is no TAP job '{asked}' of yours",
                "Give the id or the address of a job that you made at /vo/tap/async; it may have been destroyed."
            );
        if (job.Phase != JobPhase.COMPLETED)
            throw LedgerException.Invalid(Job.Name, $"the TAP job is {job.Phase}", "Wait until it is COMPLETED.");
        if (job.IsCutOff)
            throw LedgerException.Invalid(
                Job.Name,
                "the answer of the TAP job was cut off at its MAXREC",
                $"Ask again with a greater MAXREC, up to {TapLimits.MostRows}: a part of a table is not kept as the table."
            );
        var path = Path.Combine(folder.Path, $"tap-{job.Id[..8]}");
        await using var file = File.Create(path);
        await jobs.CopyResultAsync(job, file, context.RequestAborted);
        return path;
    }
}
