using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Backup;
using Almagest.Ledger.Database;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>Whose the folders of results are, and when they go.</summary>
public sealed partial class KeptInFilesTests
{
    [Fact]
    public async Task A_folder_goes_with_its_run_for_good_and_not_before()
    {
        var (_, dataset) = await lying.GetAsync("hats");
        var (runs, deletions) = (new RunRepository(Test.Ledger), new LedgerDeletions(Test.Ledger));
        Guid[] ids =
        [
            (await RunAsync(dataset.Name, """{"n_estimators": 5, "draws": 0}""")).RunId!.Value,
            (await RunAsync(dataset.Name, """{"n_estimators": 6, "draws": 0}""")).RunId!.Value,
        ];
        await runs.PutAwayAsync(ids[0], null, CancellationToken);
        await ResultFolders.SweepAsync(Test.Ledger, CancellationToken);
        Assert.Equal((1, 1), (Folders(ids[0]), Folders(ids[1])));
        await deletions.RestoreRunAsync(ids[0], CancellationToken);
        Assert.True((await ReplayAsync(ids[0])).IsIntact);

        await runs.PutAwayAsync(ids[0], null, CancellationToken);
        await deletions.EmptyAsync(null, CancellationToken);
        Assert.Equal((0, 1), (Folders(ids[0]), Folders(ids[1])));
        await runs.DeleteAsync(ids[1], CancellationToken);
        Assert.Equal(0, Folders(ids[1]));
    }

    [Fact]
    public async Task Nothing_but_folders_of_this_ledgers_own_runs_is_swept()
    {
        Directory.CreateDirectory(Root);
        string[] others = [$"{Guid.NewGuid()}", $".{Guid.NewGuid()}.1.partial", "notes", "0f0c2a9e"];
        foreach (var other in others)
            await File.WriteAllTextAsync(Path.Combine(Directory.CreateDirectory(Path.Combine(Root, other)).FullName, "a.parquet"), "mine");
        // Of another ledger that has the same folder for results.
        var theirs = Guid.NewGuid();
        var marked = Directory.CreateDirectory(Path.Combine(Root, theirs.ToString())).FullName;
        await File.WriteAllTextAsync(Path.Combine(marked, ".almagest.json"), $$"""{"ledger": "7.7", "run_id": "{{theirs}}"}""");
        Assert.Equal(0, await ResultFolders.SweepAsync(Test.Ledger, CancellationToken));
        foreach (var other in others.Append(theirs.ToString()))
            Directory.Delete(Path.Combine(Root, other), recursive: true);
    }

    [Fact]
    public async Task A_folder_that_was_killed_before_it_could_say_whose_it_is_goes_when_it_is_old()
    {
        Directory.CreateDirectory(Root);
        string Folder(string? marker, bool other, DateTime made)
        {
            var path = Directory.CreateDirectory(Path.Combine(Root, $".{Guid.NewGuid()}.1.partial")).FullName;
            if (marker is not null)
                File.WriteAllText(Path.Combine(path, ".almagest.json"), marker);
            if (other)
                File.WriteAllText(Path.Combine(path, "a.parquet"), "something");
            Directory.SetLastWriteTimeUtc(path, made);
            return path;
        }
        var old = DateTime.UtcNow - TimeSpan.FromHours(2);
        string[] dead = [Folder(null, false, old), Folder("{\"led", false, old)];
        string[] kept = [Folder(null, false, DateTime.UtcNow), Folder("{\"led", true, old), Folder(null, true, old)];
        Assert.Equal(2, await ResultFolders.SweepAsync(Test.Ledger, CancellationToken));
        Assert.All(dead, d => Assert.False(Directory.Exists(d)));
        Assert.All(kept, d => Assert.True(Directory.Exists(d)));
        foreach (var folder in kept)
            Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_ledger_and_its_restored_copy_never_remove_each_others_files_and_the_last_that_has_the_run_does()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var runs = new RunRepository(Test.Ledger);
        Guid[] ids =
        [
            (await RunAsync(dataset.Name, """{"n_estimators": 7, "draws": 0}""")).RunId!.Value,
            (await RunAsync(dataset.Name, """{"n_estimators": 8, "draws": 0}""")).RunId!.Value,
            (await RunAsync(dataset.Name, """{"n_estimators": 9, "draws": 0}""")).RunId!.Value,
        ];
        await using var empty = await TestLedger.CreateEmptyAsync();
        await using var copy = new LedgerDatabase(empty.ConnectionString) { ResultsFolder = Root };
        await BackupFile.CopyAsync(Test.Ledger, copy, null, CancellationToken);
        Assert.Equal(ids, (await ResultFolders.SharedAsync(copy, CancellationToken)).Intersect(ids).Order());
        Assert.Equal(ids, (await ResultFolders.SharedAsync(Test.Ledger, CancellationToken)).Intersect(ids).Order());

        // Whoever goes first, the files stay for the other, and go with it.
        await new RunRepository(copy).DeleteAsync(ids[0], CancellationToken);
        await runs.DeleteAsync(ids[1], CancellationToken);
        Assert.Equal((1, 1), (Folders(ids[0]), Folders(ids[1])));
        Assert.True((await ReplayAsync(ids[0])).IsIntact);
        Assert.True((await new RunReplayer(copy).ReplayAsync(ids[1], null, CancellationToken)).IsIntact);
        await runs.DeleteAsync(ids[0], CancellationToken);
        await new RunRepository(copy).DeleteAsync(ids[1], CancellationToken);
        Assert.Equal((0, 0), (Folders(ids[0]), Folders(ids[1])));

        // The first is no more, and somebody says it.
        Assert.Contains(ids[2], await ResultFolders.TakeAsync(copy, CancellationToken));
        Assert.DoesNotContain(ids[2], await ResultFolders.SharedAsync(copy, CancellationToken));
        await new RunRepository(copy).DeleteAsync(ids[2], CancellationToken);
        Assert.Equal(0, Folders(ids[2]));

        // The others, which the tests share, are their ledger's again.
        await ResultFolders.TakeAsync(Test.Ledger, CancellationToken);
        await runs.DeleteAsync(ids[2], CancellationToken);
    }

    [Fact]
    public async Task A_run_that_a_restored_ledger_takes_up_does_not_take_the_place_of_the_others_results()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var submitted = await new DiscoveryService(Test.Ledger).SubmitAsync(
            new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read("""{"n_estimators": 5, "draws": 0}""")),
            CancellationToken
        );
        await using var empty = await TestLedger.CreateEmptyAsync();
        await using var copy = new LedgerDatabase(empty.ConnectionString) { ResultsFolder = Root };
        await BackupFile.CopyAsync(Test.Ledger, copy, null, CancellationToken);
        await Service().ExecuteAsync(submitted.RunId, null, CancellationToken);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DiscoveryService(copy).ExecuteAsync(submitted.RunId, null, CancellationToken)
        );
        Assert.Equal(ErrorCode.ResultsFolderUnusable, error.Code);
        Assert.Contains("of the same run of another ledger", error.Message, StringComparison.Ordinal);
        Assert.True((await ReplayAsync(submitted.RunId)).IsIntact);
        await ResultFolders.TakeAsync(Test.Ledger, CancellationToken);
    }
}
