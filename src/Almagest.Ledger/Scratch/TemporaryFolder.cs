using Almagest.Contract.Errors;

namespace Almagest.Ledger.Scratch;

/// <summary>What is wrong with the folder for temporary files, in words for whoever set it.</summary>
public static class TemporaryFolder
{
    private const string Variable = "TMPDIR";

    /// <summary>Of the folders of this program; null = files can be made there.</summary>
    public static LedgerException? Trouble() => Trouble(ScratchRoom.Folder) ?? Trouble(Path.GetTempPath());

    internal static LedgerException? Trouble(string folder, Exception? inner = null)
    {
        var why =
            File.Exists(folder.TrimEnd('/', '\\')) ? "is a file"
            : !Directory.Exists(folder) ? "is not there"
            : IsWritable(folder) ? null
            : "cannot be written to";
        return why is null
            ? null
            : LedgerException.Of(
                ErrorCode.TemporaryFolderUnusable,
                $"the folder for temporary files, {folder}, {why}",
                Environment.GetEnvironmentVariable(Variable) is { Length: > 0 }
                    ? $"{Variable} names it: let it name a folder that this account can write to."
                    : $"Let {Variable} name a folder that this account can write to.",
                inner: inner
            );
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            using var file = new FileStream(
                Path.Combine(folder, $"almagest-{Guid.NewGuid():N}.tmp"),
                FileMode.CreateNew,
                FileAccess.Write,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
            return true;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException e)
        {
            // A disk that is full is another matter, and said elsewhere.
            return !IsReadOnly(e);
        }
    }

    // EROFS, in the numbers of Linux and macOS: .NET has no exception of its own for it.
    private static bool IsReadOnly(IOException e) => !OperatingSystem.IsWindows() && (e.HResult & 0xFFFF) == 30;
}
