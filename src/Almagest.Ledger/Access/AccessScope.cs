namespace Almagest.Ledger.Access;

/// <summary>What somebody may do; each includes those before it.</summary>
public enum AccessScope
{
    /// <summary>See everything, ask and compare, with TAP jobs of one's own.</summary>
    Read = 1,

    /// <summary>Also load, start, label, note, refresh.</summary>
    Write = 2,

    /// <summary>Also delete datasets, runs and cross-matches.</summary>
    Admin = 3,
}

/// <summary>Scopes as they are written.</summary>
public static class AccessScopes
{
    public static IReadOnlyList<string> All { get; } = ["read", "write", "admin"];

    public static string Written(this AccessScope scope) => All[(int)scope - 1];

    /// <summary>null where it is none of them.</summary>
    public static AccessScope? Parse(string? text) =>
        text is not null && All.ToList().IndexOf(text) is var at and >= 0 ? (AccessScope)(at + 1) : null;
}
