namespace Almagest.Postgres;

/// <summary>
/// The embedded PostgreSQL could not be installed, created, started or stopped. <see cref="Exception.Message"/> says
/// what went wrong and where; <see cref="Hint"/> says what to do about it. Both are sentences for the user.
/// </summary>
public sealed class PostgresServerException : Exception
{
    public PostgresServerException(string message, string hint, Exception? inner = null)
        : base(message, inner) => Hint = hint;

    /// <summary>What the user can do, as one or two sentences; often a command to copy.</summary>
    public string Hint { get; }

    public override string ToString() => $"{Message} {Hint}{Environment.NewLine}{base.ToString()}";
}
