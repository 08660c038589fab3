using Almagest.Cli.Shell;

namespace Almagest.Cli.Benchmarks;

/// <summary>Finds the benchmark program, which is no part of an installation: it measures a checkout.</summary>
/// <param name="Dll">the built program; with a <paramref name="Project"/> it may have to be built first</param>
/// <param name="Project">the project of the checkout; null where the program lies beside this one</param>
internal sealed record BenchProgram(string Dll, string? Project)
{
    const string Name = "Almagest.Bench";

    /// <summary>Beside this program, else in the checkout that holds it.</summary>
    /// <exception cref="CommandFailedException">neither; the message says where the benchmarks are</exception>
    public static BenchProgram Find(string start)
    {
        var beside = Path.Combine(start, $"{Name}.dll");
        if (File.Exists(beside)) return new BenchProgram(beside, null);
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var home = Path.Combine(folder.FullName, "bench", Name);
            if (File.Exists(Path.Combine(home, $"{Name}.csproj"))) return new BenchProgram(Path.Combine(home, "bin", "Release", "net10.0", $"{Name}.dll"), Path.Combine(home, $"{Name}.csproj"));
        }
        throw new CommandFailedException("the benchmarks are not installed: they measure a checkout of the sources",
            "Get the sources, then run ./almagest bench there (bench/Almagest.Bench; it needs the .NET 10 SDK). Results are in bench/results.");
    }
}
