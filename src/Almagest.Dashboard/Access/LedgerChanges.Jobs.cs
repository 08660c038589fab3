using System.Globalization;
using System.IO.Compression;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Almagest.Contract.Runs;
using Almagest.Contract.Status;
using Almagest.Dashboard.Work;
using Almagest.Ledger.Access;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;

namespace Almagest.Dashboard.Access;

/// <content>What takes long, as jobs that go on when the page is left.</content>
public sealed partial class LedgerChanges
{
    /// <summary>Recomputes runs and compares every stored row.</summary>
    public Task<PageJob> ReplayAsync(IReadOnlyList<Guid> runIds) =>
        StartJobAsync("replay", "replayRun", AccessScope.Write, Runs(runIds), (job, _) => ReplayAsync(job, runIds));

    private async Task ReplayAsync(PageJob job, IReadOnlyList<Guid> runIds)
    {
        var reproduced = 0;
        for (var i = 0; i < runIds.Count; i++)
        {
            var (id, before) = (runIds[i], i);
            void Tell(RunProgress p) => job.Tell($"run {Short(id)}: {p.Stage}", (before + p.Percent / 100) / runIds.Count);
            var report = await new RunReplayer(ledger) { MaxThreads = host.RunThreads }.ReplayAsync(
                id,
                new Told<RunProgress>(Tell),
                job.Stop
            );
            if (report.IsReproduced && report.IsIntact != false)
                reproduced++;
            var found = report.IsReproduced
                ? report.Rows == 1
                    ? "the only row came out again"
                    : $"all {Count(report.Rows)} rows came out again"
                : $"{CountText.Of(report.Different, "row differs", "rows differ")}, "
                    + $"{CountText.Of(report.OnlyStored, "is", "are")} only stored, "
                    + $"{Count(report.OnlyRecomputed)} only recomputed";
            if (report.IsIntact == false)
                found += "; the stored rows are not those that were stored with the run";
            job.Tell($"run {Short(id)}: {string.Join("; ", report.Notes.Prepend(found))}");
            job.Report = report;
        }
        job.Conclude(
            runIds.Count == 1
                ? (reproduced == 1 ? "The run is reproduced to the last bit." : "The run is not reproduced.")
                : $"{reproduced} of {runIds.Count} runs are reproduced to the last bit.",
            runIds.Count == 1 ? $"runs/{runIds[0]}" : null,
            runIds.Count == 1 ? $"Run {Short(runIds[0])}" : null
        );
    }

    /// <summary>Deletes runs, so that they can be brought back for a day.</summary>
    public Task<PageJob> DeleteAsync(IReadOnlyList<Guid> runIds) =>
        StartJobAsync(
            "delete",
            "deleteRun",
            AccessScope.Admin,
            Runs(runIds),
            async (job, person) =>
            {
                for (var i = 0; i < runIds.Count; i++)
                {
                    job.Tell($"{i} of {runIds.Count} runs", (double)i / runIds.Count);
                    await new RunRepository(ledger).PutAwayAsync(runIds[i], person.Name, job.Stop);
                }
                job.Conclude(
                    $"{(runIds.Count == 1 ? "1 run is" : $"{Count(runIds.Count)} runs are")} deleted, and can be brought back for a day.",
                    "jobs#deletions",
                    "Bring back"
                );
            }
        );

    /// <summary>Brings back runs that were deleted within the last day.</summary>
    public Task<PageJob> RestoreRunsAsync(IReadOnlyList<Guid> runIds) =>
        StartJobAsync(
            "restore",
            "restoreRun",
            AccessScope.Write,
            Runs(runIds),
            async (job, _) =>
            {
                for (var i = 0; i < runIds.Count; i++)
                {
                    job.Tell($"{i} of {runIds.Count} runs", (double)i / runIds.Count);
                    await new LedgerDeletions(ledger).RestoreRunAsync(runIds[i], job.Stop);
                }
                job.Conclude(
                    runIds.Count == 1 ? "The run is back." : $"{Count(runIds.Count)} runs are back.",
                    runIds.Count == 1 ? $"runs/{runIds[0]}" : "runs",
                    runIds.Count == 1 ? $"Run {Short(runIds[0])}" : "Runs"
                );
            }
        );

