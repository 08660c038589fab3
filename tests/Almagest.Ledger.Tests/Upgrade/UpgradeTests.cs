using Almagest.Contract.Errors;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Tests.Schema;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Xunit;

namespace Almagest.Ledger.Tests.Upgrade;

/// <summary>A ledger that an older program made, data inside, works with this one after <c>db migrate</c>, and has lost nothing.</summary>
public sealed class UpgradeTests
{
    /// <summary>Tables whose rows are nobody's but the user's; views, summaries and notes of changes follow from them.</summary>
    private static readonly string[] s_tables =
    [
        "cross_matches",
        "datasets",
        "discovery_results",
        "discovery_runs",
        "idempotency_keys",
        "rejected_rows",
        "run_notes",
        "run_tags",
        "star_labels",
        "star_links",
        "stars",
        "view_refreshes",
    ];

    /// <summary>A dump for each released schema and mode; a new one is a line.</summary>
    public static TheoryData<string, ViewMode> Dumps =>
        new() { { "AddReferenceEpoch.refresh", ViewMode.Refresh }, { "AddReferenceEpoch.incremental", ViewMode.Incremental } };

    [Theory]
    [MemberData(nameof(Dumps))]
    public async Task A_stored_ledger_is_brought_up_to_date_and_loses_nothing(string dump, ViewMode mode)
    {
        await using var test = await StoredLedger.RestoreAsync(dump);
        var columns = new Dictionary<string, List<string>>();
        foreach (var table in s_tables)
            columns[table] = await ColumnsAsync(test, table);
        var before = await ContentsAsync(test, columns);
        Assert.All(s_tables, table => Assert.NotEmpty(before[table]));
        var error = await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync());
        Assert.Equal(ErrorCode.SchemaOlder, error.Code);

        Assert.NotEmpty(await test.Ledger.Schema.MigrateAsync());

