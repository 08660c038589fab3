using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Postgres;

/// <summary>
/// A lock that the kernel holds for an open file (<c>flock</c>) and drops with the process, however it ends. Child
/// processes do not inherit it. Two locks taken in one process exclude each other as those of two processes do.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan s_pollInterval = TimeSpan.FromMilliseconds(10);

    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or returns null when someone else's lock is in its way.</summary>
    public static FileLock? TryTake(string path, bool exclusive, FileStatus owner)
    {
        var file = Open(path, owner);
        if (TryLock(file, path, exclusive))
            return new FileLock(file);
        file.Dispose();
        return null;
    }

    /// <summary>Takes the lock, waiting until <paramref name="timeout"/>; null when the time is over.</summary>
    /// <param name="path">The lock file, created when missing.</param>
    /// <param name="exclusive">Alone, or together with other shared holders.</param>
    /// <param name="owner">Whose file it shall be when root creates it.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="onWait">Called once when the wait has lasted for two seconds.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<FileLock?> TakeAsync(
        string path,
        bool exclusive,
        FileStatus owner,
        TimeSpan timeout,
        Action? onWait,
        CancellationToken cancellationToken
    )
    {
        var file = Open(path, owner);
        try
        {
            var waited = System.Diagnostics.Stopwatch.StartNew();
            while (!TryLock(file, path, exclusive))
            {
                if (waited.Elapsed > timeout)
                {
                    file.Dispose();
                    return null;
                }

                if (waited.Elapsed > TimeSpan.FromSeconds(2) && onWait is not null)
                {
                    onWait();
                    onWait = null;
                }

                await Task.Delay(s_pollInterval, cancellationToken).ConfigureAwait(false);
            }

            return new FileLock(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Turns a shared lock into an exclusive one if nobody else holds the file; otherwise the lock may be lost.</summary>
    public bool TryMakeExclusive() => TryLock(_file, "", exclusive: true);

    public void Dispose() => _file.Dispose();

    private static SafeFileHandle Open(string path, FileStatus owner)
    {
        const int Flags = Native.OpenReadWrite | Native.OpenCreate | Native.OpenCloseOnExec | Native.OpenNoFollow;
        var file = Native.Open(
            path,
            Flags,
            0x180 /* rw for the owner */
        );
        if (file.IsInvalid)
            throw PathFailure.ToException(Marshal.GetLastPInvokeError(), "use", path);

        // Under sudo the home may be an ordinary user's: the lock must stay usable without sudo.
        if (Native.IsRoot && owner.Owner != 0)
            _ = Native.ChangeOwner(file, owner.Owner, owner.Group);
        return file;
    }

    private static bool TryLock(SafeFileHandle file, string path, bool exclusive)
    {
        var operation = (exclusive ? Native.LockExclusive : Native.LockShared) | Native.LockNonBlocking;
        while (Native.Lock(file, operation) != 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case Native.Interrupted:
                    continue;
                case Native.WouldBlock:
                    return false;
                default:
                    throw new PostgresServerException(
                        $"The file system of {path} does not support file locks: {Marshal.GetLastPInvokeErrorMessage()}.",
                        "Set ALMAGEST_HOME to a directory on a local disk."
                    );
            }
        }

        return true;
    }
}
