using Almagest.Contract.Errors;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.InPlace;

/// <summary>
/// The folder of a run's results while they are written: under a name of its own, so that nobody takes them for whole, and under the run's
/// when they are. Disposing removes what was not kept.
/// </summary>
public sealed class ResultFolder : IDisposable
{
    private readonly string? _owner;
    private bool _kept;

    private ResultFolder(string partial, string path, string? owner) => (Partial, Path, _owner) = (partial, path, owner);

    /// <summary>Where it is written.</summary>
    public string Partial { get; }

    /// <summary>Where it will be.</summary>
    public string Path { get; }

    /// <param name="attempt">of the run</param>
    /// <param name="bytes">roughly what will be written</param>
    /// <exception cref="LedgerException">it cannot be made, there is too little room, or the database has trouble</exception>
    public static async Task<ResultFolder> CreateAsync(
        LedgerDatabase ledger,
        Guid runId,
        int attempt,
        long bytes,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(ledger);
        Require(ledger, bytes);
        var owner = (await LedgerOwner.OfAsync(ledger, cancellationToken))?.Name;
        var root = Root(ledger);
        var partial = System.IO.Path.Combine(root, ResultFolders.PartialName(runId, attempt));
        var path = System.IO.Path.Combine(root, runId.ToString());
        RequireOwn(partial, owner);
        RequireOwn(path, owner);
        try
        {
            // What an attempt of this number left cannot be of anybody who is still at it.
            if (Directory.Exists(partial))
                Directory.Delete(partial, recursive: true);
            Directory.CreateDirectory(partial);
            await new FolderOwner(owner, runId).WriteAsync(partial, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(root, $"cannot be written to ({e.Message.TrimEnd('.')})", e);
        }
        return new ResultFolder(partial, path, owner);
    }

    // A ledger that was restored while the run was under way, and that from which it was, have it under one id.
    private static void RequireOwn(string folder, string? owner)
    {
        if (Directory.Exists(folder) && FolderOwner.Of(folder) is { Ledger: not null } other && other.Ledgers().Any(l => l != owner))
            throw Unusable(
                System.IO.Path.GetDirectoryName(folder)!,
                $"has the results of the same run of another ledger, {System.IO.Path.GetFileName(folder)}, which are not touched"
            );
    }

    /// <summary>Whether results of some size over a catalogue can be written.</summary>
    /// <param name="catalogue">its file or folder</param>
    /// <exception cref="LedgerException">the folder cannot be used, or is within the catalogue's, or there is too little room</exception>
    public static void Require(LedgerDatabase ledger, string catalogue, long bytes)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var within = System.IO.Path.GetRelativePath(Real(catalogue), Real(Root(ledger)));
        if (Directory.Exists(catalogue) && !within.StartsWith("..", StringComparison.Ordinal) && !System.IO.Path.IsPathRooted(within))
            throw Unusable(Root(ledger), "is within the folder of the catalogue, whose files would be others with those of results");
        Require(ledger, bytes);
    }

    // Links of the whole path are followed, as far as it is there.
    private static string Real(string path)
    {
        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (System.IO.Path.GetDirectoryName(path) is not { } parent)
            return path;
        var here = System.IO.Path.Combine(Real(parent), System.IO.Path.GetFileName(path));
        try
        {
            return Directory.ResolveLinkTarget(here, returnFinalTarget: true)?.FullName ?? here;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return here;
        }
    }

    private static void Require(LedgerDatabase ledger, long bytes)
    {
        var root = Root(ledger);
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(root, $"cannot be made ({e.Message.TrimEnd('.')})", e);
        }
        DiskSpace.RequireForResults(root, bytes, ledger.ReservedBytes);
    }

    /// <summary>Gives it the run's name. Whoever does so holds the run.</summary>
    /// <exception cref="LedgerException">the disk has trouble, or another ledger has its results of the run there</exception>
    public void Keep()
    {
        RequireOwn(Path, _owner);
        try
        {
            // Of an attempt that ended between this and its commit.
            if (Directory.Exists(Path))
                Directory.Delete(Path, recursive: true);
            Directory.Move(Partial, Path);
            _kept = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unusable(System.IO.Path.GetDirectoryName(Path)!, $"has trouble ({e.Message.TrimEnd('.')})", e);
        }
    }

    /// <exception cref="LedgerException">no folder for results is named</exception>
    internal static string Root(LedgerDatabase ledger) =>
        ledger.ResultsFolder is { } root
            ? System.IO.Path.GetFullPath(root)
            : throw LedgerException.Of(
                ErrorCode.ResultsFolderUnusable,
                "no folder for results is named, and the results of this run go into files",
                $"{LedgerDatabase.ResultsVariable} names one."
            );

    /// <summary>The disk does not take results.</summary>
    public static LedgerException Unusable(string folder, string why, Exception? inner = null) =>
        LedgerException
            .Of(
                ErrorCode.ResultsFolderUnusable,
                $"the folder for results, {folder}, {why}",
                $"{LedgerDatabase.ResultsVariable} names another, which this account can write to.",
                inner: inner
            )
            .With("folder", folder);

    public void Dispose()
    {
        if (_kept)
            return;
        try
        {
            Directory.Delete(Partial, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is swept later.
        }
    }
}
