using Almagest.Dashboard.Access;
using Almagest.Dashboard.Hosting;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Almagest.Server.Access;

/// <summary>A person's way in: a token pasted into a page becomes a cookie. And out again.</summary>
internal static class SignInRoutes
{
    private const string Scheme = CookieAuthenticationDefaults.AuthenticationScheme;

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/sign-in", ShowAsync).WithName("showSignIn").ExcludeFromDescription();
        app.MapPost("/sign-in", SignInAsync).WithName("signIn").ExcludeFromDescription();
        app.MapPost("/sign-out", SignOutAsync).WithName("signOut").ExcludeFromDescription();
        app.MapGet("/sign", Sign).WithName("signAddress").ExcludeFromDescription();
    }

    private static Task ShowAsync(HttpContext context) => SignInPage.WriteAsync(context, Local(context.Request.Query["return_to"]), null);

    private static async Task SignInAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
            throw new HttpProblemException(StatusCodes.Status415UnsupportedMediaType, "the body is not a form", "Use the page /sign-in.");
        var form = await ReadAsync(context);
        var back = Local(form["return_to"]);
        var token = form["token"].ToString().Trim();
        var person =
            token.Length == 0
                ? null
                : await context
                    .RequestServices.GetRequiredService<TokenVerifier>()
                    .VerifyAsync(token, context.Connection.RemoteIpAddress, context.RequestAborted);
        if (person is null)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            await SignInPage.WriteAsync(context, back, "The token is not valid: it is mistyped, has expired, or was revoked.");
            return;
        }
        await context.SignInAsync(Scheme, person.ToPrincipal(Scheme), new AuthenticationProperties { IsPersistent = true });
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = back;
    }

    private static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw new HttpProblemException(StatusCodes.Status400BadRequest, "the form cannot be read", "Use the page /sign-in.");
        }
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        await context.SignOutAsync(Scheme);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "/sign-in";
    }

    /// <summary>The address of a table for another program, signed where that program would not be let in by itself.</summary>
    private static IResult Sign(HttpContext context)
    {
        // Whoever has one signed address is not to sign others with it, for as long as they like.
        if (SignedAddresses.Has(context.Request))
            throw new HttpProblemException(
                StatusCodes.Status403Forbidden,
                "a signed address signs no other",
                "Sign it from a page, or with a token."
            );
        var address = Local(context.Request.Query["address"]);
        if (Person.Of(context.User) is { Way: WayIn.Token or WayIn.Proxy } person)
            address = context.RequestServices.GetRequiredService<SignedAddresses>().Sign(address, person);
        context.Response.Headers.CacheControl = "no-store";
        var request = context.Request;
        return Results.Text($"{request.Scheme}://{request.Host}{request.PathBase}{address}");
    }

    /// <summary>An address of this server, below its path base: whatever else is asked for becomes its front page.</summary>
    internal static string Local(string? address) =>
        address is ['/', ..]
        && !(address.Length > 1 && address[1] is '/' or '\\')
        && !address.Any(c => char.IsControl(c) || c is '\\')
        && Uri.IsWellFormedUriString(address, UriKind.Relative)
            ? address
            : "/";
}
