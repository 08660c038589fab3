using Almagest.Architecture.Tests.Sources;

namespace Almagest.Architecture.Tests;

/// <summary>This repository, read once for all checks.</summary>
internal static class Repository
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    private static readonly Lazy<SourceTree> s_read = new(() => SourceTree.Read(Root, ["src"], Libraries(), Configuration));

    /// <summary>The projects of <c>src</c>.</summary>
    public static SourceTree Source => s_read.Value;

    /// <summary>Of this build, which generated the code of the Razor components: the folder above the framework's.</summary>
    private static string Configuration => Directory.GetParent(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar))!.Name;

    /// <summary>Every assembly at hand but the repository's own, whose sources are read.</summary>
    private static IEnumerable<string> Libraries() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(p => !Path.GetFileName(p).StartsWith("almagest", StringComparison.OrdinalIgnoreCase));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Almagest.slnx")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