        await test.Ledger.Schema.EnsureCurrentAsync();
        Assert.Empty(await test.Ledger.Schema.MigrateAsync());
        Assert.All(await test.Ledger.Schema.StatusAsync(), s => Assert.True(s is { Applied: true, Known: true }, s.Name));
        // HDBSCAN's strength had the name of a probability.
        columns["discovery_results"] = columns["discovery_results"].ConvertAll(c => c == "membership_probability" ? OneMembership : c);
        Assert.NotEqual(0, await test.ScalarAsync<long>("select count(membership_strength) from discovery_results"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(membership_probability) from discovery_results"));
        Assert.Equal(
            0,
            await test.ScalarAsync<long>("select count(*) from discovery_runs where is_complete and results_hash_version <> 1")
        );
        var after = await ContentsAsync(test, columns);
        Assert.All(s_tables, table => Assert.Equal(before[table], after[table]));
        Assert.Equal(mode, (await ViewModeState.ReadAsync(test.Ledger)).Mode);
        await ViewAssert.AgreeAsync(test);
        await AssertHashesAsync(test);
    }

    [Theory]
    [MemberData(nameof(Dumps))]
    public async Task A_stored_ledger_gets_the_schema_of_a_new_one(string dump, ViewMode mode)
    {
        await using var fresh = await TestLedger.CreateWholeAsync();
        await using var test = await StoredLedger.RestoreAsync(dump);
        await test.Ledger.Schema.MigrateAsync();

        await new ViewConverter(fresh.Ledger).ConvertAsync(mode);
        Assert.Equal(await SchemaCatalogue.ReadAsync(fresh), await SchemaCatalogue.ReadAsync(test));
    }

    [Theory]
    [MemberData(nameof(Dumps))]
    public async Task A_stored_ledger_goes_on(string dump, ViewMode mode)
    {
        await using var test = await StoredLedger.RestoreAsync(dump);
        await test.Ledger.Schema.MigrateAsync();

        var stars = (await test.StringsAsync("select star_id from stars where dataset_id = 1 order by 1")).Select(long.Parse).ToArray();
        var run = await test.AddAnomalyRunAsync(1, stars, 4711, 33.5);
        var first = await test.ScalarAsync<Guid>("select run_id from discovery_runs where is_complete order by run_id limit 1");
        await new RunRepository(test.Ledger).DeleteAsync(first);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();

        Assert.Equal(mode, (await ViewModeState.ReadAsync(test.Ledger)).Mode);
        Assert.Equal(34, await test.ScalarAsync<long>($"select anomaly_count from mv_discovery_run_stats where run_id = '{run}'"));
        await ViewAssert.AgreeAsync(test);
    }

    /// <summary>Its runs say nothing of stars that lack a feature: then, medians stood in for what was missing.</summary>
    [Fact]
    public async Task The_runs_of_a_stored_ledger_are_replayed_to_the_last_bit()
    {
        await using var test = await StoredLedger.RestoreAsync("AddReferenceEpoch.refresh");
        await test.Ledger.Schema.MigrateAsync();
        const string Complete = "from discovery_runs where is_complete";
        Assert.Equal(0, await test.ScalarAsync<long>($"select count(*) {Complete} and parameters ? 'missing'"));
        Assert.NotEqual(
            0,
            await test.ScalarAsync<long>(
                $"select count(*) {Complete} and jsonb_array_length(results_summary #> '{{features,imputed}}') > 0"
            )
        );
        foreach (var run in await test.StringsAsync($"select run_id {Complete} order by 1"))
        {
            var replay = await new RunReplayer(test.Ledger).ReplayAsync(
                Guid.Parse(run),
                cancellationToken: TestContext.Current.CancellationToken
            );
            Assert.True(replay.IsReproduced && replay.IsIntact == true, $"{run}: {string.Join("; ", replay.Notes)}");
        }
    }

    [Fact]
    public async Task The_dump_of_before_the_first_release_holds_what_its_page_says()
    {
        await using var test = await StoredLedger.RestoreAsync("AddReferenceEpoch.refresh");
        (string Table, long Rows)[] expected =
        [
            ("stars", 1900),
            ("star_labels", 1502),
            ("discovery_runs", 12),
            ("discovery_results", 11576),
            ("run_tags", 3),
            ("run_notes", 2),
            ("cross_matches", 1),
            ("star_links", 350),
            ("idempotency_keys", 1),
            ("rejected_rows", 1),
        ];
        foreach (var (table, rows) in expected)
            Assert.Equal((table, rows), (table, await test.ScalarAsync<long>($"select count(*) from {table}")));
        Assert.Equal(
            ["cancelled 1", "completed 9", "failed 1", "pending 1"],
            await test.StringsAsync("select status || ' ' || count(*) from discovery_runs group by status order by 1")
        );
        await AssertHashesAsync(test);
    }

    [Fact]
    public async Task The_history_of_before_the_first_release_is_replaced()
    {
        await using var test = await StoredLedger.RestoreAsync("AddReferenceEpoch.refresh");
        var states = await test.Ledger.Schema.StatusAsync();
        Assert.Equal(10, states.Count(s => s.Superseded));
        Assert.Contains("nothing is lost", SchemaMigrator.RemarkOn(states), StringComparison.Ordinal);

        Assert.Equal("AddQueueAnnotationsAndViewModes", (await test.Ledger.Schema.MigrateAsync())[0]);

        Assert.Equal(
            [
                "20261122154235_InitialSchema",
                "20261122154248_AddDiscoveryViews",
                "20261122154301_AddAnomalyOverlapMatrixView",
                "20261122154316_AddDiscoveryTimelineView",
                "20261129120000_AddQueueAnnotationsAndViewModes",
            ],
            (await test.StringsAsync("""select migration_id from "__EFMigrationsHistory" order by 1""")).Take(5)
        );
        Assert.Null(SchemaMigrator.RemarkOn(await test.Ledger.Schema.StatusAsync()));
    }

    [Fact]
    public async Task A_ledger_in_the_middle_of_that_history_is_refused_with_the_step_to_take()
    {
        await using var test = await StoredLedger.RestoreAsync("AddReferenceEpoch.refresh");
        await test.ExecuteAsync(
            """
            delete from "__EFMigrationsHistory" where migration_id = '20261122224000_AddReferenceEpoch';
            alter table datasets drop column reference_epoch;
            """
        );
        var history = await test.StringsAsync("""select * from "__EFMigrationsHistory" order by 1""");

        foreach (
            var error in new[]
            {
                await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.MigrateAsync()),
                await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.EnsureCurrentAsync()),
                await Assert.ThrowsAsync<LedgerException>(() => test.Ledger.Schema.RollbackAsync("InitialSchema")),
            }
        )
        {
            Assert.Contains("AddCrossMatches", error.Message, StringComparison.Ordinal);
            Assert.Contains("e47c67f", error.Remedy, StringComparison.Ordinal);
            Assert.Equal((ErrorCode.SchemaTooOld, "e47c67f"), (error.Code, error.Facts["commit"]));
        }

