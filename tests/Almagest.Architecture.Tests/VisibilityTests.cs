using Almagest.Architecture.Tests.Sources;
using Xunit;

namespace Almagest.Architecture.Tests;

public sealed class VisibilityTests
{
    /// <summary>Types that are public although no other project uses them, and why.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
    };

    [Fact(Skip = "types that no other project uses are still being made internal")]
    public void What_is_public_is_used_by_another_project()
    {
        var unneeded = PublicTypes.Unneeded(Repository.Source).Select(t => t.Type.ToDisplayString()).Order(StringComparer.Ordinal);
        Assert.Equal(Exceptions.Keys.Order(StringComparer.Ordinal), unneeded);
    }
}
