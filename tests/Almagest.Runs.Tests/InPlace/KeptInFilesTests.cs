using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>Runs over catalogues that are read where they lie are kept: every star's result in files, those of flagged stars in the
/// ledger.</summary>
public sealed partial class KeptInFilesTests(KeptInFilesTests.Lying lying) : IClassFixture<KeptInFilesTests.Lying>
{
    private const string Forest = """{"features": "population", "n_estimators": 20, "draws": 4, "contamination": 0.04}""";

    /// <summary>What each step of a completion is called, in their order.</summary>
    private static readonly string[] s_points = ["before-copy", "after-copy", "before-commit", "before-rename", "after-rename"];

    private static readonly AsyncLocal<string?> s_stop = new();

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private TestLedger Test => lying.Ledger;

    private string Root => Test.Ledger.ResultsFolder!;

    private DiscoveryService Service(long mostHeld = 0) =>
        new(Test.Ledger)
        {
            Limits = new RunMemory { AvailableBytes = 1L << 40, MostHeld = mostHeld },
            Rooms = () => new ScratchRoom(1 << 14, 1000),
        };

    private Task<RunOutcome> RunAsync(string dataset, string parameters = Forest, string filter = "{}", long mostHeld = 0) =>
        Service(mostHeld)
            .RunAsync(
                new RunRequest(dataset, StarFilter.FromJson(filter), Algorithms.Find("isolation_forest")!.Read(parameters)),
                null,
                CancellationToken
            );

    private Task<DiscoveryRun> GetAsync(Guid id) => new RunRepository(Test.Ledger).GetAsync(id, CancellationToken);

