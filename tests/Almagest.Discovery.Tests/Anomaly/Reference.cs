using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly;

/// <summary>Detectors of scikit-learn, as Debian packages it; a test is skipped where it is absent. One process answers for all tests:
/// to load scikit-learn takes longer than most of its answers. Thread-safe.</summary>
internal static class Reference
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lock s_turn = new();
    private static readonly Lazy<Process?> s_process = new(Start);

    public static double[] Answer(FeatureMatrix matrix, string job, int number)
    {
        Assert.SkipWhen(s_process.Value is null, "scikit-learn is not installed: apt-get install python3-sklearn");
        var folder = Directory.CreateTempSubdirectory("almagest-detectors-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "in.f64"), Path.Combine(folder.FullName, "out.f64"));
            File.WriteAllBytes(source, MemoryMarshal.AsBytes(matrix.Values.AsSpan()));
            lock (s_turn)
            {
                s_process.Value!.StandardInput.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{source}\t{matrix.Columns}\t{target}\t{job}\t{number}")
                );
                // Where it failed it has said why on the standard error, which is ours.
                Assert.Equal("done", s_process.Value.StandardOutput.ReadLine());
            }
            return MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(target)).ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>It ends with this process, which closes its input.</summary>
    private static Process? Start()
    {
        if (!File.Exists(Python))
            return null;
        var start = new ProcessStartInfo(Python, [Path.Combine(AppContext.BaseDirectory, "Anomaly", "detectors_reference.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        process.StandardInput.AutoFlush = true;
        if (process.StandardOutput.ReadLine() == "ready")
            return process;
        process.Dispose();
        return null;
    }
}
