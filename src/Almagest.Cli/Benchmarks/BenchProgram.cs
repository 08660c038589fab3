using Almagest.Cli.Shell;

namespace Almagest.Cli.Benchmarks;

/// <summary>Finds the benchmark program, which is not a part of an installation: it measures a checkout.</summary>
/// <param name="Dll">the program, once built</param>
/// <param name="Project">the project of the checkout; null = the program is built already</param>
internal sealed record BenchProgram(string Dll, string? Project)
{
    private const string Name = "Almagest.Bench";

    /// <summary>In the checkout that holds this program.</summary>
    /// <exception cref="CommandFailedException">there is none; the message says where the benchmarks are</exception>
    public static BenchProgram Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var home = Path.Combine(folder.FullName, "bench", Name);
            if (File.Exists(Path.Combine(home, $"{Name}.csproj")))
                return new BenchProgram(
                    Path.Combine(home, "bin", "Release", "net10.0", $"{Name}.dll"),
                    Path.Combine(home, $"{Name}.csproj")
                );
        }
        throw new CommandFailedException(
            "the benchmarks are not installed: they measure a checkout of the sources",
            "Get the sources, then run ./almagest bench there (bench/Almagest.Bench; it needs the .NET 10 SDK). Results are in "
                + "bench/results."
        );
    }
}
