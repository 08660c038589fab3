namespace Almagest.Cli.Tests;

public sealed class SmokeTests
{
    [Xunit.Fact]
    public void The_runner_finds_this_test() => Xunit.Assert.Equal(4, 2 + 2);
}
