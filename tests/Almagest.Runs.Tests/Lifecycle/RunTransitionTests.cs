using Almagest.Contract.Errors;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Lifecycle;

/// <summary>Every operation on a run in every status: what becomes of it, or how it is refused.</summary>
public sealed class RunTransitionTests
{
    /// <summary>- = nothing happens, ! = refused with that code, gone = the run is no longer there, asked = it goes on and is asked to
    /// stop.</summary>
    private const string Table = """
        operation             pending    running         completed  failed     cancelled
        take                  running    -               -          -          -
        begin                 running    -               -          -          -
        release               -          pending         -          -          -
        end failed            -          failed          -          -          -
        end cancelled         -          cancelled       -          -          -
        lose                  -          pending         -          -          -
        lose the last time    -          failed          -          -          -
        lose when cancelled   -          cancelled       -          -          -
        cancel                cancelled  asked           !run_ended !run_ended -
        abandon failed        failed     failed          -          -          -
        abandon cancelled     cancelled  cancelled       -          -          -
        complete by creator   completed  completed       !run_ended !run_ended !run_ended
        complete by worker    !run_lost  completed       !run_lost  !run_lost  !run_lost
        complete by the late  !run_lost  !run_lost       !run_lost  !run_lost  !run_lost
        delete                gone       !run_not_ended  gone       gone       gone
        delete dataset        gone       !dataset_in_use gone       gone       gone
        """;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_operation_does_in_each_status_what_the_table_says()
    {
        await using var test = await TestLedger.CreateAsync();
        var lines = Table.Split('\n');
        var columns = Cells(lines[0]);
        Assert.Equal(["operation", .. RunStatus.All], columns);
        var seen = new List<(string Operation, string From, string To)>();
        var (expected, found) = (new List<string>(), new List<string>());
        foreach (var line in lines.Skip(1))
        {
            var cells = Cells(line);
            for (var i = 1; i < columns.Length; i++)
            {
                var outcome = await TryAsync(test, columns[i], cells[0]);
                expected.Add($"{cells[0]}, {columns[i]}: {cells[i]}");
                found.Add($"{cells[0]}, {columns[i]}: {outcome}");
                if (RunStatus.All.Contains(outcome))
                    seen.Add((cells[0], columns[i], outcome));
                if (outcome == "asked")
                    seen.Add((cells[0], columns[i], columns[i]));
            }
        }
        Assert.Equal(expected, found);
        // The table in the code says the same: it holds these changes and no other.
        Assert.Equal(
            RunLife.Operations.SelectMany(o => o.Steps.Select(step => $"{o.Name}: {step.From} to {step.To}")).Order(),
            seen.Select(s =>
                    $"{RunLife.Operations.First(o => s.Operation.StartsWith(o.Name, StringComparison.Ordinal)).Name}: {s.From} to {s.To}"
                )
                .Distinct()
                .Order()
        );
    }

    [Fact]
    public async Task The_database_itself_keeps_complete_runs_and_knows_no_other_status()
    {
        await using var test = await TestLedger.CreateAsync();
        foreach (var from in RunStatus.All)
        {
            var run = await RunInAsync(test, from, "guards");
            foreach (var to in RunStatus.All.Append("resting").Where(to => to != from))
            {
                var refusal = await RefusalAsync(() =>
                    test.ExecuteAsync($"update discovery_runs set status = '{to}' where run_id = '{run.RunId}'")
                );
                var expected =
                    from == RunStatus.Completed ? ErrorCode.RefusedByLedger
                    : to is RunStatus.Completed or "resting" ? ErrorCode.InvalidValue
                    : null;
                Assert.Equal((from, to, expected), (from, to, refusal?.Code));
                if (expected is null)
                    await test.ExecuteAsync($"update discovery_runs set status = '{from}' where run_id = '{run.RunId}'");
            }
            var flag = await RefusalAsync(() =>
                test.ExecuteAsync($"update discovery_runs set is_complete = not is_complete where run_id = '{run.RunId}'")
            );
            Assert.Equal(from == RunStatus.Completed ? ErrorCode.RefusedByLedger : ErrorCode.InvalidValue, flag?.Code);
        }
    }

    [Fact]
    public void No_other_file_writes_a_status()
    {
        var files = SourceTree
            .Files("Almagest.Ledger", "Almagest.Runs", "Almagest.Charts", "Almagest.Dashboard", "Almagest.Server", "Almagest.Cli")
            .Where(file => !file.Name.Contains("/Migrations/", StringComparison.Ordinal))
            .ToList();
        Assert.Equal(
            ["Almagest.Runs/Lifecycle/RunLife.cs"],
            files.Where(f => f.Text.Contains("update public.discovery_runs", StringComparison.Ordinal)).Select(f => f.Name)
        );
        Assert.Equal(
            // A deletion keeps the run as it is, and a restoration brings it back so.
            [
                "Almagest.Ledger/Datasets/DatasetRepository.cs",
                "Almagest.Ledger/Deletions/DeletionSql.cs",
                "Almagest.Runs/Lifecycle/RunLife.cs",
            ],
            files
                .Where(f => f.Text.Contains("delete from public.discovery_runs", StringComparison.Ordinal))
                .Select(f => f.Name)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["Almagest.Ledger/Deletions/DeletionSql.cs"],
            files.Where(f => f.Text.Contains("insert into public.discovery_runs", StringComparison.Ordinal)).Select(f => f.Name)
        );
        Assert.DoesNotContain(files, f => f.Text.Contains("Status = RunStatus.", StringComparison.Ordinal));
    }

