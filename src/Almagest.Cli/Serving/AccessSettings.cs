using System.CommandLine;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Almagest.Cli.Shell;
using Almagest.Ledger.Access;
using Almagest.Server;

namespace Almagest.Cli.Serving;

/// <summary>Who is let in by a server, and how: options of <c>serve</c>.</summary>
internal sealed class AccessSettings
{
    private const int ShortestToken = 32;

    private readonly Option<string[]> _hosts = Several(
        "--allowed-host",
        "NAME",
        "A name that the server answers to, beside localhost, this machine's name and its addresses; may be repeated"
    );
    private readonly Option<string[]> _origins = Several(
        "--cors",
        "ORIGIN",
        "An origin whose web pages may ask this server, such as https://notebook.example.org; '*' = any; may be repeated"
    );
    private readonly Option<string?> _tokenFile = OptionFactory.Text(
        "--token-file",
        "FILE",
        $"A file that holds a first token of scope admin, at least {ShortestToken} characters (also: ALMAGEST_TOKEN_FILE)"
    );
    private readonly Option<string?> _anonymous = OptionFactory.Choice("--anonymous", "What everybody may do without a token", "read");
    private readonly Option<string[]> _proxies = Several(
        "--trusted-proxy",
        "CIDR",
        "Where a proxy asks from, such as 127.0.0.1 or 10.0.0.0/8: its X-Forwarded-For, -Proto, -Host and -Prefix are believed; may be "
            + "repeated"
    );
    private readonly Option<string?> _userHeader = OptionFactory.Text(
        "--user-header",
        "HEADER",
        "A header in which the trusted proxy names the user that it has let in"
    );
    private readonly Option<string?> _userScope = OptionFactory.Choice(
        "--user-scope",
        "What the users of --user-header may do (default read)",
        [.. AccessScopes.All]
    );
    private readonly Option<string?> _certificate = OptionFactory.Text(
        "--certificate",
        "FILE",
        "Serve HTTPS with this certificate: PEM, the chain after it, or PKCS #12 without a password"
    );
    private readonly Option<string?> _certificateKey = OptionFactory.Text(
        "--certificate-key",
        "FILE",
        "Its private key as PEM, where it is in another file"
    );

    public IEnumerable<Option> All =>
        [_hosts, _origins, _tokenFile, _anonymous, _proxies, _userHeader, _userScope, _certificate, _certificateKey];

    /// <summary>The server's options with what was said here.</summary>
    public Func<ServerOptions, ServerOptions> Read(ParseResult parsed)
    {
        var hosts = parsed.GetValue(_hosts) ?? [];
        foreach (var host in hosts)
            if (host.Contains('/', StringComparison.Ordinal) || Uri.CheckHostName(host.Trim('[', ']')) == UriHostNameType.Unknown)
                throw new UsageException(
                    $"'{host}' is not a name of a host",
                    "Write it alone, without http:// and port.",
                    "--allowed-host"
                );
        var origins = parsed.GetValue(_origins) ?? [];
        foreach (var origin in origins)
            if (!IsOrigin(origin))
                throw new UsageException(
                    $"'{origin}' is not an origin",
                    "Write scheme and host, and the port where it is not the usual one: https://notebook.example.org:8888.",
                    "--cors"
                );
        var proxies = (parsed.GetValue(_proxies) ?? []).Select(Network).ToList();
        var header = parsed.GetValue(_userHeader);
        if (header is not null && proxies.Count == 0)
            throw new UsageException(
                "--user-header lacks its --trusted-proxy",
                "Whoever can set the header is let in: name the proxy.",
                "--user-header"
            );
        if (parsed.GetValue(_userScope) is not null && header is null)
            throw new UsageException("--user-scope lacks its --user-header", "Name the header, too.", "--user-scope");
        var first = FirstToken(parsed.GetValue(_tokenFile));
        var (certificate, chain) = Certificate(parsed.GetValue(_certificate), parsed.GetValue(_certificateKey));
        var anonymous = parsed.GetValue(_anonymous) is not null;
        var scope = AccessScopes.Parse(parsed.GetValue(_userScope)) ?? AccessScope.Read;
        return options =>
            options with
            {
                AllowedHosts = hosts,
                CrossOrigins = origins,
                FirstToken = first,
                AnonymousReads = anonymous,
                TrustedProxies = proxies,
                UserHeader = header,
                UserScope = scope,
                Certificate = certificate,
                CertificateChain = chain,
            };
    }

    private static Option<string[]> Several(string name, string help, string description) =>
        new(name)
        {
            Description = description,
            HelpName = help,
            Arity = ArgumentArity.OneOrMore,
        };

    private static bool IsOrigin(string text) =>
        text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            && new[] { uri!.GetLeftPart(UriPartial.Authority), $"{uri.Scheme}://{uri.Host}:{uri.Port}" }.Contains(
                text,
                StringComparer.OrdinalIgnoreCase
            );

    private static IPNetwork Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
            return network;
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, 8 * address.GetAddressBytes().Length);
        throw new UsageException(
            $"'{text}' is not an address or a network",
            "Write for instance 127.0.0.1 or 10.0.0.0/8.",
            "--trusted-proxy"
        );
    }

    private static string? FirstToken(string? file)
    {
        if (string.IsNullOrWhiteSpace(file))
            return null;
        var token = ReadText(file, "--token-file").Trim();
        // Shorter ones can be guessed; a space in it is no token but a sentence.
        return token.Length >= ShortestToken && !token.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
            ? token
            : throw new UsageException(
                $"{file} does not hold a token: one word of at least {ShortestToken} characters",
                $"Make one: openssl rand -hex 32 > {file}",
                "--token-file"
            );
    }

    private static (X509Certificate2?, X509Certificate2Collection?) Certificate(string? file, string? key)
    {
        if (file is null)
            return key is null
                ? (null, null)
                : throw new UsageException("--certificate-key lacks its --certificate", "Name the certificate, too.", "--certificate-key");
        try
        {
            var text = File.ReadAllBytes(file);
            if (!text.AsSpan().StartsWith("-----BEGIN"u8) && text.AsSpan().IndexOf("-----BEGIN CERTIFICATE"u8) < 0)
                return (X509CertificateLoader.LoadPkcs12(text, null), null);
            using var read = X509Certificate2.CreateFromPemFile(file, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            // Some systems serve only with a key that has been stored; a round trip through PKCS #12 makes it so.
            return (X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null), [.. chain.Skip(1)]);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new UsageException(
                $"the certificate cannot be used: {e.Message.TrimEnd('.')}",
                "--certificate names the certificate and --certificate-key its private key, both PEM and without a password.",
                "--certificate"
            );
        }
    }

    private static string ReadText(string file, string option)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UnreadableFile.Report(file, e, option);
        }
    }
}
