using System.Runtime.CompilerServices;

namespace Almagest.Testing;

/// <summary>The sources of the program, for tests that ask where something is written.</summary>
public static class SourceTree
{
    /// <summary>The C# files of some projects below <c>src</c>, without what a build makes; their names are relative to
    /// <c>src</c>.</summary>
    public static IEnumerable<(string Name, string Text)> Files(params string[] projects)
    {
        var src = Path.Combine(Root, "src");
        foreach (var project in projects)
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(src, project), "*.cs", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(src, file).Replace('\\', '/');
                if (!name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal))
                    yield return (name, File.ReadAllText(file));
            }
        }
    }

    /// <summary>The folder that holds <c>src</c>, <c>tests</c> and <c>docs</c>.</summary>
    public static string Root { get; } = Find();

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