    /// <summary>Deletes a dataset with its stars, labels, runs and results; it can be brought back for a day.</summary>
    /// <param name="now">for good, which frees the space at once</param>
    public Task<PageJob> DeleteAsync(Dataset dataset, bool withRuns, bool now = false) =>
        StartJobAsync(
            "delete",
            "deleteDataset",
            AccessScope.Admin,
            $"dataset {dataset.Name}",
            async (job, person) =>
            {
                job.Tell("its stars, labels and runs go");
                if (now)
                {
                    await new DatasetRepository(ledger).DeleteAsync(dataset.DatasetId, withRuns, job.Stop);
                    job.Conclude($"The dataset {dataset.Name} is deleted for good.", "datasets", "Datasets");
                    return;
                }
                await new DatasetRepository(ledger).PutAwayAsync(dataset.DatasetId, withRuns, person.Name, job.Stop);
                job.Conclude($"The dataset {dataset.Name} is deleted, and can be brought back for a day.", "jobs#deletions", "Bring back");
            }
        );

    /// <summary>Brings back a dataset that was deleted within the last day.</summary>
    /// <param name="name">what it is called from now on</param>
    public Task<PageJob> RestoreAsync(DeletionResource deletion, string name) =>
        StartJobAsync(
            "restore",
            "restoreDataset",
            AccessScope.Write,
            $"dataset {deletion.Dataset}",
            async (job, _) =>
            {
                job.Tell("its stars, labels and runs come back");
                var restored = await new DatasetRepository(ledger).RestoreAsync(deletion.DeletionId, name, job.Stop);
                // What went with it may wait for another dataset, and what went with another may be back with it.
                var dataset = await DatasetResources.ReadAsync(ledger, restored, 0, job.Stop);
                var parts = $"{Of(dataset.StarCount, "star")}, {Of(dataset.RunCount, "run")}";
                job.Conclude(
                    string.Join("; ", [$"The dataset {name} is back: {parts}", .. dataset.Waiting.Select(w => w.Describe())]) + ".",
                    $"datasets/{Uri.EscapeDataString(name)}",
                    name
                );

                static string Of(long count, string what) => $"{Count(count)} {what}{(count == 1 ? "" : "s")}";
            }
        );

    /// <summary>Loads a catalogue. The file must stay until the job has ended.</summary>
    public Task<PageJob> LoadAsync(string file, IngestOptions options) =>
        StartJobAsync(
            "load",
            "uploadDataset",
            AccessScope.Write,
            options.DatasetName ?? Path.GetFileName(file),
            async (job, _) =>
            {
                void Tell(IngestProgress p) =>
                    job.Tell(
                        $"{CountText.Of(p.Rows, "row", "rows")} read, {Count(p.Rejected)} left out",
                        p.TotalBytes > 0 ? Math.Min(1, (double)p.BytesRead / p.TotalBytes) : null
                    );
                var report = await new CatalogIngestor(ledger).IngestAsync([file], options, new Told<IngestProgress>(Tell), job.Stop);
                job.Report = report;
                job.Conclude(
                    report.AlreadyLoaded
                        ? $"This file is loaded already, as {report.Dataset.Name}; nothing was stored."
                        : $"{CountText.Of(report.Rows, "star is", "stars are")} loaded as {report.Dataset.Name}; "
                            + $"{CountText.Of(report.Rejected, "row was", "rows were")} left out.",
                    $"datasets/{Uri.EscapeDataString(report.Dataset.Name)}",
                    report.Dataset.Name
                );
            }
        );

