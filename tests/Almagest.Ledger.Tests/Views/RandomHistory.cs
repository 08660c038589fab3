using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Tests.InPlace;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Ledger.Tests.Views;

/// <summary>
/// Drives a small ledger through a random history and remembers plainly what happened: runs of both kinds over several datasets and
/// selections, empty runs, all or none flagged, tied scores, noise only, stars that are not analysed, failures, cancellations,
/// deletions of runs and datasets, for good or for a while, edges of weeks and months, and
/// labels of two sets that come, change and go. Where the tables are not distributed, some runs are over a catalogue that is read where it
/// lies, and their results in files: of cluster runs those of noise alone.
/// </summary>
public sealed class RandomHistory(TestLedger test, Random random)
{
    private readonly List<(long DatasetId, long[] Stars)> _selections = [];
    private readonly RunRepository _repository = new(test.Ledger);
    private readonly RunsInFiles _files = new(test);
    private readonly List<PlainRun> _deleted = [];
    private DeletedDataset? _away;

    public List<PlainRun> Runs { get; } = [];

    public PlainSky Sky { get; } = new();

    public async Task PrepareAsync()
    {
        var (first, a) = await AddDatasetAsync("first", 14);
        var (second, b) = await AddDatasetAsync("second", 6);
        _selections.AddRange([(first, a), (first, a[3..11]), (first, a[..0]), (second, b), (second, b[..1])]);
        if (test.IsDistributed)
            return;
        var (third, c) = await AddDatasetAsync("lying", 20, isInPlace: true);
        _selections.AddRange([(third, c), (third, c[4..17]), (third, c[..0]), (third, c[..7]), (third, c[13..])]);
    }

    public Task StepAsync() =>
        random.Next(18) switch
        {
            < 7 => AddAsync(RunStatus.Completed),
            7 => AddAsync(RunStatus.Pending),
            8 => AddAsync(RunStatus.Failed),
            9 => AddAsync(RunStatus.Cancelled),
            10 => AddAsync("taken back"),
            < 13 => RelabelAsync(),
            < 15 => DeleteAsync(),
            15 => MoveDatasetAsync(),
            // None is away for long.
            16 when _away is not null => MoveDatasetAsync(),
            _ => AddAsync(RunStatus.Completed),
        };

    // Some stars share a cell of the sky, of their own dataset or of the others.
    private async Task<(long DatasetId, long[] Stars)> AddDatasetAsync(string name, int count, bool isInPlace = false)
    {
        (double Ra, double Dec) Place(int i) => (i % 3 * 100 + 0.01 * i, i % 2 == 0 ? 89 : -30.5 + 0.001 * i);
        var (dataset, stars) = isInPlace ? await _files.RegisterAsync(name, count, Place) : await test.AddDatasetAsync(name, count, Place);
        if (isInPlace)
            Sky.InPlace.Add(dataset);
        for (var i = 0; i < count; i++)
            Sky.Stars[stars[i]] = new PlainStar(dataset, Place(i).Ra, Place(i).Dec);
        Sky.DatasetsCreatedAt[dataset] = await test.ScalarAsync<DateTime>($"select created_at from datasets where dataset_id = {dataset}");
        return (dataset, stars);
    }

