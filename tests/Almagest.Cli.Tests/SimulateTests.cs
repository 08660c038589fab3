using System.IO.Compression;
using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class SimulateTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-simulate");

    [Fact]
    public async Task The_same_seed_gives_the_same_bytes_in_a_file_in_gzip_and_on_standard_output()
    {
        var (plain, packed) = (Path.Combine(_folder.Path, "a.csv"), Path.Combine(_folder.Path, "a.csv.gz"));

        var answer = (await Cli.RunAsync("simulate", "--stars", "500", "--seed", "3", "-o", plain, "--json")).Ok().Json;
        (await Cli.RunAsync("simulate", "--stars", "500", "--seed", "3", "-o", packed)).Ok();
        var streamed = (await Cli.RunAsync("simulate", "--stars", "500", "--seed", "3", "-o", "-")).Ok().Out;
        var other = (await Cli.RunAsync("simulate", "--stars", "500", "--seed", "4", "-o", "-")).Ok().Out;

        Assert.Equal(500, answer.GetProperty("stars").GetInt64());
        Assert.Equal(5, answer.GetProperty("outliers").GetInt64());
        Assert.Equal(8, answer.GetProperty("clusters").GetArrayLength());
        Assert.Equal(501, File.ReadLines(plain).Count());
        using var unpacked = new StreamReader(new GZipStream(File.OpenRead(packed), CompressionMode.Decompress));
        Assert.Equal(File.ReadAllText(plain), unpacked.ReadToEnd());
        Assert.Equal(File.ReadAllText(plain), streamed);
        Assert.NotEqual(streamed, other);
    }

    [Fact]
    public async Task A_cone_holds_only_its_own_part_of_the_sky()
    {
        var lines = (await Cli.RunAsync("simulate", "--stars", "300", "--cone", "56.6,24.1,3", "--clusters", "1", "-o", "-"))
            .Ok()
            .Out.TrimEnd()
            .Split('\n')
            .Skip(1)
            .ToList();

        Assert.Equal(300, lines.Count);
        Assert.All(lines, l => Assert.InRange(double.Parse(l.Split(',')[3]), 24.1 - 3.6, 24.1 + 3.6));
        Assert.Contains(lines, l => l.EndsWith("Pleiades", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--outlier-share", "0.9")]
    [InlineData("--cluster-share", "-1")]
    [InlineData("--magnitude-limit", "99")]
    [InlineData("--clusters", "99")]
    public async Task Options_out_of_range_are_refused_before_a_file_is_made(string option, string value)
    {
        var file = Path.Combine(_folder.Path, "x.csv");

        Assert.Equal(ExitCodes.BadUsage, (await Cli.RunAsync("simulate", "-o", file, option, value)).ExitCode);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();
}