        Assert.Equal(history, await test.StringsAsync("""select * from "__EFMigrationsHistory" order by 1"""));
        Assert.Contains("e47c67f", SchemaMigrator.RemarkOn(await test.Ledger.Schema.StatusAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_ledger_goes_down_to_the_initial_schema_and_up_again()
    {
        await using var test = await StoredLedger.RestoreAsync("AddReferenceEpoch.incremental");
        await test.Ledger.Schema.RollbackAsync("InitialSchema");
        Assert.Equal(11576, await test.ScalarAsync<long>("select count(*) from discovery_results"));

        await test.Ledger.Schema.MigrateAsync();

        Assert.Equal(11576, await test.ScalarAsync<long>("select count(*) from discovery_results"));
        await ViewAssert.AgreeAsync(test);
    }

    // Of the columns that the stored ledger has: a later schema adds some.
    private static async Task<Dictionary<string, List<string>>> ContentsAsync(TestLedger test, Dictionary<string, List<string>> columns)
    {
        var contents = new Dictionary<string, List<string>>();
        foreach (var table in s_tables)
        {
            contents[table] = await test.StringsAsync($"select {string.Join(", ", columns[table])} from {table} order by 1, 2, 3");
        }
        return contents;
    }

    private static Task<List<string>> ColumnsAsync(TestLedger test, string table) =>
        test.StringsAsync(
            $"""
            select column_name from information_schema.columns
            where table_schema = 'public' and table_name = '{table}' order by ordinal_position
            """
        );

    // Each run's stored results give the hash that was stored with it, whichever column has what they say of memberships.
    private static async Task AssertHashesAsync(TestLedger test)
    {
        var runs = await test.StringsAsync("select run_id, results_hash from discovery_runs where is_complete order by 1");
        Assert.NotEmpty(runs);
        var two = (await ColumnsAsync(test, "discovery_results")).Contains("membership_strength");
        foreach (var run in runs.Select(row => row.Split(" | ")))
        {
            using var hash = new StarIdHash();
            await using var command = test.Ledger.DataSource.CreateCommand(
                $"""
                select star_id, is_anomaly, anomaly_score, cluster_id, {(two ? OneMembership : "membership_probability")}
                from discovery_results where run_id = '{run[0]}' order by star_id
                """
            );
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            {
                hash.Add(
                    "hdbscan",
                    new StoredResult(
                        reader.GetInt64(0),
                        reader.GetInt32(1) == 1,
                        reader.IsDBNull(2) ? null : reader.GetDouble(2),
                        reader.IsDBNull(3) ? null : reader.GetInt32(3),
                        reader.IsDBNull(4) ? null : reader.GetDouble(4)
                    )
                );
            }
            Assert.Equal(run[1], hash.Finish());
        }
    }

    private const string OneMembership = "coalesce(membership_strength, membership_probability)";
}
