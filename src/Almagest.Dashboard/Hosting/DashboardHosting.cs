using Almagest.Charts.Pictures;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Shared;
using Almagest.Dashboard.Uploads;
using Almagest.Dashboard.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MudBlazor.Services;

namespace Almagest.Dashboard.Hosting;

/// <summary>Puts the dashboard into a server. The server brings a <c>LedgerDatabase</c>, an <see cref="IDashboardHost"/> and an
/// <see cref="IChangeHost"/>.</summary>
public static class DashboardHosting
{
    // What the browser enforces: nothing is loaded from, or sent to, anywhere else, but for the SAMP hub of this machine (samp.js), which
    // gets addresses alone. Inline styles are the frame's and the charts'; scripts are never inline.
    private const string OnlyHere =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self' http://localhost:21012 http://127.0.0.1:21012; form-action 'self'; frame-ancestors 'none'; base-uri 'self'";

    public static void AddTo(IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(o => o.DisconnectedCircuitMaxRetained = 50);
        services.AddScoped<AuthenticationStateProvider, PageAuthentication>();
        services.AddScoped<PageAccess>();
        services.AddScoped<LedgerChanges>();
        services.AddMudServices();
        services.AddSingleton<PictureStore>();
        services.AddSingleton<PageJobs>();
        services.AddSingleton<KeptUploads>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, PageNegotiationPolicy>());
    }

    /// <summary>Whether a browser asks, for a page.</summary>
    public static bool WantsPage(HttpRequest request) => PageNegotiationPolicy.WantsPage(request);

    /// <summary>After routing: a person at an address that does not exist gets a page, and pages check the token of their forms.</summary>
    public static void Use(IApplicationBuilder app)
    {
        // A page whose connection is closed because the server stops asks for another at once. Nobody would close that one, and it would
        // end when what it needs is gone.
        var stopping = app.ApplicationServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        app.Use(
            (context, next) =>
            {
                if (!stopping.IsCancellationRequested || !context.Request.Path.StartsWithSegments("/_blazor"))
                    return next(context);
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }
        );
        app.Use(
            (context, next) =>
            {
                if (
                    context.GetEndpoint() is null
                    && HttpMethods.IsGet(context.Request.Method)
                    && PageNegotiationPolicy.WantsPage(context.Request)
                )
                {
                    context.SetEndpoint(
                        context
                            .RequestServices.GetRequiredService<EndpointDataSource>()
                            .Endpoints.First(e => e.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type == typeof(Pages.NotFound))
                    );
                    // Only when the page is on its way: Blazor leaves out the body of a page that is not found.
                    context.Response.OnStarting(() =>
                    {
                        context.Response.StatusCode = StatusCodes.Status404NotFound;
                        return Task.CompletedTask;
                    });
                }
                return next(context);
            }
        );
        app.UseAntiforgery();
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        ArgumentNullException.ThrowIfNull(routes);
        DashboardAssets.Map(routes);
        routes
            .MapGet(
                "/jobs/{id:guid}/file",
                (Guid id, PageJobs jobs) =>
                    jobs.Find(id) is { File: { } file } ? Results.File(file, "application/zip", Path.GetFileName(file)) : Results.NotFound()
            )
            .ExcludeFromDescription();
        var pages = routes.MapRazorComponents<App>().AddInteractiveServerRenderMode(o => o.ContentSecurityFrameAncestorsPolicy = null);
        // A circuit lives as long as its page is open.
        pages.DisableRequestTimeout();
        pages.Finally(endpoint =>
        {
            if (!endpoint.Metadata.OfType<ComponentTypeMetadata>().Any() || endpoint.RequestDelegate is not { } render)
                return;
            // What is changed on a page goes over its connection: a page takes no forms. What is posted to its address is for the route
            // of the API that has it, too.
            foreach (var methods in endpoint.Metadata.OfType<HttpMethodMetadata>().ToList())
                endpoint.Metadata.Remove(methods);
            endpoint.Metadata.Add(new HttpMethodMetadata([HttpMethods.Get]));
            endpoint.RequestDelegate = context =>
            {
                context.Response.Headers.ContentSecurityPolicy = OnlyHere;
                context.Response.Headers.CacheControl = "no-store";
                context.Response.Headers.XContentTypeOptions = "nosniff";
                context.Response.Headers["Referrer-Policy"] = "same-origin";
                return render(context);
            };
        });
    }
}
