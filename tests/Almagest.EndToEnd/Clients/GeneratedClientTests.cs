using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>A client that a generator makes of docs/openapi.json.</summary>
public sealed class GeneratedClientTests(Sky sky)
{
    private const string Generator = "14.7.1";

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
          </PropertyGroup>
        </Project>
        """;

    private const string Program = """
        using Generated;

        var ledger = new LedgerClient(new HttpClient()) { BaseUrl = args[0] };
        var request = new RunRequest
        {
            Run_type = RunRequestRun_type.Anomaly,
            Algorithm = RunRequestAlgorithm.Isolation_forest,
            Dataset = args[1],
            Filter = new StarFilter { Magnitude = new Bounds { Max = 18 } },
            Parameters = new Parameters { AdditionalProperties = { ["contamination"] = 0.03 } },
        };
        var run = await ledger.StartRunAsync(request);
        while (run.Status is not ("completed" or "failed" or "cancelled"))
        {
            await Task.Delay(200);
            run = await ledger.GetRunAsync(run.Run_id);
        }
        var datasets = await ledger.ListDatasetsAsync();
        Console.WriteLine($"{run.Status} {run.Algorithm} {run.Run_id} {datasets.Count(d => d.Name == args[1])}");
        """;

    [Fact(Explicit = true)]
    [TimeLimit(600, "fetches a generator and builds what it writes")]
    public async Task A_client_that_NSwag_generates_compiles_and_starts_a_run()
    {
        using var folder = TestFolder.Create("nswag");
        var (tools, client) = (Path.Combine(folder.Path, "tools"), Path.Combine(folder.Path, "client"));
        var (code, output, errors) = await Tool.StartAsync(
            "dotnet",
            "tool",
            "install",
            "NSwag.ConsoleCore",
            "--version",
            Generator,
            "--tool-path",
            tools
        );
        Assert.SkipUnless(code == 0, $"the generator cannot be had: {output} {errors}");
        Directory.CreateDirectory(client);
        await File.WriteAllTextAsync(Path.Combine(client, "client.csproj"), Project, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(client, "Program.cs"), Program, TestContext.Current.CancellationToken);
        await Tool.RunAsync(
            Path.Combine(tools, "nswag"),
            "openapi2csclient",
            $"/input:{Path.Combine(SourceTree.Root, "docs", "openapi.json")}",
            $"/output:{Path.Combine(client, "Client.cs")}",
            "/namespace:Generated",
            "/classname:LedgerClient",
            "/JsonLibrary:SystemTextJson"
        );
        await Tool.RunAsync("dotnet", "build", client, "-c", "Release", "-v", "quiet", "-nodeReuse:false");
        var told = await Tool.RunAsync(
            "dotnet",
            Path.Combine(client, "bin", "Release", "net10.0", "client.dll"),
            sky.Address.ToString(),
            Sky.Name
        );
        var words = told.Trim().Split(' ');
        Assert.Equal(("completed", "isolation_forest", "1"), (words[0], words[1], words[3]));
    }
}
