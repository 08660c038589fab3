using System.Diagnostics;
using System.Text.Json;
using Almagest.Bench.Forest;

namespace Almagest.Bench.Engine;

/// <summary>What one process measured of one job.</summary>
/// <param name="First">seconds of the first pass, just-in-time compilation included</param>
/// <param name="Seconds">of the best pass</param>
/// <param name="CpuSeconds">of all threads together, the best pass</param>
/// <param name="AllocatedBytes">managed memory allocated by a pass, its answer included</param>
/// <param name="InputBytes">the matrix</param>
/// <param name="PeakBytes">the most physical memory the process ever held, runtime and matrix included</param>
internal sealed record EngineTiming(double First, double Seconds, double CpuSeconds, long AllocatedBytes, long InputBytes, long PeakBytes)
{
    private const int MostPasses = 5;
    private const double EnoughSeconds = 10;

    /// <summary>Measures in this process; the matrix is also written to <paramref name="saveAs"/> for the yardstick.</summary>
    public static EngineTiming Measure(EngineJob job, int rows, string? saveAs)
    {
        var matrix = job.Make(rows, job.Columns);
        if (saveAs is not null)
            MatrixFile.Write(saveAs, matrix.Values);
        var work = job.Prepare(matrix);
        double first = 0,
            best = double.PositiveInfinity,
            cpu = double.PositiveInfinity,
            spent = 0;
        var allocated = long.MaxValue;
        for (var pass = 0; pass < MostPasses && (pass == 0 || spent < EnoughSeconds); pass++)
        {
            GC.Collect();
            var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            var cpuBefore = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            GC.KeepAlive(work());
            var seconds = watch.Elapsed.TotalSeconds;
            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - cpuBefore).TotalSeconds);
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore);
            if (pass == 0)
                first = seconds;
            best = Math.Min(best, seconds);
            spent += seconds;
        }
        return new EngineTiming(
            first,
            best,
            cpu,
            allocated,
            matrix.Values.LongLength * sizeof(double),
            Process.GetCurrentProcess().PeakWorkingSet64
        );
    }

    /// <summary>Measures in a process of its own, so that its peak memory is its own.</summary>
    public static EngineTiming MeasureApart(EngineJob job, int rows, string? saveAs)
    {
        string[] arguments =
        [
            typeof(EngineTiming).Assembly.Location,
            "engine-job",
            job.Name,
            $"{rows}",
            .. saveAs is null ? Array.Empty<string>() : [saveAs],
        ];
        var dotnet = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        return JsonSerializer.Deserialize<EngineTiming>(ChildProcess.Run(dotnet, arguments))!;
    }
}
