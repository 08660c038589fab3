using System.Text.Json;

namespace Almagest.Bench.Forest;

/// <summary>
/// Another program that does the same job. It is called with a file of row-major doubles and the number of columns, and prints a JSON
/// object with <c>name</c> (and version), <c>seconds</c> and <c>cpu_seconds</c> of its best pass over the rows, 100 trees of 256.
/// </summary>
public sealed record Yardstick(string Command, IReadOnlyList<string> Arguments)
{
    /// <summary>The largest number of rows that it is asked for: the yardsticks are slow.</summary>
    public int MaxRows { get; init; } = 1_000_000;

    internal YardstickTiming Measure(string file, int columns)
    {
        using var json = JsonDocument.Parse(ChildProcess.Run(Command, [.. Arguments, file, $"{columns}"]));
        var root = json.RootElement;
        return new YardstickTiming(
            root.GetProperty("name").GetString()!,
            root.GetProperty("seconds").GetDouble(),
            root.GetProperty("cpu_seconds").GetDouble()
        );
    }
}

internal sealed record YardstickTiming(string Name, double Seconds, double CpuSeconds);
