namespace Almagest.Postgres;

/// <summary>
/// The operating-system account that the server runs under: the user, or, because PostgreSQL refuses to run as root,
/// an unprivileged account chosen for root.
/// </summary>
/// <param name="Name">The login name.</param>
/// <param name="UserId">The user id.</param>
/// <param name="GroupId">The primary group id.</param>
/// <param name="IsOther">Whether commands have to change to this account first.</param>
internal sealed record ServerAccount(string Name, uint UserId, uint GroupId, bool IsOther)
{
    /// <summary>The account of files that <paramref name="facts"/> describes.</summary>
    public static ServerAccount OfOwner(FileStatus facts)
    {
        if (!Native.IsRoot)
            return Current();
        return (facts.Owner != 0 ? Of(Native.UserById(facts.Owner)) : null) ?? Unprivileged();
    }

    private static ServerAccount Current()
    {
        var id = Native.EffectiveUser();
        return Of(Native.UserById(id))
            ?? throw new PostgresServerException(
                $"The user id {id} has no name in the system's list of users, and PostgreSQL does not run without one.",
                "Run as a user that `getent passwd` lists (in a container: one that its /etc/passwd has)."
            )
            {
                Code = PostgresServerException.NotPossibleHere,
            };
    }

    private static ServerAccount Unprivileged() =>
        Of(Native.UserByName("postgres"))
        ?? Of(Native.UserByName("nobody"))
        ?? throw new PostgresServerException(
            "PostgreSQL refuses to run as root, and the accounts postgres and nobody, under which it could run, are both missing.",
            "Create one (useradd --system postgres), or run as an ordinary user."
        );

    private static ServerAccount? Of(UserEntry? entry) =>
        entry is { } user ? new ServerAccount(user.Name, user.Id, user.Group, user.Id != Native.EffectiveUser()) : null;

    /// <summary>The command as this account runs it.</summary>
    public IReadOnlyList<string> Command(params IReadOnlyList<string> command) =>
        IsOther ? ["setpriv", $"--reuid={UserId}", $"--regid={GroupId}", "--init-groups", "--", .. command] : command;

    /// <summary>Whether the account can enter a directory, whatever gives or denies it the right.</summary>
    public async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken)
    {
        var result = await HostProcess
            .RunAsync(Command("test", "-x", directory), cancellationToken: cancellationToken)
            .ConfigureAwait(false);
        return result.ExitCode switch
        {
            0 => true,
            1 => false,
            _ => throw new PostgresServerException(
                $"Cannot run programs as {Name}: {result.Text}",
                "Run as an ordinary user, or as a root that may change to other accounts."
            ),
        };
    }
}
