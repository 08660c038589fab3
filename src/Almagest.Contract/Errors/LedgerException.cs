namespace Almagest.Contract.Errors;

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

    /// <summary>What to do, for those who asked over HTTP and have no command line; null = <see cref="Hint"/> says it to them, too.</summary>
    public string? ApiHint { get; init; }

    /// <summary>The input field that was wrong, where there is one.</summary>
    public string? Field { get; init; }

    public static LedgerException Invalid(string field, string message, string? hint = null) =>
        new(LedgerErrorKind.Invalid, message, hint) { Field = field };

    public static LedgerException NotFound(string message, string? hint = null) => new(LedgerErrorKind.NotFound, message, hint);

    /// <param name="apiHint">what to do over HTTP, where that is something else</param>
    public static LedgerException Conflict(string message, string? hint = null, string? apiHint = null) => new(LedgerErrorKind.Conflict, message, hint) { ApiHint = apiHint };
}