    /// <summary>Joins two datasets by position, and keeps the pairs as links.</summary>
    public Task<PageJob> MatchAsync(CrossMatchRequest request) =>
        StartJobAsync(
            "cross-match",
            "crossMatch",
            AccessScope.Write,
            $"{request.Dataset1} and {request.Dataset2}",
            async (job, _) =>
            {
                var report = await new CrossMatcher(ledger).MatchAsync(request, stage => job.Tell(stage), job.Stop);
                var (id, radius) = (
                    report.Match.MatchId.ToString(CultureInfo.InvariantCulture),
                    request.RadiusArcsec.ToString("0.###", CultureInfo.InvariantCulture)
                );
                job.Conclude(
                    $"{CountText.Of(report.Match.LinkCount, "pair", "pairs")} within {radius}″ "
                        + $"{(report.Match.LinkCount == 1 ? "is" : "are")} kept as cross-match {id}.",
                    $"crossmatches/{id}/links?format=csv",
                    "The pairs (CSV)"
                );
            }
        );

    /// <summary>Writes what runs say of their stars into one file, a table a run.</summary>
    public Task<PageJob> ExportAsync(IReadOnlyList<Guid> runIds, string format) =>
        StartJobAsync("export", "getResults", AccessScope.Read, Runs(runIds), (job, _) => ExportAsync(job, runIds, format));

    private async Task ExportAsync(PageJob job, IReadOnlyList<Guid> runIds, string name)
    {
        var format = TableFormats.Parse(name);
        var folder = ScratchFolder.Create();
        var path = Path.Combine(folder.Path, $"almagest-runs-{name}.zip");
        job.Give(path, folder);
        long rows = 0;
        await using (var zip = await ZipArchive.CreateAsync(File.Create(path), ZipArchiveMode.Create, false, null, job.Stop))
        {
            for (var i = 0; i < runIds.Count; i++)
            {
                job.Tell($"{i} of {runIds.Count} runs written", (double)i / runIds.Count);
                // Of a disk that is nearly full the database has the last room.
                DiskSpace.RequireForFiles(folder.Path, 0);
                var run = await new RunRepository(ledger).GetAsync(runIds[i], job.Stop);
                var table = await new RunExport(ledger).TableAsync(run, new ResultQuery(), cancellationToken: job.Stop);
                await using var entry = await zip.CreateEntry($"run-{run.RunId}.{format.Extension()}").OpenAsync(job.Stop);
                rows += await table.WriteAsync(entry, format, cancellationToken: job.Stop);
            }
        }
        job.Conclude(
            $"{Count(rows)} results of {(runIds.Count == 1 ? "1 run" : $"{Count(runIds.Count)} runs")} are written.",
            $"jobs/{job.Id}/file",
            "Save the file"
        );
    }

    /// <summary>Ends a job; whoever began it may, and administrators.</summary>
    public async Task CancelAsync(PageJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var person = await access.RequireAsync(AccessScope.Read);
        if (person.Name != job.By)
            await access.RequireAsync(AccessScope.Admin);
        job.Cancel();
        host.Audit(person, "cancelJob", $"/jobs/{job.Id}");
    }

    private async Task<PageJob> StartJobAsync(string kind, string action, AccessScope scope, string title, Func<PageJob, Person, Task> work)
    {
        var person = await access.RequireAsync(scope);
        return jobs.Start(
            kind,
            title,
            person.Name,
            async job =>
            {
                await work(job, person);
                if (scope > AccessScope.Read)
                    host.Audit(person, action, title);
            }
        );
    }

    private static string Runs(IReadOnlyList<Guid> ids) => ids.Count == 1 ? $"run {Short(ids[0])}" : $"{Count(ids.Count)} runs";

    private static string Short(Guid id) => id.ToString()[^8..];

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    // Progress<T> would tell it later, and out of order.
    private sealed class Told<T>(Action<T> tell) : IProgress<T>
    {
        public void Report(T value) => tell(value);
    }
}
