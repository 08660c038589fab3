using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class RunIdentifyTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("known");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clusters_are_named_shown_again_and_listed_with_their_names()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "cluster"))[0];
        // What is all over the sky is compared with nothing.
        var compact = (await ledger.RunAsync("runs", "show", run, "--json"))
            .Ok()
            .Json.GetProperty("clusters")
            .EnumerateArray()
            .First(c => c.GetProperty("radius_deg").GetDouble() < 5);
        string Of(string name) => compact.GetProperty(name).GetRawText();
        var file = Path.Combine(_folder.Path, "known.csv");
        await File.WriteAllTextAsync(
            file,
            "Name,RAJ2000,DEJ2000,r50,pmRA,pmDE,Plx\n"
                + $"Made up,{Of("ra_deg")},{Of("dec_deg")},{Of("radius_deg")},{Of("pmra_mas_yr")},{Of("pmdec_mas_yr")},"
                + $"{Of("parallax_mas")}\n"
                + "Elsewhere,1,80,0.1,0,0,1\n",
            TestContext.Current.CancellationToken
        );
        (await ledger.RunAsync("ingest", file, "--dataset", "known")).Ok();

        var none = (await ledger.RunAsync("runs", "identify", run)).Ok().Out;
        var json = (await ledger.RunAsync("runs", "identify", run, "--with", "known", "--by", "eve", "--json")).Ok().Json;
        var words = (await ledger.RunAsync("runs", "identify", run)).Ok().Out;
        var one = (await ledger.RunAsync("runs", "identify", run, "--cluster", Of("cluster_id"))).Ok().Out;
        var shown = (await ledger.RunAsync("runs", "show", run)).Ok().Out;

        Assert.Contains("compared with no catalogue yet", none, StringComparison.Ordinal);
        var cluster = json.GetProperty("clusters")
            .EnumerateArray()
            .Single(c => c.GetProperty("cluster_id").GetRawText() == Of("cluster_id"));
        Assert.Equal("Made up", cluster.GetProperty("name").GetString());
        Assert.Equal("eve", json.GetProperty("identified_by").GetString());
        Assert.Contains($"{Of("cluster_id")}  {cluster.GetProperty("verdict").GetString()}: Made up", words, StringComparison.Ordinal);
        Assert.Contains("known cluster", one, StringComparison.Ordinal);
        Assert.Contains("known as", shown, StringComparison.Ordinal);
        Assert.Contains("Made up", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_makes_no_sense_is_refused()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var run = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "identify", run, "--labels", "x")).ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "identify", run, "--with", "sky")).ExitCode);
        var clusters = (await ledger.RunIdsAsync("--type", "cluster"))[0];
        Assert.NotEqual(ExitCodes.Done, (await ledger.RunAsync("runs", "identify", clusters, "--with", "nothing")).ExitCode);
    }
}