    /// <summary>Labels a few stars, or labels them anew, or takes their labels away.</summary>
    private async Task RelabelAsync()
    {
        var set = random.Next(3) == 0 ? "other" : "truth";
        var takeAway = random.Next(5) == 0;
        foreach (var star in Sky.Stars.Keys.Where(Sky.IsInLedger).OrderBy(_ => random.Next()).Take(random.Next(1, 9)).ToList())
        {
            await using var command = test.Ledger.DataSource.CreateCommand(
                takeAway
                    ? "delete from star_labels where star_id = $1 and label_set = $2"
                    : """
                    insert into star_labels (star_id, label_set, is_anomaly, cluster, labelled_at) values ($1, $2, $3, $4, $5)
                    on conflict (star_id, label_set) do update set is_anomaly = excluded.is_anomaly, cluster = excluded.cluster,
                      labelled_at = excluded.labelled_at
                    """
            );
            command.Parameters.Add(new NpgsqlParameter { Value = star });
            command.Parameters.Add(new NpgsqlParameter { Value = set });
            if (takeAway)
            {
                Sky.Labels.Remove((star, set));
            }
            else
            {
                var label = new PlainLabel(
                    random.Next(4) switch
                    {
                        0 => null,
                        1 => 1,
                        _ => 0,
                    },
                    random.Next(3) == 0 ? null
                        : random.Next(2) == 0 ? "Hyades"
                        : "Pleiades",
                    DateTime.UtcNow.Date.AddDays(random.Next(-2, 3)).AddMicroseconds(random.Next(1_000_000))
                );
                command.Parameters.Add(
                    new NpgsqlParameter
                    {
                        Value = (object?)label.IsAnomaly ?? DBNull.Value,
                        NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Integer,
                    }
                );
                command.Parameters.Add(
                    new NpgsqlParameter { Value = (object?)label.Cluster ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text }
                );
                command.Parameters.Add(new NpgsqlParameter { Value = label.LabelledAt });
                Sky.Labels[(star, set)] = label;
            }
            await command.ExecuteNonQueryAsync();
            if (test.IsDistributed)
                await test.ExecuteAsync($"select view_summaries.after_labels(array[{star}])");
        }
    }

    private async Task AddAsync(string fate)
    {
        var there = _selections.Where(s => s.DatasetId != _away?.DatasetId).ToList();
        var (dataset, stars) = there[random.Next(there.Count)];
        var isInPlace = Sky.InPlace.Contains(dataset);
        RunParameters parameters =
            random.Next(2) == 0
                ? new IsolationForestParameters { Contamination = random.Next(2) == 0 ? 0.05 : 0.1, RandomState = random.Next(3) }
                : new DbscanParameters { MinSamples = random.Next(2) + 4 };
        var run = await _repository.CreateAsync(dataset, parameters, StarFilter.All);
        // Somewhere around the ends of a week, a month and a year, to the microsecond.
        var created = new DateTime(2026, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc)
            .AddMicroseconds(random.Next(2000))
            .AddDays(random.Next(-40, 40));
        await SetAsync("created_at", run.RunId, created);
        run.CreatedAt = created;
        var filter = random.Next(4) == 0 ? """{"magnitude": {"max": 15}}""" : "{}";
        var settings = await RewriteAsync(run.RunId, Rewritten(parameters), filter);

        var anomaly = run.RunType == RunTypes.Anomaly;
        stars = [.. stars.OrderBy(_ => random.Next())];
        var share = random.Next(4) switch
        {
            0 => 0.0,
            1 => 1.0,
            _ => random.NextDouble(),
        };
        var flags = stars.Select(_ => anomaly && random.NextDouble() < share).ToArray();
        var scores = flags
            .Select(f => anomaly ? (double?)((f ? -1 : 1) * (random.Next(3) == 0 ? 0.25 : random.NextDouble() + 1e-6)) : null)
            .ToArray();
        // Of the rest of the dataset, each for one reason.
        var reasons = Sky
            .Stars.Where(s => s.Value.DatasetId == dataset && !stars.Contains(s.Key) && random.Next(2) == 0)
            .Select(s => s.Key)
            .GroupBy(_ => random.Next(2) == 0 ? "no parallax" : "no color")
            .Select(g => new ExcludedStars(g.Key, [.. g]))
            .ToList();
        var excluded = Array.Empty<long>();
        var clusters = random.Next(4);
        var labels = stars.Select(_ => anomaly ? (int?)null : random.Next(-1, clusters)).ToArray();

        if (isInPlace && fate is RunStatus.Completed or "taken back")
        {
            (string, long[])[] left = [.. reasons.Select(r => (r.Reason, r.StarIds.ToArray()))];
            var commit = fate == RunStatus.Completed;
            if (anomaly)
                await _files.CompleteAsync(run.RunId, dataset, stars, [.. scores.Select(s => s!.Value)], left, commit);
            else
                await _files.CompleteClustersAsync(run.RunId, dataset, stars, [.. labels.Select(l => l!.Value)], left, commit);
            if (commit)
                Sky.Kept.UnionWith(stars.Where((_, i) => flags[i] || labels[i] >= 0));
            else
                fate = RunStatus.Pending;
            excluded = [.. reasons.SelectMany(e => e.StarIds)];
        }
        else if (anomaly && fate == RunStatus.Completed && random.Next(4) == 0)
        {
            scores = [.. scores.Select(s => random.Next(3) == 0 ? null : s)];
            await CompleteByHandAsync(run.RunId, stars, flags, scores);
        }
        else if (fate is RunStatus.Completed or "taken back")
        {
            await using var completion = await _repository.BeginCompletionAsync(run.RunId);
            if (anomaly)
                await completion.SaveAnomaliesAsync(stars, [.. scores.Select(s => s!.Value)]);
            else
                await completion.SaveClustersAsync(stars, [.. labels.Select(l => l!.Value)]);
            await completion.SaveExclusionsAsync(await ExcludedCell.CountAsync(test.Ledger, reasons, default), default);
            excluded = [.. reasons.SelectMany(e => e.StarIds)];
            await completion.MarkCompleteAsync(stars.Length, null);
            if (fate == RunStatus.Completed)
                await completion.CommitAsync();
            else
                fate = RunStatus.Pending;
        }
        else if (fate == RunStatus.Failed)
        {
            await _repository.FailAsync(run.RunId, "it was made to fail");
        }
        else if (fate == RunStatus.Cancelled)
        {
            await _repository.CancelAsync(run.RunId);
        }
        var stored = await _repository.GetAsync(run.RunId);
        Runs.Add(
            new PlainRun(
                run.RunId,
                run.RunType,
                run.Algorithm,
                WithoutSeed(settings),
                dataset,
                created,
                fate,
                stored.CompletedAt,
                stars,
                scores,
                flags,
                labels
            )
            {
                Settings = settings,
                Filter = filter,
                Excluded = excluded,
                InFiles = isInPlace && fate == RunStatus.Completed,
            }
        );
    }

