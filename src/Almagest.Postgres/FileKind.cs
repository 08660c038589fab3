namespace Almagest.Postgres;

/// <summary>What a path leads to, where that decides how it may be written.</summary>
public static class FileKind
{
    /// <summary>Whether a device, a pipe or a socket is there, links followed: such a thing is written into, and lost by whoever puts a
    /// file of the same name in its place.</summary>
    public static bool IsSpecial(string path) => Native.Stat(path) is { IsRegular: false, IsDirectory: false };

    /// <summary>The file that a path means: where a link leads, through all of them, also where nothing is yet.</summary>
    /// <exception cref="IOException">the links go in a circle</exception>
    public static string TargetOf(string path) =>
        new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName;
}
