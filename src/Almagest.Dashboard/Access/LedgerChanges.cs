using System.Globalization;
using Almagest.Contract.Runs;
using Almagest.Contract.Status;
using Almagest.Dashboard.Work;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Access;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Ledger.Watches;
using Almagest.Runs.Annotations;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;

namespace Almagest.Dashboard.Access;

/// <summary>
/// All that a page changes. What a browser sends over the connection of an open page is not a request that passes the server's routes:
/// each change asks here who wants it, and says in the log who did it.
/// </summary>
public sealed partial class LedgerChanges(LedgerDatabase ledger, PageAccess access, IChangeHost host, PageJobs jobs)
{
    public Task SetLabelAsync(StarLabel label, CancellationToken cancellationToken) =>
        ChangeAsync(
            "labelStar",
            $"/stars/{label.StarId}",
            person =>
            {
                label.LabelledBy = person.By(label.LabelledBy);
                return new StarLabels(ledger).SetAsync(label, cancellationToken: cancellationToken);
            }
        );

    /// <summary>Labels many stars alike.</summary>
    public Task<int> SetLabelsAsync(IReadOnlyList<long> stars, StarLabel alike, CancellationToken cancellationToken) =>
        ChangeAsync(
            "labelStar",
            $"/stars ({stars.Count})",
            person =>
            {
                alike.LabelledBy = person.By(alike.LabelledBy);
                return new StarLabels(ledger).SetManyAsync(stars, alike, cancellationToken);
            }
        );

    /// <summary>Labels the stars of a kind as unusual, and of a kind of this name.</summary>
    public Task<int> LabelKindAsync(Guid runId, KindResource kind, string name, string labelSet, CancellationToken cancellationToken) =>
        ChangeAsync(
            "labelKind",
            $"/discovery/runs/{runId}/kinds/{kind.KindId}",
            person => new StarLabels(ledger).SetKindAsync([.. kind.StarIds.Order()], labelSet, name, person.By(null), cancellationToken)
        );

    public Task RemoveLabelAsync(long starId, string labelSet, CancellationToken cancellationToken) =>
        ChangeAsync(
            "unlabelStar",
            $"/stars/{starId}",
            async person =>
            {
                await new StarLabels(ledger).RemoveAsync(starId, labelSet, person.Name, cancellationToken);
                return true;
            }
        );

    public Task AddTagAsync(Guid runId, string tag, string? said, CancellationToken cancellationToken) =>
        ChangeAsync(
            "setTags",
            $"/runs/{runId}",
            async person =>
            {
                await new RunAnnotations(ledger).AddTagsAsync(runId, [tag], person.By(said), cancellationToken);
                return true;
            }
        );

    public Task RemoveTagAsync(Guid runId, string tag, CancellationToken cancellationToken) =>
        ChangeAsync(
            "setTags",
            $"/runs/{runId}",
            async _ =>
            {
                await new RunAnnotations(ledger).RemoveTagsAsync(runId, [tag], cancellationToken);
                return true;
            }
        );

    /// <summary>Names the clusters of a run after a catalogue of known ones.</summary>
    public Task<IdentificationResource> IdentifyAsync(DiscoveryRun run, string dataset, CancellationToken cancellationToken) =>
        ChangeAsync(
            "nameClusters",
            $"/runs/{run.RunId}",
            person => new ClusterIdentifier(ledger).IdentifyAsync(run, dataset, null, person.Name, cancellationToken)
        );

    public Task AddNoteAsync(Guid runId, string text, string? said, CancellationToken cancellationToken) =>
        ChangeAsync(
            "addNote",
            $"/runs/{runId}",
            person => new RunAnnotations(ledger).AddNoteAsync(runId, text, person.By(said), cancellationToken)
        );

    public Task RemoveNoteAsync(Guid runId, long noteId, CancellationToken cancellationToken) =>
        ChangeAsync(
            "deleteNote",
            $"/runs/{runId}",
            async person =>
            {
                await new RunAnnotations(ledger).RemoveNoteAsync(runId, noteId, person.Name, cancellationToken);
                return true;
            }
        );

    public Task<IReadOnlyList<ViewRefreshOutcome>> RefreshViewsAsync(string? view, CancellationToken cancellationToken) =>
        ChangeAsync("refreshViews", "/views", async _ => await host.RefreshViewsAsync(view, cancellationToken));

    /// <summary>Stores runs for the workers, which hear of it.</summary>
    public Task<IReadOnlyList<DiscoveryRun>> StartAsync(
        string dataset,
        StarFilter filter,
        IReadOnlyList<RunParameters> wanted,
        RunPlacement placement,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            "startRun",
            $"/datasets/{dataset}",
            async person =>
            {
                var made = (
                    await new RunSubmitter(ledger) { IsForThisProgram = true }.SubmitAsync(
                        dataset,
                        filter,
                        wanted,
                        placement with
                        {
                            By = person.Name,
                            MostWaiting = host.MostWaitingRuns,
                        },
                        null,
                        cancellationToken
                    )
                ).Runs;
                foreach (var run in made)
                    host.Enqueue(run.RunId);
                return made;
            }
        );

    /// <summary>Answers on a star of a run under review.</summary>
    public Task AnswerAsync(Guid runId, string labelSet, long starId, char answer, CancellationToken cancellationToken) =>
        ChangeAsync(
            "answerReview",
            $"/runs/{runId}",
            person => host.Reviews.AnswerAsync(runId, labelSet, starId, answer, person.By(person.Name), cancellationToken)
        );

