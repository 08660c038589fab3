using Almagest.Catalog.Writing;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.VirtualObservatory;

/// <summary>Sends the rows of a query while they are read.</summary>
/// <param name="answer">disposed of when it is sent</param>
/// <param name="described">changes what is said of the columns; null = nothing</param>
internal sealed class TableOf(
    AdqlResult answer,
    VoFormat format,
    string title,
    string query,
    Func<ExportTable, ExportTable>? described = null
) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using (answer)
        {
            var table = answer.Table(title, query);
            if (described is not null)
                table = described(table);
            var response = httpContext.Response;
            response.ContentType = format.ContentType;
            response.Headers.ContentDisposition = $"inline; filename=\"results.{format.Extension}\"";
            response.Headers.CacheControl = "no-store";
            // Whether rows were left out is known behind the last one. Formats that say it inside need not wait for that.
            await using var held = new HeldStream(response.Body, format.TellsCutOff ? HeldStream.InMemory : TapLimits.MostResultBytes);
            await format.WriteAsync(table, held, httpContext.RequestAborted);
            if (answer.IsCutOff && !held.HasBegun)
                response.Headers[AnswerHeaders.Truncated] = "true";
            await held.ReleaseAsync(httpContext.RequestAborted);
        }
    }
}
