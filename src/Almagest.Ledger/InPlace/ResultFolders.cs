using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Almagest.Contract.Errors;
using Almagest.Contract.Serialization;
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

    private const string Id = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    [GeneratedRegex($@"^(?:\.(?<run>{Id})\.(?<attempt>[0-9]{{1,9}})\.partial|(?<run>{Id}))\z")]
    private static partial Regex Name();

    internal static string PartialName(Guid runId, int attempt) =>
        string.Create(CultureInfo.InvariantCulture, $".{runId}.{attempt}.partial");

    /// <summary>The folder with a run's results, whose files have the sizes that were written.</summary>
    /// <exception cref="LedgerException">it is not on this machine, or a file of it is missing or has another size</exception>
    public static string Require(LedgerDatabase ledger, DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var known = Known(run);
        string[] places =
        [
            .. ledger.ResultsFolder is { } root ? [Path.Combine(Path.GetFullPath(root), run.RunId.ToString())] : Array.Empty<string>(),
            known.Path,
        ];
        var folder =
            Array.Find(places, Directory.Exists)
            ?? throw Changed(run, $"they are not on this machine ({Environment.MachineName}), or this program may not read them");
        foreach (var file in known.Files)
        {
            var info = new FileInfo(Path.Combine(folder, file.Path));
            if (!info.Exists)
                throw Changed(run, $"'{file.Path}' is missing");
            if (info.Length != file.Bytes)
                throw Changed(run, $"'{file.Path}' has {info.Length} bytes and had {file.Bytes}");
        }
        return folder;
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
    /// that have ended. Nothing else of the folder for results is touched, and no folder of another ledger.
    /// </summary>
    /// <returns>how many</returns>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public static async Task<int> SweepAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        // What is there is looked at before the database is asked: whatever comes later is not looked at.
        var found = Look(ledger.ResultsFolder);
        if (found.Count == 0 || await LedgerOwner.OfAsync(ledger, cancellationToken) is not { } owner)
            return 0;
        found.RemoveAll(f => f.Ledger != owner);
        if (found.Count == 0)
            return 0;
        var states = await StatesAsync(ledger, [.. found.Select(f => f.RunId).Distinct()], cancellationToken);
        var removed = 0;
        foreach (var folder in found)
            if (!IsNeeded(folder, states) && Remove(folder.Path))
                removed++;
        return removed;
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

    private static bool Remove(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Task<ILookup<Guid, (string Status, int Attempt)>> StatesAsync(
        LedgerDatabase ledger,
        Guid[] runs,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                var states = new List<(Guid Run, string Status, int Attempt)>();
                await using var command = new NpgsqlCommand(State, connection) { Parameters = { new() { Value = runs } } };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    states.Add((reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2)));
                return states.ToLookup(s => s.Run, s => (s.Status, s.Attempt));
            },
            cancellationToken
        );

    private static List<Found> Look(string? root)
    {
        var found = new List<Found>();
        if (root is null || !Directory.Exists(root))
            return found;
        try
        {
            foreach (var path in Directory.EnumerateDirectories(root))
            {
                if (Name().Match(Path.GetFileName(path)) is not { Success: true } name || Owner(path) is not { Ledger: { } ledger } owner)
                    continue;
                var run = Guid.Parse(name.Groups["run"].Value);
                if (owner.RunId == run)
                    found.Add(
                        new Found(
                            path,
                            run,
                            ledger,
                            name.Groups["attempt"] is { Success: true } attempt
                                ? int.Parse(attempt.Value, CultureInfo.InvariantCulture)
                                : null
                        )
                    );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be seen stays.
        }
        return found;
    }

    private static FolderOwner? Owner(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<FolderOwner>(File.ReadAllText(Path.Combine(path, ResultFolder.Marker)), ContractJson.Options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <param name="Attempt">whose it is while it is written; null = it has the run's name</param>
    private sealed record Found(string Path, Guid RunId, string Ledger, int? Attempt);
}
