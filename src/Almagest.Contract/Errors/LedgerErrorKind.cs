namespace Almagest.Contract.Errors;

/// <summary>What kind of trouble, so that a route can answer 400, 403, 404, 409 or 503 and a command 2 or 1.</summary>
public enum LedgerErrorKind
{
    Invalid,
    NotFound,
    Conflict,
    Forbidden,
    Unavailable,
}