    // As an older program stored them: without a parameter, or with its number written otherwise. By name, as JSON text.
    private Dictionary<string, string> Rewritten(RunParameters parameters)
    {
        var settings = JsonNode.Parse(parameters.ToJson())!.AsObject().ToDictionary(p => p.Key, p => p.Value?.ToJsonString() ?? "null");
        if (parameters is not IsolationForestParameters)
            return settings;
        if (random.Next(4) == 0)
            settings["n_estimators"] = random.Next(2) == 0 ? "100.0" : "200";
        if (random.Next(5) == 0)
            settings["contamination"] += "0";
        if (random.Next(8) == 0)
            settings["features"] = random.Next(2) == 0 ? "\"sphere@1\"" : "\"classic@1\"";
        if (random.Next(6) == 0)
            settings["trees_of_old"] = random.Next(2) == 0 ? "null" : "true";
        foreach (var name in settings.Keys.ToList())
            if (random.Next(12) == 0)
                settings.Remove(name);
        return settings;
    }

    private async Task<Dictionary<string, string>> RewriteAsync(Guid run, Dictionary<string, string> settings, string filter)
    {
        await using var command = test.Ledger.DataSource.CreateCommand(
            "update discovery_runs set parameters = $1::jsonb, dataset_filter = $2::jsonb where run_id = $3"
        );
        foreach (var value in new object[] { "{" + string.Join(", ", settings.Select(p => $"\"{p.Key}\": {p.Value}")) + "}", filter, run })
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync();
        return settings;
    }

    // As somebody may with psql, who has flags without scores.
    private async Task CompleteByHandAsync(Guid run, long[] stars, bool[] flags, double?[] scores)
    {
        await using (
            var command = test.Ledger.DataSource.CreateCommand(
                """
                insert into discovery_results (run_id, star_id, is_anomaly, anomaly_score)
                select $1, star_id, flag::int, score from unnest($2, $3, $4) as r (star_id, flag, score)
                """
            )
        )
        {
            foreach (var value in new object[] { run, stars, flags, scores })
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync();
        }
        await test.ExecuteAsync(
            $"""
            update discovery_runs
            set status = 'completed', is_complete = true, completed_at = clock_timestamp(), total_stars = {stars.Length}
            where run_id = '{run}'
            """
        );
    }

