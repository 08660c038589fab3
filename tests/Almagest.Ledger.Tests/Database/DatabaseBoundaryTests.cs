using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Database;

public sealed class DatabaseBoundaryTests
{
    private static readonly string[] s_projects =
    [
        "Almagest.Ledger",
        "Almagest.Runs",
        "Almagest.Charts",
        "Almagest.Dashboard",
        "Almagest.Server",
        "Almagest.Cli",
    ];

    [Fact]
    public void Errors_of_the_database_are_translated_at_one_place()
    {
        var places = SourceTree.Files(s_projects).Where(file => file.Text.Contains("PostgresErrors.Translate", StringComparison.Ordinal));
        Assert.Equal(["Almagest.Ledger/Database/DatabaseBoundary.cs"], places.Select(file => file.Name));
    }

    [Fact]
    public void Who_catches_errors_of_the_database_himself_is_on_the_list()
    {
        // A refresh stores its failure as its outcome; a query of a guest has words of its own; the edges report what nobody caught.
        string[] known =
        [
            "Almagest.Cli/Shell/ErrorReport.cs",
            "Almagest.Ledger/Views/ViewRefresher.cs",
            "Almagest.Server/Http/ProblemMiddleware.cs",
            "Almagest.Server/VirtualObservatory/AdqlRunner.cs",
        ];
        var places = SourceTree
            .Files(s_projects)
            .Where(file => file.Text.Contains("DatabaseBoundary.Translated(", StringComparison.Ordinal));
        Assert.Equal(known, places.Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_error_of_the_database_becomes_the_ledgers_wherever_it_is_wrapped()
    {
        var lost = new NpgsqlException("gone");
        Assert.Equal(
            ErrorCode.DatabaseAway,
            (await Assert.ThrowsAsync<LedgerException>(() => DatabaseBoundary.AskAsync(() => throw lost))).Code
        );
        Assert.Equal(
            ErrorCode.DatabaseAway,
            (
                await Assert.ThrowsAsync<LedgerException>(() =>
                    DatabaseBoundary.AskAsync<int>(() => throw new InvalidOperationException("wrapped", lost))
                )
            ).Code
        );
    }

    /// <summary>Citus tells nothing but that it was so: neither the state nor the constraint of the other machine's error.</summary>
    [Fact]
    public async Task Rows_that_a_machine_of_a_distributed_ledger_refused_are_told_as_that()
    {
        var refused = new PostgresException("…", "ERROR", "ERROR", PostgresErrorCodes.InternalError, routine: "ReportCopyError");
        var error = await Assert.ThrowsAsync<LedgerException>(() => DatabaseBoundary.AskAsync(() => throw refused));
        Assert.Equal(
            (ErrorCode.DatabaseFailed, "a machine of the distributed ledger refused rows that were copied to it"),
            (error.Code, error.Message)
        );
    }

    [Fact]
    public async Task What_is_not_the_databases_trouble_passes_as_it_is()
    {
        var own = LedgerException.Of(ErrorCode.RunNotFound, "there is no run", inner: new NpgsqlException("below"));
        Assert.Same(own, await Assert.ThrowsAsync<LedgerException>(() => DatabaseBoundary.AskAsync(() => throw own)));
        var cancelled = new OperationCanceledException("stopped", new NpgsqlException("below"));
        Assert.Same(
            cancelled,
            await Assert.ThrowsAsync<OperationCanceledException>(() => DatabaseBoundary.AskAsync(() => throw cancelled))
        );
        await Assert.ThrowsAsync<FormatException>(() => DatabaseBoundary.AskAsync(() => throw new FormatException()));
    }

    [Fact]
    public async Task A_question_has_an_open_connection_and_gives_it_back()
    {
        await using var test = await TestLedger.CreateAsync();
        NpgsqlConnection? used = null;
        var answer = await test.Ledger.AskAsync(
            async connection =>
            {
                used = connection;
                await using var command = new NpgsqlCommand("select 42", connection);
                return (int)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
            },
            TestContext.Current.CancellationToken
        );
        Assert.Equal(42, answer);
        Assert.Equal(System.Data.ConnectionState.Closed, used!.State);
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            test.Ledger.AskAsync(
                async connection =>
                {
                    await using var command = new NpgsqlCommand("select * from nowhere", connection);
                    await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
                },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(ErrorCode.SchemaMismatch, error.Code);
    }
}
