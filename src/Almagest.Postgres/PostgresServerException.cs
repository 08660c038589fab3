namespace Almagest.Postgres;

/// <summary>
/// The embedded PostgreSQL could not be installed, created, started or stopped. <see cref="Exception.Message"/> says
/// what went wrong and where; <see cref="Remedy"/> says what to do about it on the machine. Both are sentences for the user.
/// </summary>
public sealed class PostgresServerException : Exception
{
    /// <summary>It could run here and does not.</summary>
    public const string Failed = "server_failed";

    /// <summary>It cannot run here as things are: a server of the user's own can take its place.</summary>
    public const string NotPossibleHere = "server_not_possible_here";

    public PostgresServerException(string message, string remedy, Exception? inner = null)
        : base(message, inner) => Remedy = remedy;

    /// <summary>What the user can do, as one or two sentences; often a command of the system to copy, never an option of this
    /// program.</summary>
    public string Remedy { get; }

    /// <summary>What kind of trouble, by a name that stays.</summary>
    public string Code { get; init; } = Failed;

    public override string ToString() => $"{Message} {Remedy}{Environment.NewLine}{base.ToString()}";
}
