using Almagest.Catalog;

namespace Almagest.Contract.Errors;

/// <summary>
/// An operation that the ledger refuses or cannot do: a code, what was wrong, and the facts. It names no option, command or route:
/// advice in such words is added where the error is shown (the catalogues of the command line and of HTTP, keyed by the code).
/// </summary>
public sealed class LedgerException : Exception
{
    private readonly Dictionary<string, object?> _facts = [];

    private LedgerException(ErrorCode code, string message, string? remedy, Exception? inner)
        : base(message, inner)
    {
        Code = code;
        Remedy = remedy;
    }

    public ErrorCode Code { get; }

    public LedgerErrorKind Kind => Code.Kind;

    /// <summary>What would be right, or what to do, in words that hold wherever the error is shown; null where the message says it
    /// all.</summary>
    public string? Remedy { get; }

    /// <summary>The input field that was wrong, where there is one.</summary>
    public string? Field { get; init; }

    /// <summary>Named values of the case; the code says which.</summary>
    public IReadOnlyDictionary<string, object?> Facts => _facts;

    /// <summary>An error of this code.</summary>
    public static LedgerException Of(ErrorCode code, string message, string? remedy = null, string? field = null, Exception? inner = null)
    {
        ArgumentNullException.ThrowIfNull(code);
        return new LedgerException(code, message, remedy, inner) { Field = field };
    }

    /// <summary>A field with a value outside what it takes.</summary>
    public static LedgerException Invalid(string field, string message, string? remedy = null) =>
        Of(ErrorCode.InvalidValue, message, remedy, field);

    /// <summary>A file that is not the catalogue that it was taken for.</summary>
    public static LedgerException Of(CatalogFormatException error, string? remedy, string? field = null)
    {
        ArgumentNullException.ThrowIfNull(error);
        var made = Of(ErrorCode.Find(error.Code) ?? ErrorCode.UnreadableCatalogue, error.Message, remedy, field, error);
        foreach (var (name, value) in error.Facts)
            made._facts[name] = value;
        return made;
    }

    /// <summary>The same error, of another field.</summary>
    public LedgerException Of(string field)
    {
        var made = Of(Code, Message, Remedy, field, this);
        foreach (var (name, value) in _facts)
            made._facts[name] = value;
        return made;
    }

    /// <summary>Adds a named value, for advice and for clients.</summary>
    public LedgerException With(string fact, object? value)
    {
        _facts[fact] = value;
        return this;
    }
}
