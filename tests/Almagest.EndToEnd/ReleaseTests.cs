using Almagest.EndToEnd.Clients;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>What is released, built and installed as its users do.</summary>
public sealed class ReleaseTests
{
    [Fact(Explicit = true)]
    [TimeLimit(3600, "builds programs with their runtime for two platforms, and makes a Debian system")]
    public async Task The_package_is_installed_and_used_in_a_fresh_system_and_the_other_platform_is_built()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can make a system of its own");
        Tool.Require("mmdebstrap", "mmdebstrap");
        Tool.Require("dpkg-deb", "dpkg");
        using var folder = TestFolder.Create("release");
        var packaging = Path.Combine(SourceTree.Root, "packaging");

        // It looks at the header of each program, and at what lies beside it.
        await Tool.RunAsync(Path.Combine(packaging, "release.sh"), ["--out", folder.Path, "--version", "9.8.7"]);

        foreach (
            var name in new[]
            {
                "almagest-9.8.7-linux-x64.tar.gz",
                "almagest-9.8.7-linux-arm64.tar.gz",
                "almagest_9.8.7_amd64.deb",
                "almagest_9.8.7_arm64.deb",
                "almagest.9.8.7.nupkg",
                "almagest.9.8.7.snupkg",
                "SHA256SUMS",
            }
        )
            Assert.True(File.Exists(Path.Combine(folder.Path, name)), $"{name} is missing");
        var tried = await Tool.RunAsync(Path.Combine(packaging, "try-release.sh"), [folder.Path]);
        Assert.Contains("almagest 9.8.7", tried, StringComparison.Ordinal);
        Assert.EndsWith("The release works.", tried.TrimEnd(), StringComparison.Ordinal);
    }
}