    [Theory]
    [InlineData("files", Forest, "{}", 0)]
    [InlineData("rejected", Forest, "{}", 0)]
    [InlineData("hats", """{"n_estimators": 10, "draws": 0}""", """{"magnitude": {"max": 16}}""", long.MaxValue)]
    [InlineData("texts", """{"features": "default", "missing": "impute", "n_estimators": 10, "draws": 0}""", "{}", 0)]
    [InlineData("numbered", """{"features": "astrometric", "n_estimators": 10, "draws": 2}""", "{}", long.MaxValue)]
    public async Task Results_flagged_stars_and_exclusions_are_those_of_the_same_catalogue_loaded(
        string layout,
        string parameters,
        string filter,
        long mostHeld
    )
    {
        var (loaded, kept) = await lying.GetAsync(layout);
        var one = await RunAsync(loaded.Name, parameters, filter, long.MaxValue);
        var other = await RunAsync(kept.Name, parameters, filter, mostHeld);
        Assert.Equal(mostHeld > 0, other.Analysis.Stars.IsInMemory);
        var (inLedger, inFiles) = (await GetAsync(one.RunId!.Value), await GetAsync(other.RunId!.Value));
        Assert.Equal(inLedger.ResultsSummary, inFiles.ResultsSummary);
        Assert.Equal((3, inLedger.TotalStars), (inFiles.ResultsHashVersion, inFiles.TotalStars));
        Assert.NotNull(inFiles.StarSetId);

        // Every star with its columns, to the last bit: the numbers are written so that they come back.
        var expected = await RowsAsync(inLedger);
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await RowsAsync(inFiles)).Order(StringComparer.Ordinal));
        Assert.Equal(inLedger.TotalStars, expected.Count);
        var flagged = await RowsAsync(inLedger, new ResultQuery(AnomaliesOnly: true));
        Assert.NotEmpty(flagged);
        Assert.Equal(
            flagged.Order(StringComparer.Ordinal),
            (await RowsAsync(inFiles, new ResultQuery(AnomaliesOnly: true))).Order(StringComparer.Ordinal)
        );

        // And over the sky, as a catalogue of the same columns divided alike.
        Assert.Equal(await HatsAsync(inLedger, ""), await HatsAsync(inFiles, layout));

        // What the ledger has of them.
        Assert.Equal(
            (long)flagged.Count,
            await Test.ScalarAsync<long>($"select count(*) from discovery_results where run_id = '{inFiles.RunId}' and is_anomaly = 1")
        );
        Assert.Equal(
            (long)flagged.Count,
            await Test.ScalarAsync<long>($"select count(*) from discovery_results where run_id = '{inFiles.RunId}'")
        );
        Assert.Equal(
            (long)flagged.Count,
            await Test.ScalarAsync<long>(
                $"""
                select count(*)
                from (select s.* from stars s join discovery_results r using (star_id) where r.run_id = '{inFiles.RunId}') a
                join stars b on b.dataset_id = {loaded.DatasetId} and b.source_id = a.source_id
                where to_jsonb(a) - 'star_id' - 'dataset_id' = to_jsonb(b) - 'star_id' - 'dataset_id'
                """
            )
        );
        const string Excluded = "select reason, healpix_6, stars from discovery_exclusions where run_id = '{0}' order by 1, 2";
        Assert.Equal(
            await Test.StringsAsync(Excluded.Replace("{0}", inLedger.RunId.ToString(), StringComparison.Ordinal)),
            await Test.StringsAsync(Excluded.Replace("{0}", inFiles.RunId.ToString(), StringComparison.Ordinal))
        );
        Assert.Equal(
            inLedger.TotalStars,
            await Test.ScalarAsync<long>($"select star_count from analysed_sets where set_id = {inFiles.StarSetId}")
        );

        // A file for each of the catalogue's.
        var files = ResultFiles.Of(inFiles)!;
        Assert.Equal(InPlaceCatalogue.Of(kept)!.Files.Select(f => f.Path), files.Files.Select(f => f.Path));
        Assert.Equal((inFiles.TotalStars, files.Files.Sum(f => f.Bytes)), (files.Rows, files.Bytes));

        var replay = await ReplayAsync(inFiles.RunId);
        Assert.True(replay.IsReproduced);
        Assert.True(replay.IsIntact);
        Assert.Equal((inFiles.ResultsHash, inFiles.TotalStars), (replay.RecomputedHash, replay.Rows));
        other.Analysis.Release();
    }

    private async Task<ReplayReport> ReplayAsync(Guid run) => await new RunReplayer(Test.Ledger).ReplayAsync(run, null, CancellationToken);

    private async Task<List<string>> RowsAsync(DiscoveryRun run, ResultQuery? query = null)
    {
        var table = await new RunExport(Test.Ledger).TableAsync(run, query ?? new ResultQuery(), null, CancellationToken);
        using var stream = new MemoryStream();
        await table.WriteAsync(stream, TableFormat.Csv, null, CancellationToken);
        // Ids of ours are others in the two datasets.
        return
        [
            .. System
                .Text.Encoding.UTF8.GetString(stream.ToArray())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(line => line[line.IndexOf(',', StringComparison.Ordinal)..]),
        ];
    }

    /// <summary>The cells and the rows of the catalogue that is written of a run, without ids of ours, and the columns of its
    /// files.</summary>
    private async Task<List<string>> HatsAsync(DiscoveryRun run, string ofLayout)
    {
        using var room = new ScratchRoom();
        using var folder = TestFolder.Create($"hats-{ofLayout}");
        var catalogue = await new RunExport(Test.Ledger).HatsAsync(run, new ResultQuery(), null, 400, room, CancellationToken);
        await catalogue.WriteAsync(folder.Path, null, CancellationToken);
        using var table = CatalogFile.Open(folder.Path);
        Assert.Equal(await ColumnsAsync(run), table.Columns.Select(c => c.Name).Where(c => c != HatsCatalogue.Place));
        var ids = Enumerable.Range(0, table.Columns.Count).Where(c => table.Columns[c].Name != "star_id").ToArray();
        List<string> lines =
        [
            string.Join(' ', table.Columns.Select(c => $"{c.Name} {c.Type} {c.Unit}")),
            .. catalogue.Pixels.Select(p => $"{p}"),
        ];
        foreach (var batch in table.ReadBatches(cancellationToken: CancellationToken))
            for (var i = 0; i < batch.Count; i++)
                lines.Add(string.Join('|', ids.Select(c => Text(batch.Columns[c], i))));
        return lines;
    }

    private static string Text(CatalogVector values, int row) =>
        values switch
        {
            _ when values.IsNull(row) => "",
            DoubleVector numbers => $"{numbers.Values[row]:R}",
            Int64Vector numbers => $"{numbers.Values[row]}",
            BooleanVector truths => $"{truths.Values[row]}",
            _ => ((TextVector)values).Values[row]!,
        };

    private async Task<string[]> ColumnsAsync(DiscoveryRun run) =>
        [.. (await new RunExport(Test.Ledger).TableAsync(run, new ResultQuery(), null, CancellationToken)).Columns.Select(c => c.Name)];

    [Fact]
    public async Task Chosen_stars_of_a_kept_run_are_the_rows_of_its_catalogue()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var run = await GetAsync((await RunAsync(dataset.Name)).RunId!.Value);
        using var room = new ScratchRoom();
        var all = (await LinesAsync(await new RunExport(Test.Ledger).TableAsync(run, new ResultQuery(), null, CancellationToken))).Split(
            '\n'
        );
        long[] chosen =
        [
            .. all.Skip(1).Take(5).Select(l => long.Parse(l.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)),
        ];
        var query = new ResultQuery { StarIds = chosen };
        var catalogue = await new RunExport(Test.Ledger).HatsAsync(run, query, null, 300, room, CancellationToken);
        Assert.Equal(5, catalogue.Pixels.Sum(p => p.Rows));
        Assert.Equal(
            all.Skip(1).Take(5).Order(StringComparer.Ordinal),
            (await LinesAsync(catalogue.Table))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Skip(1)
                .Select(l => l[(l.IndexOf(',', StringComparison.Ordinal) + 1)..])
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_catalogue_of_a_kept_run_is_that_of_the_run_that_is_not_kept()
    {
        var (_, dataset) = await lying.GetAsync("files");
        var request = new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read(Forest));
        var preview = await Service().PreviewAsync(request, null, CancellationToken);
        var run = await GetAsync((await RunAsync(dataset.Name)).RunId!.Value);
        using var room = new ScratchRoom();
        using var folder = TestFolder.Create("kept");
        var unkept = ScoredCatalogue.Of(preview, room, mostRows: 300, cancellationToken: CancellationToken);
        var kept = await new RunExport(Test.Ledger).HatsAsync(run, new ResultQuery(), null, 300, room, CancellationToken);
        Assert.Equal(unkept.Pixels, kept.Pixels);
        Assert.Equal(await LinesAsync(unkept.Table), await LinesAsync(kept.Table));
        preview.Analysis.Release();
    }

    private static async Task<string> LinesAsync(ExportTable table)
    {
        using var stream = new MemoryStream();
        await table.WriteAsync(stream, TableFormat.Csv, null, CancellationToken);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    [Fact]
    public async Task Equal_files_have_equal_hashes_in_any_ledger_and_other_scores_another()
    {
        var (_, dataset) = await lying.GetAsync("texts");
        var run = await GetAsync((await RunAsync(dataset.Name)).RunId!.Value);
        await using var elsewhere = await TestLedger.CreateWholeAsync();
        // So that its ids of stars are others.
        await elsewhere.AddDatasetAsync("before", 10);
        using var folder = TestFolder.Create("elsewhere");
        var (_, same) = await LyingCatalogue.IngestAsync(elsewhere, folder.Path, "texts", CancellationToken);
        var request = new RunRequest(same.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read(Forest));
        var there = await new DiscoveryService(elsewhere.Ledger).RunAsync(request, null, CancellationToken);
        var found = await new RunRepository(elsewhere.Ledger).GetAsync(there.RunId!.Value, CancellationToken);
        Assert.Equal(run.ResultsHash, found.ResultsHash);
        Assert.NotEqual(InPlaceCatalogue.Of(dataset)!.FirstStarId, InPlaceCatalogue.Of(same)!.FirstStarId);
        var seed = await RunAsync(dataset.Name, Forest.Replace("{", """{"random_state": 7, """, StringComparison.Ordinal));
        Assert.NotEqual(run.ResultsHash, (await GetAsync(seed.RunId!.Value)).ResultsHash);
    }

    [Fact]
    public async Task Whatever_ends_a_run_between_its_steps_leaves_nothing_half_visible_and_what_is_left_is_swept()
    {
        var (_, dataset) = await lying.GetAsync("files");
        RunCompletion.AtPoint = at =>
        {
            if (at == s_stop.Value)
                throw new StoppedException(LeftBehind.Of(Root));
        };
        foreach (var point in s_points)
        {
            var (results, stars) = (
                await Test.ScalarAsync<long>("select count(*) from discovery_results"),
                await Test.ScalarAsync<long>("select count(*) from stars")
            );
            s_stop.Value = point;
            var submitted = await new DiscoveryService(Test.Ledger).SubmitAsync(
                new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read(Forest)),
                CancellationToken
            );
            var stopped = await Assert.ThrowsAsync<StoppedException>(() =>
                Service().ExecuteAsync(submitted.RunId, null, CancellationToken)
            );
            s_stop.Value = null;
            // As the program leaves it that is killed there: its folder, and the run as it was.
            using var left = stopped.Left;
            left.PutBack();
            await Test.ExecuteAsync(
                $"update discovery_runs set status = 'running', completed_at = null, error = null, heartbeat_at = now() "
                    + $"where run_id = '{submitted.RunId}'"
            );
            Assert.Equal(1, Folders(submitted.RunId));
            Assert.Equal(0, await ResultFolders.SweepAsync(Test.Ledger, CancellationToken));
            Assert.False((await GetAsync(submitted.RunId)).IsComplete);
            Assert.Equal(results, await Test.ScalarAsync<long>("select count(*) from discovery_results"));
            Assert.Equal(stars, await Test.ScalarAsync<long>("select count(*) from stars"));

            // Its worker is found silent, and another takes it.
            await Test.ExecuteAsync(
                $"update discovery_runs set heartbeat_at = now() - interval '1 hour' where run_id = '{submitted.RunId}'"
            );
            await new RunClaims(Test.Ledger).HandleLostRunsAsync(CancellationToken);
            Assert.Equal(RunStatus.Pending, (await GetAsync(submitted.RunId)).Status);
            Assert.NotNull(await Service().ExecuteAsync(submitted.RunId, null, CancellationToken));
            var done = await GetAsync(submitted.RunId);
            Assert.True(done.IsComplete);
            Assert.Equal(1, Folders(done.RunId));
            Assert.True((await ReplayAsync(done.RunId)).IsReproduced);

            // Where nobody takes it, what it left goes.
            var failed = await new DiscoveryService(Test.Ledger).SubmitAsync(
                new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read(Forest)),
                CancellationToken
            );
            s_stop.Value = point;
            (
                await Assert.ThrowsAsync<StoppedException>(() => Service().ExecuteAsync(failed.RunId, null, CancellationToken))
            ).Left.PutBack();
            s_stop.Value = null;
            Assert.Equal(RunStatus.Failed, (await GetAsync(failed.RunId)).Status);
            Assert.Equal(1, Folders(failed.RunId));
            Assert.Equal(1, await ResultFolders.SweepAsync(Test.Ledger, CancellationToken));
            Assert.Equal(0, Folders(failed.RunId));
            Assert.Equal(1, Folders(done.RunId));
        }
        RunCompletion.AtPoint = null;
    }

    private int Folders(Guid run) =>
        Directory.GetDirectories(Root).Count(d => Path.GetFileName(d).Contains(run.ToString(), StringComparison.Ordinal));

    [Fact]
    public async Task Files_that_are_missing_or_others_are_said_and_what_the_ledger_has_is_still_there()
    {
        var (_, dataset) = await lying.GetAsync("rejected");
        var run = await GetAsync((await RunAsync(dataset.Name)).RunId!.Value);
        var file = Path.Combine(Root, run.RunId.ToString(), "sky.parquet");
        var bytes = await File.ReadAllBytesAsync(file, CancellationToken);

        // Another byte of the same number of bytes: the checksum says it, and the size when a byte is missing.
        await File.WriteAllBytesAsync(file, [.. bytes[..1000], (byte)(bytes[1000] ^ 1), .. bytes[1001..]], CancellationToken);
        await RefusedAsync("other contents");
        await File.WriteAllBytesAsync(file, bytes[..^1], CancellationToken);
        await RefusedAsync("bytes and had");
        File.Delete(file);
        await RefusedAsync("'sky.parquet' is missing");
        Directory.Move(Path.GetDirectoryName(file)!, Path.GetDirectoryName(file)! + "-away");
        await RefusedAsync("not on this machine");
        Assert.NotEmpty(await RowsAsync(run, new ResultQuery(AnomaliesOnly: true)));
        Assert.Contains(run.RunId, (await new RunIntegrity(Test.Ledger).CheckAsync(null, CancellationToken)).WithoutFiles);
        Directory.Move(Path.GetDirectoryName(file)! + "-away", Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync(file, bytes, CancellationToken);
        Assert.True((await ReplayAsync(run.RunId)).IsIntact);

        // A flagged star whose row in the ledger is another.
        await Test.RewriteAsync(
            $"update discovery_results set anomaly_score = anomaly_score - 1 where run_id = '{run.RunId}' and star_id = "
                + $"(select min(star_id) from discovery_results where run_id = '{run.RunId}')"
        );
        var replay = await ReplayAsync(run.RunId);
        Assert.Equal((false, (bool?)false, 1L), (replay.IsReproduced, replay.IsIntact, replay.Different));

        async Task RefusedAsync(string how)
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() => RowsAsync(run));
            Assert.Equal(ErrorCode.ResultFilesChanged, error.Code);
            Assert.Contains(how, error.Message, StringComparison.Ordinal);
            Assert.Equal(run.RunId, error.Facts["run_id"]);
            // Names and sizes alone are looked at where the run is shown.
            var shown = (await RunResources.ReadAsync(Test.Ledger, run, CancellationToken)).ResultsInFiles!;
            Assert.Equal(how == "other contents", shown.AreThere);
            Assert.Equal(how == "other contents", shown.Trouble is null);
            Assert.Contains(shown.Trouble ?? how, error.Message, StringComparison.Ordinal);
            Assert.Equal(ErrorCode.ResultFilesChanged, (await Assert.ThrowsAsync<LedgerException>(() => ReplayAsync(run.RunId))).Code);
        }
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_its_files_are_written_leaves_none()
    {
        var (_, dataset) = await lying.GetAsync("hats");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(CancellationToken);
        var before = Directory.Exists(Root) ? Directory.GetDirectories(Root).Length : 0;
        var stages = new List<string>();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Service()
                .RunAsync(
                    new RunRequest(dataset.Name, StarFilter.All, Algorithms.Find("isolation_forest")!.Read("""{"draws": 0}""")),
                    new Stages(stage =>
                    {
                        stages.Add(stage);
                        if (stage == "persist")
                            stop.Cancel();
                    }),
                    stop.Token
                )
        );
        Assert.Contains("persist", stages);
        Assert.Equal(before, Directory.GetDirectories(Root).Length);
        Assert.Equal(
            RunStatus.Cancelled,
            await Test.ScalarAsync<string>("select status from discovery_runs order by created_at desc, run_id desc limit 1")
        );
    }

    private sealed class Stages(Action<string> tell) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => tell(value.Stage);
    }

    private sealed class StoppedException(LeftBehind left) : Exception
    {
        public LeftBehind Left => left;
    }

    /// <summary>A copy of the folder for results at some moment.</summary>
    private sealed class LeftBehind : IDisposable
    {
        private readonly TestFolder _copy = TestFolder.Create("left");
        private readonly string _root;

        private LeftBehind(string root) => _root = root;

        public static LeftBehind Of(string root)
        {
            var left = new LeftBehind(root);
            Copy(root, left._copy.Path);
            return left;
        }

        public void PutBack() => Copy(_copy.Path, _root);

        private static void Copy(string from, string to)
        {
            foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }
        }

        public void Dispose() => _copy.Dispose();
    }

    /// <summary>One ledger with each catalogue twice, which the tests share.</summary>
    public sealed class Lying : IAsyncLifetime
    {
        private readonly TestFolder _folder = TestFolder.Create("lying");
        private readonly SemaphoreSlim _one = new(1);
        private readonly Dictionary<string, (Dataset Loaded, Dataset Lying)> _known = [];

        public TestLedger Ledger { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Ledger = await TestLedger.CreateWholeAsync();

        public async Task<(Dataset Loaded, Dataset Lying)> GetAsync(string layout)
        {
            await _one.WaitAsync(CancellationToken);
            try
            {
                if (!_known.TryGetValue(layout, out var found))
                    _known[layout] = found = await LyingCatalogue.IngestAsync(Ledger, _folder.Path, layout, CancellationToken);
                return found;
            }
            finally
            {
                _one.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Ledger.DisposeAsync();
            _folder.Dispose();
            _one.Dispose();
        }
    }
}