    // As PostgreSQL writes a jsonb: the shorter key first, then by its letters.
    private static string WithoutSeed(Dictionary<string, string> settings) =>
        "{"
        + string.Join(
            ", ",
            settings
                .Where(p => p.Key is not ("random_state" or "draws"))
                .OrderBy(p => p.Key.Length)
                .ThenBy(p => p.Key, StringComparer.Ordinal)
                .Select(p => $"\"{p.Key}\": {p.Value}")
        )
        + "}";

    /// <summary>Deletes a run, for good or so that it can come back; or brings one back.</summary>
    private async Task DeleteAsync()
    {
        if (_deleted.Find(r => r.DatasetId != _away?.DatasetId) is { } deleted && random.Next(3) == 0)
        {
            await new LedgerDeletions(test.Ledger).RestoreRunAsync(deleted.RunId);
            _deleted.Remove(deleted);
            Runs.Add(deleted);
            return;
        }
        if (Runs.Count == 0)
            return;
        // Often the last: what is told of the time of the last is then to be told of the one before.
        var victim = random.Next(3) == 0 ? Runs.FindLast(r => r.IsComplete) ?? Runs[^1] : Runs[random.Next(Runs.Count)];
        if (random.Next(2) == 0)
        {
            await _repository.PutAwayAsync(victim.RunId, null);
            _deleted.Add(victim);
        }
        else
        {
            await _repository.DeleteAsync(victim.RunId);
        }
        Runs.Remove(victim);
    }

    /// <summary>Deletes a dataset with what rests on it, or brings the one back that is deleted.</summary>
    private async Task MoveDatasetAsync()
    {
        if (test.IsDistributed)
            return;
        if (_away is { } away)
        {
            await new DatasetRepository(test.Ledger).RestoreAsync(away.DatasetId.ToString(CultureInfo.InvariantCulture));
            _away = null;
            Runs.AddRange(away.Runs);
            Sky.DatasetsCreatedAt[away.DatasetId] = away.CreatedAt;
            foreach (var (star, where) in away.Stars)
                Sky.Stars.Add(star, where);
            foreach (var (key, label) in away.Labels)
                Sky.Labels.Add(key, label);
            return;
        }
        var dataset = _selections[random.Next(_selections.Count)].DatasetId;
        await new DatasetRepository(test.Ledger).PutAwayAsync(dataset, withRuns: true, null);
        _away = new DeletedDataset(
            dataset,
            Sky.DatasetsCreatedAt[dataset],
            [.. Runs.Where(r => r.DatasetId == dataset)],
            Sky.Stars.Where(s => s.Value.DatasetId == dataset).ToDictionary(),
            Sky.Labels.Where(l => Sky.Stars[l.Key.Star].DatasetId == dataset).ToDictionary()
        );
        Runs.RemoveAll(r => r.DatasetId == dataset);
        Sky.DatasetsCreatedAt.Remove(dataset);
        foreach (var key in _away.Labels.Keys)
            Sky.Labels.Remove(key);
        foreach (var star in _away.Stars.Keys)
            Sky.Stars.Remove(star);
    }

    private sealed record DeletedDataset(
        long DatasetId,
        DateTime CreatedAt,
        IReadOnlyList<PlainRun> Runs,
        IReadOnlyDictionary<long, PlainStar> Stars,
        IReadOnlyDictionary<(long Star, string Set), PlainLabel> Labels
    );

    private async Task SetAsync(string column, Guid runId, DateTime value)
    {
        await using var command = test.Ledger.DataSource.CreateCommand($"update discovery_runs set {column} = $1 where run_id = $2");
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        command.Parameters.Add(new NpgsqlParameter { Value = runId });
        await command.ExecuteNonQueryAsync();
    }
}
