using Xunit;

namespace Almagest.Postgres.Tests;

public sealed class EmbeddedServerOptionsTests
{
    [Theory]
    [InlineData("/ledger", "/data", "/ledger")]
    [InlineData("/a/../ledger", null, "/ledger")]
    [InlineData("~/ledger", "/data", "/home/hipparchus/ledger")]
    [InlineData("", "/data", "/data/almagest")]
    [InlineData(null, "not/absolute", "/home/hipparchus/.local/share/almagest")]
    [InlineData(null, null, "/home/hipparchus/.local/share/almagest")]
    public void The_home_follows_the_environment(string? home, string? data, string expected)
    {
        var variables = new Dictionary<string, string?> { ["ALMAGEST_HOME"] = home, ["XDG_DATA_HOME"] = data };
        Assert.Equal(expected, EmbeddedServerOptions.HomeFrom(variables.GetValueOrDefault, "/home/hipparchus"));
    }
}