    /// <summary>Takes back the person's last answer of a review.</summary>
    public Task<ReviewUndone> UndoAnswerAsync(Guid runId, string labelSet, CancellationToken cancellationToken) =>
        ChangeAsync(
            "undoReview",
            $"/runs/{runId}",
            person => host.Reviews.UndoAsync(runId, labelSet, person.By(person.Name), cancellationToken)
        );

    /// <summary>Keeps a review as a run.</summary>
    public Task<DiscoveryRun> CheckpointAsync(Guid runId, string labelSet, CancellationToken cancellationToken) =>
        ChangeAsync(
            "checkpointReview",
            $"/runs/{runId}",
            async person =>
            {
                var request = await host.Reviews.CheckpointAsync(runId, labelSet, cancellationToken: cancellationToken);
                var placement = RunPlacement.Queued with { By = person.Name, MostWaiting = host.MostWaitingRuns };
                var made = (await new RunSubmitter(ledger).SubmitAsync(request, placement, null, cancellationToken)).Runs[0];
                host.Enqueue(made.RunId);
                return made;
            }
        );

    public Task<DiscoveryRun> RethresholdAsync(Guid runId, double contamination, CancellationToken cancellationToken) =>
        ChangeAsync(
            "rethresholdRun",
            $"/runs/{runId}",
            person => new RunRethresholder(ledger) { By = person.Name }.RethresholdAsync(runId, contamination, cancellationToken)
        );

    /// <summary>Requests the cancellation of a run.</summary>
    public Task CancelAsync(Guid runId, CancellationToken cancellationToken) =>
        ChangeAsync("cancelRun", $"/runs/{runId}", _ => new RunClaims(ledger).CancelAsync(runId, cancellationToken));

    /// <summary>Starts a run that has ended again, as a new run.</summary>
    public Task<DiscoveryRun> RetryAsync(Guid runId, CancellationToken cancellationToken) =>
        ChangeAsync(
            "retryRun",
            $"/runs/{runId}",
            async person =>
            {
                var made = await new RunSubmitter(ledger) { IsForThisProgram = true }.RetryAsync(
                    runId,
                    RunPlacement.Queued with
                    {
                        By = person.Name,
                        MostWaiting = host.MostWaitingRuns,
                    },
                    cancellationToken
                );
                host.Enqueue(made.RunId);
                return made;
            }
        );

    /// <summary>Brings back what a deletion took.</summary>
    public Task RestoreAsync(long deletionId, CancellationToken cancellationToken) =>
        ChangeAsync(
            "restoreDeletion",
            $"/deletions/{deletionId.ToString(CultureInfo.InvariantCulture)}",
            async _ =>
            {
                await new LedgerDeletions(ledger).RestoreAsync(deletionId, cancellationToken);
                return true;
            }
        );

    public Task AddTagAsync(IReadOnlyList<Guid> runIds, string tag, CancellationToken cancellationToken) =>
        ChangeAsync(
            "setTags",
            Runs(runIds),
            async person =>
            {
                foreach (var id in runIds)
                    await new RunAnnotations(ledger).AddTagsAsync(id, [tag], person.By(person.Name), cancellationToken);
                return true;
            }
        );

    public Task AddNoteAsync(IReadOnlyList<Guid> runIds, string text, CancellationToken cancellationToken) =>
        ChangeAsync(
            "addNote",
            Runs(runIds),
            async person =>
            {
                foreach (var id in runIds)
                    await new RunAnnotations(ledger).AddNoteAsync(id, text, person.By(person.Name), cancellationToken);
                return true;
            }
        );

    /// <summary>Saves what a list of runs shows under a name; one of that name is replaced.</summary>
    public Task SaveViewAsync(string name, string query, CancellationToken cancellationToken) =>
        ChangeAsync(
            "saveView",
            "/runs",
            async person =>
            {
                await new SavedViews(ledger).SetAsync(name, query, person.Name, cancellationToken);
                return true;
            }
        );

    public Task RemoveViewAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            "removeView",
            "/runs",
            async _ =>
            {
                await new SavedViews(ledger).RemoveAsync(name, cancellationToken);
                return true;
            }
        );

    /// <summary>Calls a run something; blank = nothing.</summary>
    public Task NameAsync(Guid runId, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            "nameRun",
            $"/discovery/runs/{runId}",
            async _ => await new RunRepository(ledger).NameAsync(runId, name, cancellationToken)
        );

    public Task RenameAsync(Dataset dataset, string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            "renameDataset",
            $"/datasets/{dataset.Name}",
            async _ =>
            {
                await new DatasetRepository(ledger).RenameAsync(dataset.DatasetId, name, cancellationToken);
                return true;
            }
        );

    /// <summary>Watches the stars of a set of labels, or of a region.</summary>
    public Task<WatchResource> AddWatchAsync(
        string name,
        string? labelSet,
        StarFilter? region,
        string? dataset,
        CancellationToken cancellationToken
    ) =>
        ChangeAsync(
            "addWatch",
            "/watches",
            person => new StarWatches(ledger).AddAsync(name, labelSet, region, dataset, person.By(person.Name), cancellationToken)
        );

    public Task RemoveWatchAsync(string name, CancellationToken cancellationToken) =>
        ChangeAsync(
            "removeWatch",
            "/watches",
            async _ =>
            {
                await new StarWatches(ledger).RemoveAsync(name, cancellationToken);
                return true;
            }
        );

    private async Task<T> ChangeAsync<T>(string action, string target, Func<Person, Task<T>> change)
    {
        var person = await access.RequireAsync(AccessScope.Write);
        var made = await change(person);
        host.Audit(person, action, target);
        return made;
    }
}
