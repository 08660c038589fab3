using Almagest.Ledger.Schema;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

/// <summary>What going back loses is said before.</summary>
public sealed class MigrationLossTests
{
    [Fact]
    public async Task Of_every_migration_it_is_said_what_its_way_back_cannot_keep()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        Assert.All(
            await test.Ledger.Schema.StatusAsync(TestContext.Current.CancellationToken),
            s => Assert.True(s.Superseded || MigrationLosses.Knows(s.Name), $"MigrationLosses does not know {s.Name}")
        );
    }

    [Fact]
    public async Task Losses_are_counted_as_they_are_and_an_empty_ledger_loses_nothing()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        var schema = test.Ledger.Schema;
        Assert.Empty(await schema.LossesAsync("0", TestContext.Current.CancellationToken));

        await test.AddDatasetAsync("a", 7);
        Assert.Equal(
            [new MigrationLoss("InitialSchema", "datasets", 1), new MigrationLoss("InitialSchema", "stars", 7)],
            await schema.LossesAsync("0", TestContext.Current.CancellationToken)
        );
        Assert.Empty(await schema.LossesAsync("AddDiscoveryTimelineView", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_database_of_a_newer_program_is_not_rolled_back()
    {
        await using var test = await TestLedger.CreateWholeAsync();
        await using var add = test.Ledger.DataSource.CreateCommand(
            "insert into public.\"__EFMigrationsHistory\" values ('20991231000000_FromTheFuture', '99.0.0')"
        );
        await add.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        foreach (var target in new[] { "0", "InitialSchema" })
        {
            var error = await Assert.ThrowsAsync<Almagest.Contract.Errors.LedgerException>(() =>
                test.Ledger.Schema.RollbackAsync(target, TestContext.Current.CancellationToken)
            );
            Assert.Equal(Almagest.Contract.Errors.ErrorCode.SchemaNewer, error.Code);
        }
        Assert.True((await test.Ledger.Schema.StatusAsync(TestContext.Current.CancellationToken)).All(s => s.Applied));
    }
}
