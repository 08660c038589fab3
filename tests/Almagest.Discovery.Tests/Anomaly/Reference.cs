using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Anomaly;

/// <summary>Detectors of scikit-learn, as Debian packages it; a test is skipped where it is absent.</summary>
internal static class Reference
{
    private const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> s_isThere = new(() =>
        File.Exists(Python) && Run("-c", "import importlib.util, sys; sys.exit(importlib.util.find_spec('sklearn') is None)").Code == 0
    );

    public static double[] Answer(FeatureMatrix matrix, string job, int number)
    {
        Assert.SkipUnless(s_isThere.Value, "scikit-learn is not installed: apt-get install python3-sklearn");
        var folder = Directory.CreateTempSubdirectory("almagest-detectors-");
        try
        {
            var (source, target) = (Path.Combine(folder.FullName, "in.f64"), Path.Combine(folder.FullName, "out.f64"));
            File.WriteAllBytes(source, MemoryMarshal.AsBytes(matrix.Values.AsSpan()));
            var script = Path.Combine(AppContext.BaseDirectory, "Anomaly", "detectors_reference.py");
            var (code, errors) = Run(
                script,
                source,
                matrix.Columns.ToString(CultureInfo.InvariantCulture),
                target,
                job,
                number.ToString(CultureInfo.InvariantCulture)
            );
            Assert.True(code == 0, errors);
            return MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(target)).ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static (int Code, string Errors) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, errors);
    }
}
