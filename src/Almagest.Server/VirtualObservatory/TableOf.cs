using Almagest.Catalog.Writing;
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
            response.ContentType = format.MediaType;
            response.Headers.ContentDisposition = $"inline; filename=\"results.{format.Extension}\"";
            response.Headers.CacheControl = "no-store";
            await format.WriteAsync(table, response.Body, httpContext.RequestAborted);
        }
    }
}
