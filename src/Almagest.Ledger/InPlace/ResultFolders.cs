using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.InPlace;

/// <summary>The folders of all runs whose results are in files.</summary>
public static partial class ResultFolders
{
    private const string State = """
        select r.run_id, r.status, r.attempts from public.discovery_runs r where r.run_id = any($1) and not pg_is_in_recovery()
        union all
        select d.run_id, 'deleted', 0 from public.deletions d where d.kind = 'run' and d.run_id = any($1) and not pg_is_in_recovery()
        union all
        -- A standby does not know what its primary knows by now.
        select i, 'running', -1 from unnest($1) i where pg_is_in_recovery()
        """;

    /// <summary>Within which a folder that was made says whose it is.</summary>
    private static readonly TimeSpan s_writing = TimeSpan.FromHours(1);

    private const string Id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    [GeneratedRegex($@"^(?:\.(?<run>{Id})\.(?<attempt>[0-9]{{1,9}})\.partial|(?<run>{Id}))\z")]
    private static partial Regex Name();

    internal static string PartialName(Guid runId, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $".{runId}.{attempt}.partial");

    /// <summary>The folder with a run's results, whose files have the sizes that were written.</summary>
    /// <exception cref="LedgerException">it is not on this machine, or a file of it is missing or has another size</exception>
    public static string Require(LedgerDatabase ledger, DiscoveryRun run)
    {
        var (folder, trouble) = Find(ledger, run);
        return trouble is null ? folder! : throw Changed(run, trouble);
    }

    /// <summary>The same, of whoever only wants to know: names, and sizes, are looked at, and no file is read.</summary>
    /// <returns>the folder, null where there is none on this machine, and what is wrong with it, null where nothing is</returns>
    public static (string? Folder, string? Trouble) Find(LedgerDatabase ledger, DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var known = Known(run);
        string[] places =
        [
            .. ledger.ResultsFolder is { } root ? [Path.Combine(Path.GetFullPath(root), run.RunId.ToString())] : Array.Empty<string>(),
            known.Path,
        ];
        if (Array.Find(places, Directory.Exists) is not { } folder)
            return (null, $"they are not on this machine ({Environment.MachineName}), or this program may not read them");
        foreach (var file in known.Files)
        {
            var info = new FileInfo(Path.Combine(folder, file.Path));
            if (!info.Exists)
                return (folder, $"'{file.Path}' is missing");
            if (info.Length != file.Bytes)
                return (folder, $"'{file.Path}' has {info.Length} bytes and had {file.Bytes}");
        }
        return (folder, null);
    }

    /// <summary>The files of a run's results are not those that were written.</summary>
    public static LedgerException Changed(DiscoveryRun run, string how)
    {
        ArgumentNullException.ThrowIfNull(run);
        var path = Known(run).Path;
        return LedgerException
            .Of(
                ErrorCode.ResultFilesChanged,
                $"the files with the results of run {run.RunId} are not as they were written: {how}",
                "Bring the folder back, or start the run again. What the ledger has of it, the stars that it flagged, stays."
            )
            .With("run_id", run.RunId)
            .With("path", path);
    }

