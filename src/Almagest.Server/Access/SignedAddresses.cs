using System.Security.Cryptography;
using System.Text.Json;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Almagest.Server.Access;

/// <summary>
/// Addresses that whoever gets them may read once or twice in the next minutes: what a page hands to TOPCAT, which has no cookie of
/// the browser's. A signature holds for one path and query, for GET alone, and as long as the signer's own right.
/// </summary>
internal sealed class SignedAddresses(IDataProtectionProvider protection)
{
    /// <summary>The parameter that carries the signature.</summary>
    public const string Parameter = "signed";

    private static readonly TimeSpan s_holds = TimeSpan.FromMinutes(10);

    private readonly ITimeLimitedDataProtector _protector = protection
        .CreateProtector("Almagest.SignedAddresses")
        .ToTimeLimitedDataProtector();

    private sealed record Signature(string Address, string? Name, AccessScope Scope, WayIn Way, string? Token);

    /// <param name="address">path and query, below the path base</param>
    public string Sign(string address, Person person)
    {
        var signature = new Signature(Canonical(address), person.Name, person.Scope, person.Way, person.Token);
        return QueryHelpers.AddQueryString(address, Parameter, _protector.Protect(JsonSerializer.Serialize(signature), s_holds));
    }

    // The path as the server writes it: a proxy may have written it in another way than the page did.
    private static string Canonical(string address)
    {
        var query = address.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? address : address[..query];
        return PathString.FromUriComponent(path).ToUriComponent() + (query < 0 ? "" : address[query..]);
    }

    /// <summary>Whether a request was sent to a signed address.</summary>
    public static bool Has(HttpRequest request) => request.HttpContext.Items.ContainsKey(typeof(Signature));

    /// <summary>Takes the signature out of the query, so that the route sees what was signed.</summary>
    public static void Take(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || request.Query[Parameter] is not [{ Length: > 0 } text])
            return;
        // As it was written: the signature is of the very text.
        var parts = request.QueryString.Value!.TrimStart('?').Split('&');
        var rest = string.Join('&', parts.Where(p => !p.StartsWith(Parameter + "=", StringComparison.Ordinal)));
        request.QueryString = rest.Length == 0 ? QueryString.Empty : new QueryString("?" + rest);
        context.Items[typeof(Signature)] = text;
    }

    /// <summary>Who signed the request's address; null where nobody did, or too long ago.</summary>
    public Person? Open(HttpRequest request)
    {
        try
        {
            var text = _protector.Unprotect((string)request.HttpContext.Items[typeof(Signature)]!);
            var signature = JsonSerializer.Deserialize<Signature>(text)!;
            return signature.Address == request.Path.ToUriComponent() + request.QueryString.Value
                ? new Person(signature.Name, signature.Scope, signature.Way, signature.Token)
                : null;
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }
}
