using System.Text;

namespace Almagest.Postgres;

/// <summary>
/// Where a server is. The locks are in the home; the server's files are in <c>HOME/postgres</c>, or, where root's
/// unprivileged account cannot enter the home, in a directory under <c>/var/lib/almagest</c> that the file
/// <c>HOME/location</c> names.
/// </summary>
internal sealed class ServerLocation
{
    /// <summary>The longest path of a Unix socket, in bytes (<c>sun_path</c> without its terminator).</summary>
    private const int LongestSocketPath = 107;

    private ServerLocation(string home, FileStatus homeFacts, string directory)
    {
        Home = home;
        HomeFacts = homeFacts;
        Directory = directory;
    }

    public string Home { get; }

    public FileStatus HomeFacts { get; }

    /// <summary>The directory that the server's account owns; nobody else may enter it.</summary>
    public string Directory { get; }

    public string ControlLock => Path.Combine(Home, "control.lock");

    public string LeaseLock => Path.Combine(Home, "lease.lock");

    public string Data => Path.Combine(Directory, "data");

    public string Logs => Path.Combine(Directory, "log");

    /// <summary>What the server printed before it opened its log.</summary>
    public string StartLog => Path.Combine(Directory, "start.log");

    /// <summary>Whether complete data are there: creating them ends by renaming their directory to this name.</summary>
    public bool HasData => System.IO.Directory.Exists(Data);

    /// <summary>Creates the home if needed; the home is where the locks are, so that this comes before anything else.</summary>
    public static (string Home, FileStatus Facts) PrepareHome(string home)
    {
        home = Path.GetFullPath(home);
        if (Native.Stat(home) is { } existing)
        {
            return existing.IsDirectory ? (home, existing) : throw PathFailure.ToException(Native.NotDirectory, "use", home);
        }

        var missing = new Stack<string>();
        var parent = home;
        while (Native.Stat(parent) is null && Path.GetDirectoryName(parent) is { } above)
        {
            missing.Push(parent);
            parent = above;
        }

        var parentFacts = Native.Stat(parent) ?? throw PathFailure.ToException(Native.NoEntry, "create", home);
        if (!parentFacts.IsDirectory)
            throw PathFailure.ToException(Native.NotDirectory, "create", home);
        foreach (var directory in missing)
            CreateDirectory(directory, isHome: directory == home, parentFacts);
        return (home, Native.Stat(home) ?? throw PathFailure.ToException(Native.AccessDenied, "use", home));
    }

    /// <summary>Whether an earlier start has settled where the server's directory is.</summary>
    public static bool IsChosen(string home) => System.IO.Directory.Exists(InHome(home)) || File.Exists(Pointer(home));

    /// <summary>Finds the server's directory of a home, choosing one the first time. Needs the control lock.</summary>
    public static async Task<ServerLocation> LocateAsync(
        string home,
        FileStatus facts,
        EmbeddedServerOptions options,
        CancellationToken cancellationToken
    )
    {
        var inHome = InHome(home);
        var pointer = Pointer(home);
        if (System.IO.Directory.Exists(inHome))
            return new ServerLocation(home, facts, inHome);

        if (File.Exists(pointer))
        {
            var named = (await File.ReadAllTextAsync(pointer, cancellationToken).ConfigureAwait(false)).Trim();
            return System.IO.Directory.Exists(named)
                ? new ServerLocation(home, facts, named)
                : throw new PostgresServerException(
                    $"The file {pointer} says that the ledger is in {named}, and there is no such directory.",
                    $"Mount or restore {named}; or, to begin with an empty ledger, delete {pointer}."
                );
        }

        var account = ServerAccount.OfOwner(facts);
        if (!account.IsOther || await account.CanEnterAsync(home, cancellationToken).ConfigureAwait(false))
        {
            CreateServerDirectory(inHome, account);
            return new ServerLocation(home, facts, inHome);
        }

        // Found again by its name if the file that names it was lost with the home.
        var elsewhere = Path.Combine(options.SystemDirectory, Hash(home));
        options.Progress?.Invoke($"The account {account.Name} cannot enter {home}: the database is in {elsewhere}.");
        CreateDirectory(options.SystemDirectory, isHome: true, owner: default);
        if (!System.IO.Directory.Exists(elsewhere))
            CreateServerDirectory(elsewhere, account);
        WritePointer(pointer, elsewhere);
        return new ServerLocation(home, facts, elsewhere);
    }