    /// <summary>
    /// Removes folders that nobody needs: of runs of this ledger that are gone for good or did not become complete, and what attempts left
    /// that have ended. Nothing else of the folder for results is touched, and no folder that another ledger has, too: of those that it
    /// has as well this ledger puts its name there, or takes it away.
    /// </summary>
    /// <returns>how many</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<int> SweepAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var removed = RemoveUnwritten(ledger.ResultsFolder);
        // What is there is looked at before the database is asked: whatever comes later is not looked at.
        var found = Look(ledger.ResultsFolder);
        if (found.Count == 0 || await LedgerOwner.OfAsync(ledger, cancellationToken) is not { } owner)
            return removed;
        var states = await StatesAsync(ledger, found, cancellationToken);
        foreach (var folder in found)
            if (!folder.Owner.Ledgers().Contains(owner.Name))
            {
                if (IsComplete(folder, states))
                    FolderOwner.Join(folder.Path, owner.Name);
            }
            else if (!IsNeeded(folder, states) && FolderOwner.Leave(folder.Path, owner.Name, owner.IsGone))
                removed++;
        return removed;
    }

    /// <summary>Complete runs of this ledger whose folder another ledger has, too: such as that from whose backup this one was
    /// restored.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<IReadOnlyList<Guid>> SharedAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var found = Look(ledger.ResultsFolder);
        if (found.Count == 0 || await LedgerOwner.OfAsync(ledger, cancellationToken) is not { } owner)
            return [];
        var states = await StatesAsync(ledger, found, cancellationToken);
        return
        [
            .. found
                .Where(f => IsComplete(f, states) && f.Owner.Ledgers().Any(l => l != owner.Name && !owner.IsGone(l)))
                .Select(f => f.RunId)
                .Order(),
        ];
    }

    /// <summary>Has the folders of all complete runs of this ledger be its alone: whoever asks knows that no other ledger needs
    /// them.</summary>
    /// <returns>runs whose folders are this ledger's now, and were not or not alone</returns>
    /// <exception cref="LedgerException">the database has trouble, or does not say who it is</exception>
    public static async Task<IReadOnlyList<Guid>> TakeAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var root = ResultFolder.Root(ledger);
        var found = Look(root, unmarked: true);
        if (found.Count == 0)
            return [];
        var owner =
            await LedgerOwner.OfAsync(ledger, cancellationToken)
            ?? throw ResultFolder.Unusable(root, "cannot be taken: the database does not say to this account which it is");
        var states = await StatesAsync(ledger, found, cancellationToken);
        return
        [
            .. found
                .Where(f =>
                    IsComplete(f, states) && !f.Owner.Ledgers().SequenceEqual([owner.Name]) && FolderOwner.Take(f.Path, owner.Name, f.RunId)
                )
                .Select(f => f.RunId)
                .Order(),
        ];
    }

    private static ResultFiles Known(DiscoveryRun run) =>
        ResultFiles.Of(run) ?? throw new ArgumentException("the results of the run are in the ledger", nameof(run));

    private static bool IsNeeded(Found folder, ILookup<Guid, (string Status, int Attempt)> states) =>
        states[folder.RunId]
            .Any(s =>
                folder.Attempt is { } attempt
                    ? s.Status == RunStatus.Running && (s.Attempt == attempt || s.Attempt < 0)
                    : s.Status is not (RunStatus.Failed or RunStatus.Cancelled)
            );

    private static bool IsComplete(Found folder, ILookup<Guid, (string Status, int Attempt)> states) =>
        folder.Attempt is null && states[folder.RunId].Any(s => s.Status is RunStatus.Completed or "deleted");

    // Its writer was killed before it could say whose it is. Who is about to say it has done so long before.
    private static int RemoveUnwritten(string? root)
    {
        var removed = 0;
        foreach (var path in Folders(root))
            try
            {
                if (
                    !Name().Match(Path.GetFileName(path)).Groups["attempt"].Success
                    || !FolderOwner.IsUnwritten(path)
                    || DateTime.UtcNow - Directory.GetLastWriteTimeUtc(path) < s_writing
                )
                    continue;
                Directory.Delete(path, recursive: true);
                removed++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What cannot be removed stays.
            }
        return removed;
    }

    private static Task<ILookup<Guid, (string Status, int Attempt)>> StatesAsync(
        LedgerDatabase ledger,
        IEnumerable<Found> folders,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                var runs = folders.Select(f => f.RunId).Distinct().ToArray();
                var states = new List<(Guid Run, string Status, int Attempt)>();
                await using var command = new NpgsqlCommand(State, connection) { Parameters = { new() { Value = runs } } };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    states.Add((reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2)));
                return states.ToLookup(s => s.Run, s => (s.Status, s.Attempt));
            },
            cancellationToken
        );

    /// <param name="unmarked">those with a run's name that do not say whose they are as well</param>
    private static List<Found> Look(string? root, bool unmarked = false)
    {
        var found = new List<Found>();
        foreach (var path in Folders(root))
        {
            if (Name().Match(Path.GetFileName(path)) is not { Success: true } name)
                continue;
            var run = Guid.Parse(name.Groups["run"].Value);
            int? attempt = name.Groups["attempt"] is { Success: true } a ? int.Parse(a.Value, CultureInfo.InvariantCulture) : null;
            var owner = FolderOwner.Of(path) ?? (unmarked ? new FolderOwner(null, run) : null);
            if (owner?.RunId == run && (unmarked || owner.Ledger is not null))
                found.Add(new Found(path, run, owner, attempt));
        }
        return found;
    }

    private static string[] Folders(string? root)
    {
        try
        {
            return root is not null && Directory.Exists(root) ? Directory.GetDirectories(root) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be seen stays.
            return [];
        }
    }

    /// <param name="Attempt">whose it is while it is written; null = it has the run's name</param>
    private sealed record Found(string Path, Guid RunId, FolderOwner Owner, int? Attempt);
}
