using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Almagest.Ledger.Access;

/// <summary>Tokens as they are shown once, and as they are kept.</summary>
public static class TokenText
{
    /// <summary>By this, searches for leaked secrets know one.</summary>
    private const string Prefix = "almagest_";

    /// <summary>A new token: 256 random bits.</summary>
    public static string Create() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is kept of a token: 32 bytes.</summary>
    public static byte[] Hash(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }
}
