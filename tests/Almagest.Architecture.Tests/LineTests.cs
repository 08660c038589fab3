using Almagest.Architecture.Tests.Sources;
using Xunit;

namespace Almagest.Architecture.Tests;

public sealed class LineTests
{
    /// <summary>Most characters of a line of C#, of Razor or of SQL, comments included.</summary>
    internal const int MostCharacters = 140;

    /// <summary>Written by a tool, and not to be read.</summary>
    private static bool IsGenerated(string name) =>
        name.EndsWith(".Designer.cs", StringComparison.Ordinal) || name.EndsWith("ModelSnapshot.cs", StringComparison.Ordinal);

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var names = new[] { "src", "tests", "bench" }
            .SelectMany(f => Directory.EnumerateDirectories(Path.Combine(Repository.Root, f)))
            .SelectMany(LongLines);
        Assert.Empty(names);
    }

    /// <summary>Lines of a project that are too long, as <c>file:line</c>.</summary>
    internal static IEnumerable<string> LongLines(string project) =>
        from name in new[] { "*.cs", "*.razor", "*.sql" }.SelectMany(p => SourceProject.Names(project, p)).Order(StringComparer.Ordinal)
        where !IsGenerated(name)
        from line in File.ReadLines(Path.Combine(project, name)).Index()
        where line.Item.Length > MostCharacters
        select $"{Path.GetFileName(project)}/{name}:{line.Index + 1}";
}
