using Almagest.Ledger.Model;
using Almagest.Ledger.Runs;
using Almagest.Ledger.Selections;
using Npgsql;

namespace Almagest.Ledger.Tests.Views;

/// <summary>
/// Drives a small ledger through a random history and remembers plainly what happened: runs of both kinds over several datasets and
/// selections, empty runs, all or none flagged, null and tied scores, noise only, failures, deletions, edges of weeks and months.
/// </summary>
public sealed class RandomHistory(TestLedger test, Random random)
{
    readonly List<(long DatasetId, long[] Stars)> selections = [];
    readonly RunRepository repository = new(test.Ledger);

    public List<PlainRun> Runs { get; } = [];

    public async Task PrepareAsync()
    {
        var (first, a) = await test.AddDatasetAsync("first", 14);
        var (second, b) = await test.AddDatasetAsync("second", 6);
        selections.AddRange([(first, a), (first, a[3..11]), (first, a[..0]), (second, b), (second, b[..1])]);
    }

    public Task StepAsync() => random.Next(10) switch
    {
        < 6 => AddAsync(RunStatus.Completed),
        6 => AddAsync(RunStatus.Pending),
        7 => AddAsync(RunStatus.Failed),
        8 => AddAsync("taken back"),
        _ => DeleteAsync(),
    };

    async Task AddAsync(string fate)
    {
        var (dataset, stars) = selections[random.Next(selections.Count)];
        RunParameters parameters = random.Next(2) == 0 ? new IsolationForestParameters() : new DbscanParameters();
        var run = await repository.CreateAsync(dataset, parameters, StarFilter.All);
        // Somewhere around the ends of a week, a month and a year, to the microsecond.
        var created = new DateTime(2026, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc).AddMicroseconds(random.Next(2000)).AddDays(random.Next(-40, 40));
        await SetAsync("created_at", run.RunId, created);
        run.CreatedAt = created;

        var anomaly = run.RunType == RunTypes.Anomaly;
        stars = [.. stars.OrderBy(_ => random.Next())];
        var share = random.Next(4) switch { 0 => 0.0, 1 => 1.0, _ => random.NextDouble() };
        var flags = stars.Select(_ => anomaly && random.NextDouble() < share).ToArray();
        var scores = flags.Select(f => anomaly ? (double?)((f ? -1 : 1) * (random.Next(3) == 0 ? 0.25 : random.NextDouble() + 1e-6)) : null).ToArray();
        var clusters = random.Next(4);
        var labels = stars.Select(_ => anomaly ? (int?)null : random.Next(-1, clusters)).ToArray();

        if (fate is RunStatus.Completed or "taken back")
        {
            await using var completion = await repository.BeginCompletionAsync(run.RunId);
            if (anomaly) await completion.SaveAnomaliesAsync(stars, [.. scores.Select(s => s!.Value)]);
            else await completion.SaveClustersAsync(stars, [.. labels.Select(l => l!.Value)]);
            await completion.MarkCompleteAsync(stars.Length, null);
            if (fate == RunStatus.Completed) await completion.CommitAsync();
            else fate = RunStatus.Pending;
        }
        else if (fate == RunStatus.Failed)
        {
            await repository.FailAsync(run.RunId, "it was made to fail");
        }
        var stored = await repository.GetAsync(run.RunId);
        Runs.Add(new PlainRun(run.RunId, run.RunType, created, fate, stored.CompletedAt, stars, scores, flags, labels));
    }

    async Task DeleteAsync()
    {
        if (Runs.Count == 0) return;
        var victim = Runs[random.Next(Runs.Count)];
        await repository.DeleteAsync(victim.RunId);
        Runs.Remove(victim);
    }

    async Task SetAsync(string column, Guid runId, DateTime value)
    {
        await using var command = test.Ledger.DataSource.CreateCommand($"update discovery_runs set {column} = $1 where run_id = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.Parameters.Add(new NpgsqlParameter { Value = runId });
        await command.ExecuteNonQueryAsync();
    }
}
