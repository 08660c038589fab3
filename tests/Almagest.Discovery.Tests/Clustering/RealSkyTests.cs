using System.Globalization;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Simulation;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

public sealed class RealSkyTests
{
    [Theory]
    [InlineData(0.15, 8)]
    [InlineData(0.3, 4)]
    public void On_a_quarter_of_the_stars_within_100_parsecs_fast_and_plain_labels_are_the_same(double eps, int minSamples)
    {
        var features = Nearby();
        var options = new DbscanParameters { Eps = eps, MinSamples = minSamples };
        var expected = options.RunPlainly(features);
        Assert.True(expected is { ClusterCount: > 1, NoiseCount: > 100 }, $"{expected.ClusterCount} clusters, {expected.NoiseCount} noise");
        Assert.Equal(expected.Labels, options.Run(features).Labels);
    }

    [Fact]
    public void The_simulated_Pleiades_are_found_by_their_motion_and_parallax()
    {
        var simulator = new SkySimulator(
            new()
            {
                Stars = 20_000,
                Region = SkyRegion.Cone(56.6, 24.1, 3),
                ClusterFraction = 0.05,
            }
        );
        var stars = simulator.Stars().Where(star => !double.IsNaN(star.ParallaxMas)).ToArray();
        var result = new DbscanParameters { Eps = 1, MinSamples = 15 }.Run(
            Matrices.Of(3, [.. stars.SelectMany(star => new[] { star.PmraMasYr, star.PmdecMasYr, 2 * star.ParallaxMas })])
        );
        var members = stars.Count(star => star.Cluster == "Pleiades");
        var found = stars
            .Select((star, i) => (star.Cluster, Label: result.Labels[i]))
            .Where(pair => pair.Label >= 0)
            .GroupBy(pair => pair.Label)
            .MaxBy(group => group.Count(pair => pair.Cluster is not null))!;
        var right = found.Count(pair => pair.Cluster is not null);
        Assert.InRange((double)right / members, 0.85, 1);
        Assert.InRange((double)right / found.Count(), 0.85, 1);
    }

    private static FeatureMatrix Nearby()
    {
        var folder = Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA");
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); folder is null && at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "shared", "data")))
                folder = Path.Combine(at.FullName, "shared", "data");
        var file = Path.Combine(folder ?? "", "gaia-100pc.csv");
        Assert.SkipUnless(
            File.Exists(file),
            "the real tables (shared/data) are not beside this checkout; ALMAGEST_TEST_DATA names their folder"
        );

        var lines = File.ReadLines(file).Where(line => !line.StartsWith('#')).ToArray();
        var names = lines[0].Split(',');
        int[] columns = [.. new[] { "pmra", "pmdec", "parallax" }.Select(name => Array.IndexOf(names, name))];
        double[][] rows =
        [
            .. lines
                .Skip(1)
                .Select(line => line.Split(','))
                .Select(fields =>
                    columns
                        .Select(c => double.TryParse(fields[c], CultureInfo.InvariantCulture, out var value) ? value : double.NaN)
                        .ToArray()
                )
                .Where(row => row.All(double.IsFinite))
                .Where((_, i) => i % 4 == 0),
        ]; // the plain one compares every pair
        for (var j = 0; j < 3; j++)
        {
            var mean = rows.Average(row => row[j]);
            var deviation = Math.Sqrt(rows.Average(row => (row[j] - mean) * (row[j] - mean)));
            foreach (var row in rows)
                row[j] = (row[j] - mean) / deviation;
        }

        return Matrices.Of(3, [.. rows.SelectMany(row => row)]);
    }
}
