using System.Net.Http.Headers;
using System.Text;
using System.Text.Encodings.Web;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Hosting;
using Almagest.Ledger.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Almagest.Server.Access;

/// <summary>
/// Finds out who asks, from what is said most expressly to what is known anyway: a token in the request, a signed address, the cookie of
/// the sign-in page, a trusted proxy's header, the account at the other end of a loopback connection, everybody where reading is open.
/// </summary>
internal sealed class AccessHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> monitor,
    ILoggerFactory logging,
    UrlEncoder encoder,
    ServerOptions options,
    TokenVerifier tokens,
    SignedAddresses addresses
) : AuthenticationHandler<AuthenticationSchemeOptions>(monitor, logging, encoder)
{
    public const string SchemeName = "Almagest";
    private const int LongestName = 200;
    private const string Realm = "Almagest";

    /// <summary>Why a token that was sent lets nobody in.</summary>
    private const string Unknown = "the token is not valid: it is mistyped, has expired, or was revoked";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Probes of operators may send whatever they like, also while the database is away.
        if (RouteScopes.Of(Context.GetEndpoint()) is null)
            return AuthenticateResult.NoResult();
        if (Request.Headers.Authorization is { Count: > 0 } said)
        {
            var person = Token(said.ToString()) is { } token
                ? await tokens.VerifyAsync(token, Context.Connection.RemoteIpAddress, Context.RequestAborted)
                : null;
            return person is null ? AuthenticateResult.Fail(Unknown) : Success(person);
        }
        if (SignedAddresses.Has(Request))
        {
            var person = addresses.Open(Request) is { } signer ? await StillAsync(signer) : null;
            return person is null ? AuthenticateResult.Fail("the signed address does not hold any more") : Success(Reader(person));
        }
        var cookie = await Context.AuthenticateAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        if (Person.Of(cookie.Principal) is { } signedIn && await StillAsync(signedIn) is { } still)
            return Success(still);
        var origin = RequestOrigin.Of(Context);
        if (origin.IsTrustedProxy && NamedByProxy() is { } named)
            return Success(named);
        if (origin.IsOwnAccount)
            return Success(new Person(Environment.UserName, AccessScope.Admin, WayIn.Account));
        return options.AnonymousReads ? Success(new Person(null, AccessScope.Read, WayIn.Anonymous)) : AuthenticateResult.NoResult();
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && DashboardHosting.WantsPage(Request))
        {
            Response.Redirect($"/sign-in?return_to={Uri.EscapeDataString($"{Request.Path}{Request.QueryString}")}");
            return;
        }
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure?.Message;
        Response.Headers.WWWAuthenticate = new[] { $"Bearer realm=\"{Realm}\"", $"Basic realm=\"{Realm}\", charset=\"UTF-8\"" };
        await Problem
            .Of(
                Context,
                StatusCodes.Status401Unauthorized,
                failure ?? "this server wants to know who asks",
                "Send the header 'Authorization: Bearer TOKEN', or any user name with the token as password. Whoever runs "
                    + "the server makes one: almagest tokens create NAME"
            )
            .WriteAsync(Response);
    }

    protected override async Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        var (person, needed) = (Person.Of(Context.User), RouteScopes.Of(Context.GetEndpoint()));
        // Everybody may read; whoever wants more is to say who it is.
        if (person is null or { Way: WayIn.Anonymous })
        {
            await HandleChallengeAsync(properties);
            return;
        }
        await Problem
            .Of(
                Context,
                LedgerException
                    .Of(
                        ErrorCode.NotAllowed,
                        $"this needs the scope {needed?.Written()}, and yours is {person.Scope.Written()}",
                        "Ask an administrator for a token of that scope."
                    )
                    .With("scope", needed?.Written())
            )
            .WriteAsync(Response);
    }

    /// <summary>Bearer has the token itself, Basic as its password: programs such as TOPCAT ask for a name and a password.</summary>
    internal static string? Token(string header)
    {
        if (!AuthenticationHeaderValue.TryParse(header, out var said) || said.Parameter is not { Length: > 0 } value)
            return null;
        if (said.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            return value;
        if (!said.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            return null;
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out var length))
            return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }

    private static AuthenticateResult Success(Person person) =>
        AuthenticateResult.Success(new AuthenticationTicket(person.ToPrincipal(SchemeName), SchemeName));

    // With the scope that the token has now.
    private async Task<Person?> StillAsync(Person person) =>
        person.Token is { } hash ? await tokens.FindAsync(hash, Context.RequestAborted) : person;

    private static Person Reader(Person person) => person with { Scope = AccessScope.Read };

    private Person? NamedByProxy() =>
        options.UserHeader is { } header
        && Request.Headers[header] is [{ Length: > 0 and <= LongestName } name]
        && !name.Any(char.IsControl)
            ? new Person(name, options.UserScope, WayIn.Proxy)
            : null;
}