    private static string[] Cells(string line) =>
        line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany((cell, i) => i == 0 ? [cell] : cell.Split(' '))
            .ToArray();

    private static async Task<string> TryAsync(TestLedger test, string from, string operation)
    {
        var run = await RunInAsync(test, from, operation);
        if (await RefusalAsync(() => DoAsync(test, run, operation)) is { } refused)
        {
            Assert.Equal(from, (await new RunRepository(test.Ledger).GetAsync(run.RunId, CancellationToken)).Status);
            return "!" + refused.Code.Name;
        }
        var left = await test.Ledger.ReadAsync(c => c.Runs.Where(r => r.RunId == run.RunId), CancellationToken);
        if (left.Count == 0)
            return "gone";
        Assert.Equal(left[0].Status == RunStatus.Completed, left[0].IsComplete);
        return left[0].Status != from ? left[0].Status
            : left[0].CancelRequestedAt is not null && from == RunStatus.Running && operation == "cancel" ? "asked"
            : "-";
    }

    private static async Task<LedgerException?> RefusalAsync(Func<Task> work)
    {
        try
        {
            await DatabaseBoundary.AskAsync(work);
            return null;
        }
        catch (LedgerException e)
        {
            return e;
        }
    }

    private static async Task DoAsync(TestLedger test, DiscoveryRun run, string operation)
    {
        var (claims, runs) = (new RunClaims(test.Ledger), new RunRepository(test.Ledger));
        var claim = new RunClaim(run.RunId, run.Attempts, null);
        switch (operation)
        {
            case "take":
                await claims.TakeAsync(run.RunId, CancellationToken);
                break;
            case "begin":
                await test.ExecuteAsync($"insert into run_tasks (run_id, number, phase) values ('{run.RunId}', 0, 0)");
                await new TaskClaims(test.Ledger).NextAsync(run.RunId, CancellationToken);
                break;
            case "release":
                await claims.ReleaseAsync(claim);
                break;
            case "end failed":
                await claims.EndAsync(claim, RunStatus.Failed, "trouble");
                break;
            case "end cancelled":
                await claims.EndAsync(claim, RunStatus.Cancelled, null);
                break;
            case "lose":
                await claims.LoseAsync(claim, TimeSpan.Zero, "it is gone", CancellationToken);
                break;
            case "lose the last time":
                if (!run.IsComplete)
                    await test.ExecuteAsync($"update discovery_runs set restarts = max_restarts where run_id = '{run.RunId}'");
                await claims.LoseAsync(claim, TimeSpan.Zero, "it is gone", CancellationToken);
                break;
            case "lose when cancelled":
                if (run.Status == RunStatus.Running)
                    await claims.CancelAsync(run.RunId, CancellationToken);
                await claims.LoseAsync(claim, TimeSpan.Zero, "it is gone", CancellationToken);
                break;
            case "cancel":
                await claims.CancelAsync(run.RunId, CancellationToken);
                break;
            case "abandon failed":
                await runs.FailAsync(run.RunId, "trouble", CancellationToken);
                break;
            case "abandon cancelled":
                await runs.CancelAsync(run.RunId, CancellationToken);
                break;
            case "complete by creator":
                await CompleteAsync(await runs.BeginCompletionAsync(run.RunId, CancellationToken));
                break;
            case "complete by worker":
                await CompleteAsync(await runs.BeginCompletionAsync(claim, CancellationToken));
                break;
            case "complete by the late":
                await CompleteAsync(await runs.BeginCompletionAsync(claim with { Attempt = claim.Attempt - 1 }, CancellationToken));
                break;
            case "delete":
                await runs.DeleteAsync(run.RunId, CancellationToken);
                break;
            case "delete dataset":
                await new DatasetRepository(test.Ledger).DeleteAsync(run.DatasetId, true, CancellationToken);
                break;
            default:
                throw new ArgumentException($"there is no operation '{operation}'", nameof(operation));
        }
    }

    private static async Task<DiscoveryRun> RunInAsync(TestLedger test, string status, string operation)
    {
        var (claims, runs) = (new RunClaims(test.Ledger), new RunRepository(test.Ledger));
        var (dataset, _) = await test.AddDatasetAsync($"{operation} {status}", 0);
        var run = await runs.CreateAsync(
            dataset,
            new DbscanParameters(),
            StarFilter.All,
            new RunPlacement(TimeSpan.Zero, 1),
            CancellationToken
        );
        switch (status)
        {
            case RunStatus.Running:
                Assert.NotNull(await claims.TakeAsync(run.RunId, CancellationToken));
                break;
            case RunStatus.Completed:
                await CompleteAsync(await runs.BeginCompletionAsync(run.RunId, CancellationToken));
                break;
            case RunStatus.Failed:
                await runs.FailAsync(run.RunId, "trouble", CancellationToken);
                break;
            case RunStatus.Cancelled:
                await runs.CancelAsync(run.RunId, CancellationToken);
                break;
        }
        run = await runs.GetAsync(run.RunId, CancellationToken);
        Assert.Equal(status, run.Status);
        return run;
    }

    private static async Task CompleteAsync(RunCompletion completion)
    {
        await using (completion)
        {
            await completion.MarkCompleteAsync(0, null, CancellationToken);
            await completion.CommitAsync(CancellationToken);
        }
    }
}