    /// <summary>The account that owns the server's directory.</summary>
    public ServerAccount Account()
    {
        var facts = Native.Stat(Directory) ?? throw PathFailure.ToException(Native.AccessDenied, "enter", Directory);
        if (Native.IsRoot && facts.Owner == 0 && !HasData)
        {
            // An earlier attempt ended between making the directory and giving it away.
            var account = ServerAccount.OfOwner(HomeFacts);
            CreateServerDirectory(Directory, account);
            return account;
        }

        if (!Native.IsRoot && facts.Owner != Native.EffectiveUser())
        {
            throw new PostgresServerException(
                $"The database in {Directory} belongs to another user (id {facts.Owner}).",
                "Run as that user, or set ALMAGEST_HOME to a directory of your own."
            );
        }

        return ServerAccount.OfOwner(facts);
    }

    /// <summary>
    /// The directory of the socket: inside the server's directory, unless its path is too long for a socket or holds
    /// a character with a meaning in connection strings; then a private directory under <c>/tmp</c>, the same for
    /// every user of the server.
    /// </summary>
    public string SocketDirectory
    {
        get
        {
            var inside = Path.Combine(Directory, "run");
            var length = Encoding.UTF8.GetByteCount(Path.Combine(inside, SocketName));
            return length <= LongestSocketPath && inside.All(IsPlain) ? inside : ShortSocketDirectory;
        }
    }

    public bool HasShortSocketDirectory => SocketDirectory == ShortSocketDirectory;

    public string Socket => Path.Combine(SocketDirectory, SocketName);

    public const string SocketName = ".s.PGSQL.5432";

    private string ShortSocketDirectory => $"/tmp/almagest-{Native.Stat(Directory)?.Owner}-{Hash(Directory)}";

    /// <summary>
    /// Refuses a directory under <c>/tmp</c> that somebody else made under the name of ours: a false server there
    /// would receive what we write.
    /// </summary>
    /// <returns>Whether the directory exists.</returns>
    public bool CheckSocketDirectory()
    {
        if (!HasShortSocketDirectory)
            return System.IO.Directory.Exists(SocketDirectory);
        if (Native.Stat(SocketDirectory, follow: false) is not { } facts)
            return false;
        if (facts.IsDirectory && facts.Owner == Native.Stat(Directory)?.Owner && (facts.Permissions & 0x3F) == 0)
            return true;
        throw new PostgresServerException(
            $"The directory {SocketDirectory}, which the database needs for its socket, is not its own: somebody else has made it or "
                + $"opened it to others.",
            $"Remove it, or set ALMAGEST_HOME to a path shorter than {LongestSocketPath - 30} bytes in plain letters."
        );
    }

    private static string InHome(string home) => Path.Combine(home, "postgres");

    private static string Pointer(string home) => Path.Combine(home, "location");

    private static bool IsPlain(char c) => char.IsLetterOrDigit(c) || c is '/' or '_' or '-' or '.' or ' ';

    private static void CreateDirectory(string path, bool isHome, FileStatus owner)
    {
        // Root's account has to pass through the home to its own directory, which nobody else may enter.
        const UnixFileMode All = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode Pass = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        const UnixFileMode Read = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        var mode =
            !isHome ? All | Pass | Read
            : Native.IsRoot ? All | Pass
            : All;
        Make(path, mode);
        if (Native.IsRoot && owner.Owner != 0)
            _ = Native.ChangeOwner(path, owner.Owner, owner.Group);
    }

    private static void CreateServerDirectory(string path, ServerAccount account)
    {
        Make(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (account.IsOther && Native.ChangeOwner(path, account.UserId, account.GroupId) != 0)
        {
            throw PathFailure.ToException(System.Runtime.InteropServices.Marshal.GetLastPInvokeError(), $"give to {account.Name}", path);
        }
    }

    private static void WritePointer(string pointer, string directory)
    {
        try
        {
            File.WriteAllText(pointer, directory + "\n");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PathFailure.ToException(error, "write", pointer);
        }
    }

    private static void Make(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        try
        {
            System.IO.Directory.CreateDirectory(path, mode);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw PathFailure.ToException(error, "create", path);
        }
    }

    /// <summary>
    /// A name for a path: FNV-1a, 64 bits. Not a cryptographic hash, which would need OpenSSL before PostgreSQL brings it.
    /// </summary>
    private static string Hash(string text)
    {
        var hash = 0xcbf29ce484222325UL;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
            hash = (hash ^ octet) * 0x100000001b3UL;
        return hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }
}
