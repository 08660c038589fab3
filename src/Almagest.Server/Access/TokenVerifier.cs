using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Almagest.Server.Http;
using Microsoft.AspNetCore.Http;

namespace Almagest.Server.Access;

/// <summary>
/// Says whose a token is. What the ledger said is remembered for a while, and, while the database does not answer, for a quarter of an
/// hour: so that an operator sees the metrics just then. Wrong tokens of one address are limited in rate. Thread-safe.
/// </summary>
internal sealed class TokenVerifier(ServerOptions options) : IDisposable
{
    private const int MostRemembered = 10_000,
        TriesAMinute = 10;

    /// <summary>Of the token that the server was started with, in what is labelled with it.</summary>
    private const string FirstName = "first";

    private static readonly TimeSpan s_rememberedWithoutDatabase = TimeSpan.FromMinutes(15);

    private readonly AccessTokens _tokens = new(options.Ledger);
    private readonly ConcurrentDictionary<string, Known> _known = new();
    private readonly byte[]? _first = options.FirstToken is { } first ? TokenText.Hash(first) : null;
    private readonly PartitionedRateLimiter<string> _limiter = PartitionedRateLimiter.Create<string, string>(client =>
        RateLimitPartition.GetFixedWindowLimiter(
            client,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = TriesAMinute, Window = TimeSpan.FromMinutes(1) }
        )
    );

    private sealed record Known(Person Person, DateTime At, DateTime? ExpiresAt);

    /// <summary>Whose a token is that somebody sends; null where it is not valid.</summary>
    /// <exception cref="HttpProblemException">too many wrong ones came from there</exception>
    /// <exception cref="LedgerException">the database does not answer</exception>
    public async Task<Person?> VerifyAsync(string token, IPAddress? client, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(TokenText.Hash(token));
        if (Remembered(hash, options.TokensRemembered) is { } known)
            return known;
        var from = Partition(client);
        using (var left = _limiter.AttemptAcquire(from, 0))
        {
            if (!left.IsAcquired)
                throw new HttpProblemException(
                    StatusCodes.Status429TooManyRequests,
                    "too many wrong tokens came from this address",
                    "Wait a minute, then send the right one."
                );
        }
        var person = await FindAsync(hash, cancellationToken);
        if (person is null)
            _limiter.AttemptAcquire(from).Dispose();
        return person;
    }

    /// <summary>Whose the token of this hash is, if it still holds: of a cookie, a signed address, an open page.</summary>
    /// <exception cref="LedgerException">the database does not answer</exception>
    public async Task<Person?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        if (Remembered(hash, options.TokensRemembered) is { } known)
            return known;
        var bytes = Convert.FromHexString(hash);
        if (_first is not null && CryptographicOperations.FixedTimeEquals(bytes, _first))
            return new Person(FirstName, AccessScope.Admin, WayIn.Token, hash);
        try
        {
            var found = await _tokens.FindAsync(bytes, cancellationToken);
            if (found is null)
            {
                _known.TryRemove(hash, out _);
                return null;
            }
            var person = new Person(found.Name, AccessScopes.Parse(found.Scope)!.Value, WayIn.Token, hash);
            if (_known.Count >= MostRemembered)
                _known.Clear();
            _known[hash] = new Known(person, DateTime.UtcNow, found.ExpiresAt);
            return person;
        }
        catch (LedgerException e)
            when (e.Kind == LedgerErrorKind.Unavailable && Remembered(hash, s_rememberedWithoutDatabase) is { } before)
        {
            return before;
        }
    }

    public void Dispose() => _limiter.Dispose();

    private Person? Remembered(string hash, TimeSpan time) =>
        _known.TryGetValue(hash, out var known) && DateTime.UtcNow - known.At < time && !(known.ExpiresAt <= DateTime.UtcNow)
            ? known.Person
            : null;

    // A machine has a whole /64 of IPv6 to itself.
    private static string Partition(IPAddress? client) =>
        client is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false }
            ? Convert.ToHexString(client.GetAddressBytes().AsSpan(0, 8))
            : (client?.IsIPv4MappedToIPv6 == true ? client.MapToIPv4() : client)?.ToString() ?? "";
}
