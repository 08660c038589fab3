using System.Runtime.InteropServices;

namespace Almagest.Bench;

/// <summary>The machine that a table was measured on.</summary>
public static class Machine
{
    public static string Describe()
    {
        var cpu = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1L << 30);
        return $"{Environment.ProcessorCount} cores of {cpu ?? RuntimeInformation.ProcessArchitecture.ToString()}, {memory} GiB, {RuntimeInformation.FrameworkDescription}";
    }
}
