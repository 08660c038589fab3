using System.Globalization;
using System.Text;
using Almagest.Discovery.Simulation;

namespace Almagest.Bench.Clustering;

/// <summary>Writes a simulated sky to a file and prints how long it took.</summary>
internal static class SimulateSky
{
    public static int Run(string stars, string target)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var simulator = new SkySimulator(new() { Stars = long.Parse(stars, CultureInfo.InvariantCulture) });
        using (var writer = new StreamWriter(target, append: false, new UTF8Encoding(false), 1 << 20))
            SimulatedSkyCsvWriter.Write(simulator, writer);
        Console.WriteLine(
            $"{watch.Elapsed.TotalSeconds:F2} s, {new FileInfo(target).Length / 1e6:F0} MB, peak {Environment.WorkingSet / 1e6:F0} MB now"
        );
        return 0;
    }
}
