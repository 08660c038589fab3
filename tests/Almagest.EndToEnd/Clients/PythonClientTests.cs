using Almagest.Ledger.Access;
using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.AspNetCore.Builder;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>The Python package of clients/python, and its notebooks, against a server of their own.</summary>
public sealed class PythonClientTests : IAsyncLifetime
{
    private static readonly string s_client = Path.Combine(SourceTree.Root, "clients", "python");

    private TestDatabase _database = null!;
    private LedgerDatabase _ledger = null!;
    private WebApplication _app = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        _ledger = new LedgerDatabase(_database.ConnectionString);
        await _ledger.Schema.MigrateAsync();
        _app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = _ledger,
                Port = 0,
                NightlyCron = null,
            }
        );
    }

    [Fact]
    [TimeLimit(180, "builds a package, and loads astropy and pandas in processes of their own")]
    public async Task The_tests_of_the_Python_package_pass()
    {
        foreach (
            var (module, package) in new[]
            {
                ("pandas", "python3-pandas"),
                ("astropy", "python3-astropy"),
                ("pyvo", "python3-pyvo"),
                ("jsonschema", "python3-jsonschema"),
            }
        )
            await Tool.RequireModuleAsync(module, package);
        foreach (
            var (module, package) in new[] { ("build", "python3-build"), ("wheel", "python3-wheel"), ("pyflakes", "python3-pyflakes") }
        )
            await Tool.RequireModuleAsync(module, package);
        await Tool.RequireModuleAsync("pip", "python3-pip");
        var told = await TestAsync("tests");
        Assert.Contains(" passed", told, StringComparison.Ordinal);
        Assert.All(
            told.Split('\n').Where(l => l.StartsWith("SKIPPED", StringComparison.Ordinal)),
            l => Assert.Contains("for releases", l, StringComparison.Ordinal)
        );
    }

    [Fact(Explicit = true)]
    [TimeLimit(600, "executes notebooks")]
    public async Task The_notebooks_run_from_their_first_cell_to_their_last()
    {
        await Tool.RequireModuleAsync("nbclient", "python3-nbclient");
        await Tool.RequireModuleAsync("ipykernel", "python3-ipykernel");
        await Tool.RequireModuleAsync("matplotlib", "python3-matplotlib");
        await Tool.RequireModuleAsync("pandas", "python3-pandas");
        Assert.Contains(" passed", await TestAsync("notebooks"), StringComparison.Ordinal);
    }

    private async Task<string> TestAsync(string folder)
    {
        await Tool.RequireModuleAsync("pytest", "python3-pytest");
        await Tool.RequireModuleAsync("requests", "python3-requests");
        var (_, token) = await new AccessTokens(_ledger).CreateAsync("reader", AccessScope.Read);
        return await Tool.RunAsync(
            "env",
            $"ALMAGEST_TEST_URL={AlmagestServer.AddressOf(_app)}",
            $"ALMAGEST_TEST_READ_TOKEN={token}",
            $"ALMAGEST_TEST_DATA={TestData.Folder}",
            // Nothing is left in the sources.
            "PYTHONDONTWRITEBYTECODE=1",
            Tool.Python,
            "-m",
            "pytest",
            "-q",
            "-rs",
            "-p",
            "no:cacheprovider",
            "-c",
            Path.Combine(s_client, "pyproject.toml"),
            "--rootdir",
            s_client,
            Path.Combine(s_client, folder)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _ledger.DisposeAsync();
        await _database.DisposeAsync();
    }
}
