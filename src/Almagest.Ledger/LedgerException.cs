namespace Almagest.Ledger;

/// <summary>What kind of trouble, so that a route can answer 400, 404, 409 or 503 and a command 2 or 1.</summary>
public enum LedgerErrorKind
{
    Invalid,
    NotFound,
    Conflict,
    Unavailable,
}

/// <summary>An operation that the ledger refuses or cannot do. Message: what was wrong. Hint: what to do.</summary>
public sealed class LedgerException : Exception
{
    public LedgerException(LedgerErrorKind kind, string message, string? hint = null, Exception? inner = null) : base(message, inner)
    {
        Kind = kind;
        Hint = hint;
    }

    public LedgerErrorKind Kind { get; }

    public string? Hint { get; }

    /// <summary>The input field that was wrong, where there is one.</summary>
    public string? Field { get; init; }

    public static LedgerException Invalid(string field, string message, string? hint = null) =>
        new(LedgerErrorKind.Invalid, message, hint) { Field = field };

    public static LedgerException NotFound(string message, string? hint = null) => new(LedgerErrorKind.NotFound, message, hint);

    public static LedgerException Conflict(string message, string? hint = null) => new(LedgerErrorKind.Conflict, message, hint);
}
