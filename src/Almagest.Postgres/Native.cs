using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Postgres;

/// <summary>The few Linux calls that .NET does not offer: locks, ownership and the effective user.</summary>
internal static partial class Native
{
    public const int OpenReadWrite = 0x2;
    public const int OpenCreate = 0x40;
    public const int OpenNoFollow = 0x20000;
    public const int OpenCloseOnExec = 0x80000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;

    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int WouldBlock = 11;
    public const int AccessDenied = 13;
    public const int NotDirectory = 20;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int QuotaExceeded = 122;
    private const int TooSmall = 34;

    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint BasicStatistics = 0x7ff;

    public static bool IsRoot => EffectiveUser() == 0;

    /// <summary>Owner, kind, permissions and identity of a file, or null where there is none that we may see.</summary>
    public static FileStatus? Stat(string path, bool follow = true)
    {
        Span<byte> buffer = stackalloc byte[256];
        if (StatX(CurrentDirectory, path, follow ? 0 : NoFollow, BasicStatistics, buffer) != 0)
            return null;

        // struct statx has the same layout on every architecture, unlike struct stat.
        var mode = MemoryMarshal.Read<ushort>(buffer[28..]);
        return new FileStatus(
            Owner: MemoryMarshal.Read<uint>(buffer[20..]),
            Group: MemoryMarshal.Read<uint>(buffer[24..]),
            IsDirectory: (mode & 0xF000) == 0x4000,
            IsRegular: (mode & 0xF000) == 0x8000,
            Permissions: mode & 0xFFF,
            Inode: MemoryMarshal.Read<ulong>(buffer[32..]),
            Device: ((ulong)MemoryMarshal.Read<uint>(buffer[136..]) << 32) | MemoryMarshal.Read<uint>(buffer[140..])
        );
    }

    /// <summary>A user of whatever lists the system has; null where none of them knows it.</summary>
    public static UserEntry? UserById(uint id) => User((entry, text, found) => PasswordById(id, entry, text, text.Length, found));

    /// <inheritdoc cref="UserById"/>
    public static UserEntry? UserByName(string name) => User((entry, text, found) => PasswordByName(name, entry, text, text.Length, found));

    // What lists say of a user has no largest size.
    private static UserEntry? User(Func<nint[], byte[], nint[], int> ask)
    {
        for (var size = 4096; ; size *= 4)
        {
            // struct passwd is two pointers, two numbers of 32 bits, three pointers.
            var (entry, text, found) = (GC.AllocateArray<nint>(8, pinned: true), GC.AllocateArray<byte>(size, pinned: true), new nint[1]);
            var error = ask(entry, text, found);
            if (error == TooSmall && size < 1 << 20)
                continue;
            if (error != 0 || found[0] == 0)
                return null;
            var ids = MemoryMarshal.AsBytes<nint>(entry.AsSpan(2));
            var user = new UserEntry(
                Marshal.PtrToStringUTF8(entry[0]) ?? "",
                MemoryMarshal.Read<uint>(ids),
                MemoryMarshal.Read<uint>(ids[4..])
            );
            // The name is in it.
            GC.KeepAlive(text);
            return user;
        }
    }

    [LibraryImport("libc", EntryPoint = "getpwuid_r")]
    private static partial int PasswordById(uint id, nint[] entry, byte[] text, nint size, [In, Out] nint[] found);

    [LibraryImport("libc", EntryPoint = "getpwnam_r", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int PasswordByName(string name, nint[] entry, byte[] text, nint size, [In, Out] nint[] found);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(SafeFileHandle file, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint owner, uint group);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> buffer);
}

/// <summary>A user as the system lists it.</summary>
internal readonly record struct UserEntry(string Name, uint Id, uint Group);

/// <param name="Owner">User id.</param>
/// <param name="Group">Group id.</param>
/// <param name="IsDirectory">Whether it is a directory.</param>
/// <param name="IsRegular">Whether it is a file that keeps what is written.</param>
/// <param name="Permissions">The twelve permission bits.</param>
/// <param name="Inode">With <paramref name="Device"/>: the identity of the file, whatever its path.</param>
/// <param name="Device">The file system.</param>
internal readonly record struct FileStatus(
    uint Owner,
    uint Group,
    bool IsDirectory,
    bool IsRegular,
    int Permissions,
    ulong Inode,
    ulong Device
)
{
    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;
}
