using System.Security.Cryptography;
using System.Text;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

/// <summary>What a migration does is history: ledgers have done it. Needs no database.</summary>
public sealed class FrozenSqlTests
{
    /// <summary>The SQL that each migration executes, up and down: a new migration is a line, and no line ever changes.</summary>
    public static TheoryData<string, string> Migrations =>
        new()
        {
            { "InitialSchema", "e51e0a9b0e461ffb" },
            { "AddDiscoveryViews", "4de73776865cddfa" },
            { "AddAnomalyOverlapMatrixView", "7a5e76882ab185de" },
            { "AddDiscoveryTimelineView", "ff399699521988c9" },
            { "AddQueueAnnotationsAndViewModes", "9f552ca2d0d1345f" },
            { "AddDiscoveryExclusions", "c00fd7b6e95cebd8" },
            { "AddAstrometricErrors", "56229b611ff70c07" },
            { "AddClusterSummaries", "8e2212c9e5ed2a4d" },
            { "AddAccessTokens", "e3b0c44298fc1c14" },
            { "AddRunStartedBy", "e3b0c44298fc1c14" },
            { "AddDeletions", "52f20d680fa4b8fd" },
            { "AddSavedViews", "60b87eeb61c95435" },
            { "AddAutomaticViewMode", "f2edd3cb681c50be" },
            { "AddTapJobs", "a674074c29e70e75" },
            { "AddFlagProbabilities", "8227b12ec7994044" },
            { "AddClusterIdentifications", "3ec9a728c4018a68" },
            { "AddWatches", "9216e5d330cd4bc6" },
            { "AddRunTasks", "6e79b3b89ae9797f" },
            { "AddDatasetDeletions", "0edaff53eb565301" },
            { "AddCataloguesInPlace", "ef716136246c36a4" },
            { "AddDistribution", "98b565d9c19c1d66" },
            { "AddResultsInFiles", "e71ab92358902dcd" },
        };

    [Theory]
    [MemberData(nameof(Migrations))]
    public async Task The_sql_of_a_migration_never_changes(string name, string expected)
    {
        await using var ledger = new LedgerDatabase("Host=nowhere.invalid");
        await using var context = ledger.CreateContext();
        var assembly = context.GetService<IMigrationsAssembly>();
        var found = assembly.Migrations.Single(m => m.Key.EndsWith($"_{name}", StringComparison.Ordinal)).Value;
        var migration = assembly.CreateMigration(found, context.Database.ProviderName!);

        var sql = string.Join('\n', migration.UpOperations.Concat(migration.DownOperations).OfType<SqlOperation>().Select(o => o.Sql));

        Assert.Equal(expected, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)))[..16]);
    }

    [Fact]
    public async Task Every_migration_is_listed()
    {
        await using var ledger = new LedgerDatabase("Host=nowhere.invalid");
        await using var context = ledger.CreateContext();
        Assert.Equal(context.Database.GetMigrations().Select(id => id[15..]), Migrations.Select(row => row.Data.Item1));
    }
}
