using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Access;

/// <summary>Puts the question who asks, and whether they may, before every route.</summary>
internal static class AccessSetup
{
    private static readonly TimeSpan s_signedIn = TimeSpan.FromDays(14);

    public static void AddTo(IServiceCollection services)
    {
        services.AddSingleton<TokenVerifier>();
        services.AddSingleton<SignedAddresses>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<IXmlRepository, KeyRepository>();
        services.AddDataProtection().SetApplicationName("almagest");
        services.AddOptions<KeyManagementOptions>().Configure<IXmlRepository>((keys, repository) => keys.XmlRepository = repository);
        services
            .AddAuthentication(AccessHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessHandler>(AccessHandler.SchemeName, null)
            .AddCookie(o =>
            {
                o.Cookie.Name = "almagest";
                o.Cookie.HttpOnly = true;
                // Lax, not Strict: a link in a mail leads to the page, not to the sign-in. Changes are guarded by their Origin.
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.ExpireTimeSpan = s_signedIn;
            });
        services.AddSingleton<IAuthorizationHandler, ScopeCheck>();
        // Of everything that does not say otherwise, and nothing does: what is needed is in RouteScopes.
        services
            .AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new ScopeRequirement()).Build());
    }

    /// <summary>Before anything else looks at a request: from where it comes, and the headers of proxies that are trusted.</summary>
    public static void UseOrigin(IApplicationBuilder app, ServerOptions options)
    {
        app.Use(
            (context, next) =>
            {
                context.Features.Set(RequestOrigin.Read(context, options.TrustedProxies));
                return next(context);
            }
        );
        if (options.TrustedProxies.Count == 0)
            return;
        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor
                | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost
                | ForwardedHeaders.XForwardedPrefix,
            // As many proxies behind each other as are trusted.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
            forwarded.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(forwarded);
        app.Use(
            (context, next) =>
            {
                if (context.Request.PathBase.HasValue)
                    context.Response.OnStarting(() => LeadBelow(context));
                return next(context);
            }
        );
    }

    // Routes lead to each other by their paths; to the client these are below the path that the proxy has for us.
    private static Task LeadBelow(HttpContext context)
    {
        if (context.Response.Headers.Location is [['/', not '/', ..] or "/"] and [{ } path])
            context.Response.Headers.Location = context.Request.PathBase.ToUriComponent() + path;
        return Task.CompletedTask;
    }

    /// <summary>After routing: who asks, and whether they may.</summary>
    public static void Use(IApplicationBuilder app)
    {
        app.UseAuthentication();
        app.Use(
            (context, next) =>
            {
                context.RequestServices.GetRequiredService<AuditLog>().Follow(context);
                return next(context);
            }
        );
        app.UseAuthorization();
    }

    private sealed class ScopeRequirement : IAuthorizationRequirement;

    private sealed class ScopeCheck : AuthorizationHandler<ScopeRequirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
        {
            var needed = context.Resource is HttpContext http ? RouteScopes.Of(http.GetEndpoint()) : AccessScope.Admin;
            if (needed is not { } scope || Person.Of(context.User) is { } person && person.May(scope))
                context.Succeed(requirement);
            return Task.CompletedTask;
        }
    }
}
