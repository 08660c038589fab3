using System.Globalization;
using System.Text;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Server;
using Almagest.Server.Hosting;

namespace Almagest.Killing;

/// <summary>The kinds of work of a ledger that are killed, each as the program does it, on a small sky.</summary>
public sealed class LedgerWork(LedgerDatabase ledger, string folder)
{
    /// <summary>Stars of each dataset.</summary>
    public const int Stars = 60;

    /// <summary>What is always there: two datasets of one sky, and a run of each type.</summary>
    public const string First = "first",
        Second = "second";

    private static readonly Dictionary<string, Func<LedgerWork, string, CancellationToken, Task>> s_all = new()
    {
        ["ingest"] = (w, key, token) => w.IngestAsync($"new-{key}", token),
        ["run"] = (w, key, token) => w.RunAsync(First, Anomalies(key), token),
        ["cluster run"] = (w, _, token) => w.RunAsync(First, new DbscanParameters { Features = "sphere" }, token),
        ["served run"] = (w, key, token) => w.ServeAsync(key, token),
        ["refresh"] = (w, _, token) => w.RefreshAsync(token),
        ["conversion"] = (w, _, token) => w.ConvertAsync(token),
        ["migration"] = (w, _, token) => w.MigrateAsync(token),
        ["deletion of a dataset"] = (w, key, token) => w.DeleteAsync($"gone-{key}", token),
        ["deletion of a run"] = (w, _, token) => w.DeleteRunAsync(token),
        ["cross-match"] = (w, _, token) => w.MatchAsync(token),
        ["labels"] = (w, key, token) => w.LabelAsync(key, token),
        ["backup"] = (w, key, token) => BackupFile.WriteAsync(w._ledger, w.FileOf(key), BackupPurpose.Backup, null, token),
        ["restore"] = (w, _, token) => w.RestoreAsync(token),
    };

