using System.Net;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Almagest.Bench.Load;

/// <summary>
/// The yardstick: Kestrel, routing, one prepared look-up by primary key through the same pool of connections, and nothing else. In the
/// process of the server that is measured, so that runtime, collector and thread pool are the same.
/// </summary>
internal sealed class BareServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private BareServer(WebApplication app) => this._app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>What <c>/bytes</c> answers after its look-up: the answer of the route beside it.</summary>
    public byte[] Bytes { get; set; } = [];

    public static async Task<BareServer> StartAsync(LedgerDatabase ledger, long firstStar, int stars)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "Almagest.Bench" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRouting();
        var app = builder.Build();
        app.UseRouting();
        var bare = new BareServer(app);
        app.MapGet(
            "/row",
            async (HttpContext context) => await context.Response.WriteAsJsonAsync(await LookUpAsync(), context.RequestAborted)
        );
        app.MapGet(
            "/bytes",
            async (HttpContext context) =>
            {
                await LookUpAsync();
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = bare.Bytes.Length;
                await context.Response.BodyWriter.WriteAsync(bare.Bytes, context.RequestAborted);
            }
        );
        await app.StartAsync();
        return bare;

        async Task<StarRow> LookUpAsync()
        {
            await using var connection = await ledger.DataSource.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(
                "select star_id, source_id, ra_deg, dec_deg from public.stars where star_id = $1",
                connection
            )
            {
                Parameters = { new NpgsqlParameter<long> { TypedValue = firstStar + Random.Shared.Next(stars) } },
            };
            await command.PrepareAsync();
            await using var reader = await command.ExecuteReaderAsync();
            await reader.ReadAsync();
            return new StarRow(reader.GetInt64(0), reader.GetString(1), reader.GetDouble(2), reader.GetDouble(3));
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed record StarRow(long StarId, string SourceId, double RaDeg, double DecDeg);
}
