using System.Globalization;
using Almagest.Discovery.Simulation;
using Xunit;

namespace Almagest.Discovery.Tests.Simulation;

public sealed class SimulatedSkyCsvWriterTests
{
    [Fact]
    public void The_text_is_the_same_on_any_number_of_threads() =>
        Assert.Equal(Text(new() { Stars = 20_000 }, 1), Text(new() { Stars = 20_000 }, 7));

    [Fact]
    public void Each_line_says_what_the_star_is()
    {
        var options = new SkySimulationOptions { Stars = 3000, OutlierFraction = 0.1 };
        var lines = Text(options, 2).Split('\n');
        var stars = new SkySimulator(options).Stars().ToArray();
        Assert.Equal(SimulatedSkyCsvWriter.Header, lines[0]);
        Assert.Equal("", lines[^1]);
        Assert.Equal(stars.Length, lines.Length - 2);
        for (var i = 0; i < stars.Length; i++)
        {
            var fields = lines[i + 1].Split(',');
            Assert.Equal(19, fields.Length);
            Assert.Equal(stars[i].SourceId, long.Parse(fields[0], CultureInfo.InvariantCulture));
            Close(stars[i].RaDeg, fields[1], 1e-10);
            Close(stars[i].RaErrorMas, fields[2], 1e-5);
            Close(stars[i].DecDeg, fields[3], 1e-10);
            Close(stars[i].DecErrorMas, fields[4], 1e-5);
            Close(stars[i].ParallaxMas, fields[5], 1e-5);
            Close(stars[i].ParallaxErrorMas, fields[6], 1e-5);
            Close(stars[i].PmraMasYr, fields[7], 1e-4);
            Close(stars[i].PmraErrorMasYr, fields[8], 1e-5);
            Close(stars[i].PmdecMasYr, fields[9], 1e-4);
            Close(stars[i].PmdecErrorMasYr, fields[10], 1e-5);
            Close(stars[i].PhotGMeanMag, fields[11], 1e-5);
            Close(stars[i].BpRp, fields[12], 1e-5);
            Close(stars[i].BpRpExcessFactor, fields[13], 1e-5);
            Close(stars[i].RadialVelocityKmS, fields[14], 1e-3);
            Close(stars[i].Ruwe, fields[15], 1e-4);
            Assert.Equal(stars[i].IsOutlier ? "1" : "0", fields[16]);
            Assert.Equal(stars[i].Kind.Name() ?? "", fields[17]);
            Assert.Equal(stars[i].Cluster ?? "", fields[18]);
        }

        Assert.Equal(
            300,
            lines.Count(line =>
                line.Contains(",1,", StringComparison.Ordinal)
                && OutlierKinds.Planted.Any(k => line.Contains(k.Name()!, StringComparison.Ordinal))
            )
        );
    }

    [Fact]
    public void Progress_counts_the_stars_written()
    {
        var seen = new List<long>();
        SimulatedSkyCsvWriter.Write(
            new SkySimulator(new() { Stars = 10_000 }),
            TextWriter.Null,
            2,
            new Recorder(seen),
            TestContext.Current.CancellationToken
        );
        Assert.Equal([8192, 10_000], seen);
    }

    [Fact]
    public void A_cancelled_writing_stops()
    {
        using var source = new CancellationTokenSource();
        var written = new StringWriter();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            SimulatedSkyCsvWriter.Write(new SkySimulator(new() { Stars = 10_000_000 }), written, 2, new Canceller(source), source.Token)
        );
        Assert.InRange(written.ToString().Length, 1, 20_000_000);
    }

    private static string Text(SkySimulationOptions options, int threads)
    {
        var writer = new StringWriter();
        SimulatedSkyCsvWriter.Write(new SkySimulator(options), writer, threads, null, TestContext.Current.CancellationToken);
        return writer.ToString();
    }

    private static void Close(double expected, string field, double tolerance)
    {
        if (double.IsNaN(expected))
            Assert.Equal("", field);
        else
            Assert.Equal(expected, double.Parse(field, CultureInfo.InvariantCulture), tolerance);
    }

    private sealed class Recorder(List<long> seen) : IProgress<long>
    {
        public void Report(long value) => seen.Add(value);
    }

    private sealed class Canceller(CancellationTokenSource source) : IProgress<long>
    {
        public void Report(long value) => source.Cancel();
    }
}
