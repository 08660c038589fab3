using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>Who is let in from elsewhere. The token itself is not kept.</summary>
public sealed class AccessToken
{
    /// <summary>Whose it is: the "by" of what is done with it.</summary>
    public required string Name { get; set; }

    /// <summary><c>read</c>, <c>write</c> or <c>admin</c>.</summary>
    public required string Scope { get; set; }

    /// <summary>SHA-256 of the token, 32 bytes. A token has 256 random bits: no salt and no slow hash would add to that.</summary>
    public required byte[] TokenHash { get; set; }

    public DateTime CreatedAt { get; set; }

    /// <summary>From then on it is not valid; null = it does not expire.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>To the hour; null = not used yet.</summary>
    public DateTime? LastUsedAt { get; set; }
}

/// <summary>A key by which the servers of this ledger sign and encrypt cookies: shared by a fleet, kept over restarts.</summary>
public sealed class DataProtectionKey
{
    public required string Name { get; set; }

    public required string Xml { get; set; }

    public DateTime CreatedAt { get; set; }
}

internal static class AccessModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<AccessToken>(e =>
        {
            e.ToTable(
                "access_tokens",
                t =>
                {
                    t.HasCheckConstraint("ck_access_tokens_scope", "scope in ('read', 'write', 'admin')");
                    t.HasCheckConstraint("ck_access_tokens_token_hash", "length(token_hash) = 32");
                }
            );
            e.HasKey(t => t.Name);
            e.HasIndex(t => t.TokenHash).IsUnique();
            e.Property(t => t.CreatedAt).HasDefaultValueSql("now()");
        });

        model.Entity<DataProtectionKey>(e =>
        {
            e.ToTable("data_protection_keys");
            e.HasKey(k => k.Name);
            e.Property(k => k.CreatedAt).HasDefaultValueSql("now()");
        });
    }
}
