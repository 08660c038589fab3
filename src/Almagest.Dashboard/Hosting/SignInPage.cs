using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Almagest.Dashboard.Hosting;

/// <summary>The page where a token is pasted. Plain HTML: without a right there is no connection for a page to live on.</summary>
public static class SignInPage
{
    /// <param name="returnTo">where to go afterwards, an address of this server</param>
    /// <param name="trouble">why the last try did not do; null = the first one</param>
    public static async Task WriteAsync(HttpContext context, string returnTo, string? trouble)
    {
        ArgumentNullException.ThrowIfNull(context);
        var response = context.Response;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        // Not no-referrer: a form would be sent with Origin "null", which is what a page of nobody sends.
        response.Headers["Referrer-Policy"] = "same-origin";
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; "
            + "base-uri 'self'";
        await response.WriteAsync(Html(context.Request.PathBase, returnTo, trouble), context.RequestAborted);
    }

    private static string Html(PathString root, string returnTo, string? trouble)
    {
        var encode = HtmlEncoder.Default;
        var said = trouble is null ? "" : $"""<p class="problem" role="alert">{encode.Encode(trouble)}</p>""";
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <base href="{encode.Encode(root.ToUriComponent())}/" />
                <title>Sign in · Almagest</title>
                <script src="{DashboardAssets.Url("theme.js")}"></script>
                <link rel="icon" type="image/svg+xml" href="{DashboardAssets.Url("favicon.svg")}" />
                <link rel="stylesheet" href="{DashboardAssets.Url("almagest.css")}" />
            </head>
            <body class="sign-in">
                <main>
                    <h1>Sign in to Almagest</h1>
                    {said}
                    <form method="post" action="sign-in">
                        <input type="hidden" name="return_to" value="{encode.Encode(returnTo)}" />
                        <label>Token<input type="password" name="token" required autofocus autocomplete="current-password" /></label>
                        <button class="button" type="submit">Sign in</button>
                    </form>
                    <p class="muted">A token comes from whoever runs this server: <code>almagest tokens create NAME</code></p>
                </main>
            </body>
            </html>
            """;
    }
}
