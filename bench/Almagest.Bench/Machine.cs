using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Almagest.Bench;

/// <summary>What a table of times must say of where it was made.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))
                ?.Split(':')[1]
                .Trim()
            : null;
        var load = File.Exists("/proc/loadavg") ? $"; load average {File.ReadAllText("/proc/loadavg").Split(' ')[0]} at the start" : "";
        var vectors =
            Avx512F.IsSupported ? "AVX-512"
            : Avx2.IsSupported ? "AVX2"
            : "no AVX2";
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()}, {Environment.ProcessorCount} cores, {vectors}; "
            + $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}{load}";
    }
}
