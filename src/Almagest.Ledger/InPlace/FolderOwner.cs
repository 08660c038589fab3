using System.Text.Json;
using Almagest.Contract.Serialization;

namespace Almagest.Ledger.InPlace;

/// <summary>Whose folder of results it is: which run's, and which ledgers'. A ledger that was restored from another's backup has the same
/// runs, and puts its name beside the other's: the files go with the last that has the run.</summary>
/// <param name="Ledger">that wrote it, by <see cref="LedgerOwner"/>; null where that could not be found out</param>
internal sealed record FolderOwner(string? Ledger, Guid RunId)
{
    /// <summary>Says whose folder it is. Programs that read Parquet pass over such names.</summary>
    private const string Marker = ".almagest.json";

    /// <summary>Ledgers that have the run, too.</summary>
    public IReadOnlyList<string>? Others { get; init; }

    /// <summary>All of them.</summary>
    public IEnumerable<string> Ledgers() => (Ledger is null ? [] : (string[])[Ledger]).Concat(Others ?? []).Distinct();

    /// <summary>Null where the folder does not say it, or cannot be read.</summary>
    public static FolderOwner? Of(string folder)
    {
        try
        {
            return Parse(File.ReadAllText(Path.Combine(folder, Marker)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <exception cref="IOException">the disk has trouble</exception>
    /// <exception cref="UnauthorizedAccessException">the folder cannot be written to</exception>
    public Task WriteAsync(string folder, CancellationToken cancellationToken) =>
        File.WriteAllTextAsync(Path.Combine(folder, Marker), Text(), cancellationToken);

    /// <summary>Whether nothing is in the folder, or the beginning of what it is to say of itself: its writer was killed.</summary>
    public static bool IsUnwritten(string folder)
    {
        var entries = Directory.GetFileSystemEntries(folder);
        return entries.Length == 0 || (entries is [var one] && Path.GetFileName(one) == Marker && Of(folder) is null);
    }

    /// <summary>Puts a ledger's name beside the others.</summary>
    /// <returns>whether it is there</returns>
    public static bool Join(string folder, string ledger) =>
        Change(
            folder,
            owner =>
                owner.Ledgers().Contains(ledger) ? owner
                : owner.Ledger is null ? owner with { Ledger = ledger }
                : owner with { Others = [.. owner.Others ?? [], ledger] }
        );

    /// <summary>Has the folder be that ledger's alone.</summary>
    /// <returns>whether it is</returns>
    public static bool Take(string folder, string ledger, Guid run)
    {
        try
        {
            var path = Path.Combine(folder, Marker);
            if (File.Exists(path))
                return Change(folder, _ => new FolderOwner(ledger, run));
            File.WriteAllText(path, new FolderOwner(ledger, run).Text());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Takes a ledger's name away, and the folder with the last.</summary>
    /// <param name="gone">names of ledgers that are no more</param>
    /// <returns>whether the folder is gone</returns>
    public static bool Leave(string folder, string ledger, Func<string, bool> gone)
    {
        var last = false;
        var changed = Change(
            folder,
            owner =>
            {
                string[] left = [.. owner.Ledgers().Where(l => l != ledger && !gone(l))];
                last = left.Length == 0;
                if (!last)
                    return owner with { Ledger = left[0], Others = left.Length == 1 ? null : left[1..] };
                // While the marker is held: nobody puts a name on what is about to go.
                Directory.Delete(folder, recursive: true);
                return null;
            }
        );
        return changed && last;
    }

    /// <param name="change">what it is to say; null = nothing any more</param>
    /// <returns>false where the folder does not say whose it is, another is about to change it, or the disk has trouble</returns>
    private static bool Change(string folder, Func<FolderOwner, FolderOwner?> change)
    {
        try
        {
            // Held by one program at a time, so that no name is lost.
            var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            using var file = new FileStream(Path.Combine(folder, Marker), FileMode.Open, FileAccess.ReadWrite, share);
            using var reader = new StreamReader(file, leaveOpen: true);
            if (Parse(reader.ReadToEnd()) is not { } owner)
                return false;
            if (change(owner) is not { } changed || changed == owner)
                return true;
            file.SetLength(0);
            using var writer = new StreamWriter(file);
            writer.Write(changed.Text());
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private string Text() => JsonSerializer.Serialize(this, ContractJson.Options);

    private static FolderOwner? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<FolderOwner>(json, ContractJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
