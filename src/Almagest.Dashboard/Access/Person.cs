using System.Security.Claims;
using Almagest.Ledger.Access;

namespace Almagest.Dashboard.Access;

/// <summary>How somebody was let in.</summary>
public enum WayIn
{
    /// <summary>From the account that runs the server, over loopback.</summary>
    Account,

    /// <summary>With a token, in a header or by the sign-in page.</summary>
    Token,

    /// <summary>Named by a proxy that is trusted.</summary>
    Proxy,

    /// <summary>As everybody, where reading is open.</summary>
    Anonymous,
}

/// <summary>Who asks, and what they may do.</summary>
/// <param name="Name">the token's, the account's or the proxy's name; null = everybody</param>
/// <param name="Token">hexadecimal SHA-256 of the token, where one let them in: by it, it is seen whether it still holds</param>
public sealed record Person(string? Name, AccessScope Scope, WayIn Way, string? Token = null)
{
    private const string ScopeClaim = "scope",
        WayClaim = "way",
        TokenClaim = "token",
        NameClaim = "name";

    /// <summary>Tells people apart whose names are equal: a token named as an account is not that account.</summary>
    public string Key => $"{Way}:{Name}";

    /// <summary>Who is said to have labelled or noted something: whoever has a token cannot be somebody else; the account may say for
    /// whom it writes.</summary>
    public string? By(string? said) => Way is WayIn.Token or WayIn.Proxy ? Name : said;

    public bool May(AccessScope needed) => Scope >= needed;

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var claims = new List<Claim> { new(ScopeClaim, Scope.Written()), new(WayClaim, Way.ToString()) };
        if (Name is not null)
            claims.Add(new Claim(NameClaim, Name));
        if (Token is not null)
            claims.Add(new Claim(TokenClaim, Token));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, NameClaim, null));
    }

    /// <summary>null where nobody was let in.</summary>
    public static Person? Of(ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true }
        && AccessScopes.Parse(principal.FindFirst(ScopeClaim)?.Value) is { } scope
        && Enum.TryParse<WayIn>(principal.FindFirst(WayClaim)?.Value, out var way)
            ? new Person(principal.FindFirst(NameClaim)?.Value, scope, way, principal.FindFirst(TokenClaim)?.Value)
            : null;
}
