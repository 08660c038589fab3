using System.Text.Json;

namespace Almagest.Bench.Engine;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class EngineCommands
{
    public const string Usage = """
          engine-job NAME ROWS [SAVE.f64]               one job of the suite engine in this process, as JSON
        """;

    public static int? Run(string[] args)
    {
        if (args is not ["engine-job", var name, var rows, .. var file])
            return null;
        var job =
            EngineJob.All.FirstOrDefault(j => j.Name == name)
            ?? throw new FormatException($"there is no job '{name}'; there are {string.Join(", ", EngineJob.All.Select(j => j.Name))}");
        Console.WriteLine(JsonSerializer.Serialize(EngineTiming.Measure(job, BenchArguments.Number(rows), file.FirstOrDefault())));
        return 0;
    }
}
