using System.Text.Json;
using Almagest.Bench.Forest;

namespace Almagest.Bench.Engine;

/// <summary>scikit-learn at the same job, by <c>bench/compare/engine_sklearn.py</c>, which installs it where it is missing.</summary>
/// <param name="Name">with its version</param>
/// <param name="Seconds">null where it cannot do the job; <paramref name="Name"/> then says why</param>
internal sealed record SklearnTiming(string Name, double? Seconds, double? CpuSeconds, long? PeakBytes);

internal sealed class SklearnYardstick(string script)
{
    private const string Python = "/usr/bin/python3";

    /// <summary>Null, and the reason, where there is no such Python or no checkout above this program.</summary>
    public static (SklearnYardstick? Yardstick, string? Reason) Find()
    {
        if (!File.Exists(Python))
            return (null, $"{Python} is not there");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, "bench", "compare", "engine_sklearn.py");
            if (File.Exists(script))
                return (new SklearnYardstick(script), null);
        }
        return (null, "bench/compare is not above this program: the yardsticks need a checkout");
    }

    public SklearnTiming Measure(EngineJob job, string file)
    {
        using var json = JsonDocument.Parse(ChildProcess.Run(Python, [script, job.Name, file, $"{job.Columns}"]));
        var root = json.RootElement;
        return new SklearnTiming(root.GetProperty("name").GetString()!, Real("seconds"), Real("cpu_seconds"), (long?)Real("peak_bytes"));

        double? Real(string name) =>
            root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;
    }
}