    private readonly LedgerDatabase _ledger = ledger;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_all.Keys];

    /// <summary>The database that a backup is restored into.</summary>
    public LedgerDatabase? Target { get; init; }

    /// <summary>The file of a backup.</summary>
    public string FileOf(string key) => Path.Combine(folder, $"{key}.backup");

    private string WholeBackup => FileOf("whole");

    /// <summary>What must be there before a kind of work begins; does nothing where it is.</summary>
    public async Task PrepareAsync(string kind, string key, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { First, Second })
            await IngestAsync(name, cancellationToken);
        var runs = await new RunRepository(_ledger).ListAsync(new RunQuery(), cancellationToken);
        if (!runs.Any(r => r.IsComplete && r.RunType == "anomaly"))
            await RunAsync(First, Anomalies("0"), cancellationToken);
        if (kind == "deletion of a dataset")
        {
            await IngestAsync($"gone-{key}", cancellationToken);
            await RunAsync($"gone-{key}", Anomalies(key), cancellationToken);
        }
        if (kind == "restore" && !File.Exists(WholeBackup))
            await BackupFile.WriteAsync(_ledger, WholeBackup, BackupPurpose.Backup, null, cancellationToken);
    }

    /// <param name="key">tells one piece of work from another of its kind</param>
    public Task DoAsync(string kind, string key, CancellationToken cancellationToken) => s_all[kind](this, key, cancellationToken);

    private static IsolationForestParameters Anomalies(string key) =>
        new()
        {
            Features = "sphere",
            NEstimators = 5,
            RandomState = int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : 1,
        };

    private async Task IngestAsync(string name, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, $"{name}.csv");
        // Whole or not at all: the file is no part of what is killed.
        if (!File.Exists(file))
        {
            await File.WriteAllTextAsync(file + ".part", Csv(name), cancellationToken);
            File.Move(file + ".part", file, overwrite: true);
        }
        await new CatalogIngestor(_ledger).IngestAsync([file], new IngestOptions { DatasetName = name }, null, cancellationToken);
    }

    private Task RunAsync(string dataset, RunParameters parameters, CancellationToken cancellationToken) =>
        new DiscoveryService(_ledger) { MaxThreads = 1 }.RunAsync(
            new RunRequest(dataset, StarFilter.All, parameters),
            null,
            cancellationToken
        );

    /// <summary>A server that takes a run from the queue, and what is left of others that were killed.</summary>
    private async Task ServeAsync(string key, CancellationToken cancellationToken)
    {
        var submitted = await new RunSubmitter(_ledger).SubmitAsync(
            new RunRequest(Second, StarFilter.All, Anomalies(key)),
            RunPlacement.Queued with
            {
                MaxRestarts = 1000,
            },
            $"served-{key}",
            cancellationToken
        );
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = _ledger,
                Port = 0,
                Workers = 1,
                RunThreads = 1,
                NightlyCron = null,
                Logging = _ => { },
            },
            cancellationToken
        );
        var runs = new RunRepository(_ledger);
        while (!(await runs.GetAsync(submitted.Runs[0].RunId, cancellationToken)).IsComplete)
            await Task.Delay(50, cancellationToken);
        await app.StopAsync(cancellationToken);
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var failed = (await new ViewRefresher(_ledger).RefreshAsync(null, "manual", cancellationToken)).FirstOrDefault(o => !o.Succeeded);
        if (failed is not null)
            throw new InvalidOperationException($"{failed.ViewName}: {failed.Error}");
    }

    private async Task ConvertAsync(CancellationToken cancellationToken)
    {
        var status = await new ViewStatusReader(_ledger).ReadAsync(cancellationToken);
        var target = status[0].Mode == "refresh" ? ViewMode.Incremental : ViewMode.Refresh;
        await new ViewConverter(_ledger).ConvertAsync(target, cancellationToken: cancellationToken);
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        var states = await _ledger.Schema.StatusAsync(cancellationToken);
        if (states.All(s => s.Applied))
            await _ledger.Schema.RollbackAsync(states[^2].Id, cancellationToken);
        await _ledger.Schema.MigrateAsync(cancellationToken);
    }

    private async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var found = (await new DatasetRepository(_ledger).ListAsync(cancellationToken)).Find(d => d.Name == name);
        if (found is not null)
            await new DatasetRepository(_ledger).DeleteAsync(found.DatasetId, withRuns: true, cancellationToken);
        await new ViewRefresher(_ledger).RefreshPendingAsync("run", cancellationToken);
    }

    private async Task DeleteRunAsync(CancellationToken cancellationToken)
    {
        var deletions = new LedgerDeletions(_ledger);
        // Those whose work was killed before it brought them back.
        foreach (var left in await deletions.ListAsync(cancellationToken))
            await deletions.RestoreAsync(left.DeletionId, cancellationToken);
        var run = (await new RunRepository(_ledger).ListAsync(new RunQuery(), cancellationToken)).First(r => r.IsComplete);
        await deletions.DeleteRunAsync(run.RunId, "nobody", cancellationToken);
        await deletions.RestoreRunAsync(run.RunId, cancellationToken);
        await new ViewRefresher(_ledger).RefreshPendingAsync("run", cancellationToken);
    }

    private async Task MatchAsync(CancellationToken cancellationToken)
    {
        var report = await new CrossMatcher(_ledger).MatchAsync(
            new CrossMatchRequest
            {
                Dataset1 = First,
                Dataset2 = Second,
                RadiusArcsec = 1,
            },
            null,
            cancellationToken
        );
        await new CrossMatchRepository(_ledger).DeleteAsync(report.Match.MatchId, cancellationToken);
    }

    private async Task LabelAsync(string key, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "labels.csv");
        var csv = new StringBuilder("source_id,label_outlier\n");
        for (var i = 0; i < Stars; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{i + 1},{i % 2}\n");
        await File.WriteAllTextAsync(file + ".part", csv.ToString(), cancellationToken);
        File.Move(file + ".part", file, overwrite: true);
        var dataset = await new DatasetRepository(_ledger).FindAsync(First, cancellationToken);
        await new LabelIngestor(_ledger).IngestAsync(
            dataset.DatasetId,
            file,
            new LabelOptions { LabelSet = $"set {key}" },
            cancellationToken
        );
        await new ViewRefresher(_ledger).RefreshPendingAsync("run", cancellationToken);
    }

    private async Task RestoreAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(WholeBackup);
        await using var content = await BackupFile.OpenAsync(file, cancellationToken);
        await new LedgerRestore(Target!).ReadAsync(content, null, cancellationToken);
    }

    private static string Csv(string name)
    {
        var csv = new StringBuilder("source_id,ra,dec,parallax,pmra,pmdec,remark\n");
        for (var i = 0; i < Stars; i++)
        {
            var (u, v) = (i * 0.618034 % 1, i * 0.754878 % 1);
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{i + 1},{100 + (i % 3 == 0 ? u : 40 * u):F6},{(i % 3 == 0 ? v : 40 * v):F6},{1 + 9 * v:F4},{u:F4},{v:F4},{name}\n"
            );
        }
        return csv.ToString();
    }
}
