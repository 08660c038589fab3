using System.Runtime.InteropServices;

namespace Almagest.Postgres;

/// <summary>Turns an error of the file system into a sentence that says what to do.</summary>
internal static class PathFailure
{
    public static PostgresServerException ToException(int errno, string verb, string path, Exception? inner = null)
    {
        var (why, hint) = errno switch
        {
            Native.NoSpace => ("the disk is full", DiskFullHint),
            Native.QuotaExceeded => ("your disk quota is used up", DiskFullHint),
            Native.ReadOnlyFileSystem => ("the file system is read-only", ReadOnlyHint),
            Native.AccessDenied or 1 => ("permission denied", PermissionHint(path)),
            Native.NotDirectory or 17 => (
                "a part of the path is a file, not a directory",
                "Move that file away, or set ALMAGEST_HOME to another directory."
            ),
            Native.NoEntry => ("a part of the path is missing", "Set ALMAGEST_HOME to a directory that can be created."),
            _ => (Marshal.GetPInvokeErrorMessage(errno), "Set ALMAGEST_HOME to a directory on a local disk that you can write to."),
        };
        return new PostgresServerException($"Cannot {verb} {path}: {why}.", hint, inner);
    }

    /// <summary>Wraps what the file classes of .NET throw.</summary>
    public static PostgresServerException ToException(Exception error, string verb, string path) =>
        error switch
        {
            UnauthorizedAccessException => ToException(Native.AccessDenied, verb, path, error),
            IOException when error.HResult is > 0 and < 4096 => ToException(error.HResult, verb, path, error),
            _ => new PostgresServerException(
                $"Cannot {verb} {path}: {error.Message}",
                "Set ALMAGEST_HOME to a directory on a local disk that you can write to.",
                error
            ),
        };

    public const string DiskFullHint = "Free some space on that disk, or set ALMAGEST_HOME to a directory on another one.";

    public const string ReadOnlyHint =
        "Make it writable (a disk that Linux made read-only after an error needs fsck), or set ALMAGEST_HOME to a directory that can "
        + "be written to.";

    public static string PermissionHint(string path) =>
        $"Give {Environment.UserName} the ownership of it (ls -ld {Quote(path)} shows whose it is), or set ALMAGEST_HOME to a "
        + $"directory of your own.";

    private static string Quote(string path) => "'" + path.Replace("'", @"'\''", StringComparison.Ordinal) + "'";
}
