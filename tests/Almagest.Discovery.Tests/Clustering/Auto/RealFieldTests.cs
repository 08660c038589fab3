using System.Globalization;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Auto;

/// <summary>Fields of Gaia with clusters whose members a model knows to a sixth; all of them: <c>almagest bench science</c>.</summary>
public sealed class RealFieldTests
{
    [Theory]
    [InlineData("praesepe-gaiadr2-cone.csv", "praesepe-members-model.csv")]
    [InlineData("ngc188-gaiadr2-cone.csv", "ngc188-members-model.csv")]
    [InlineData("ngc2477-field.csv", "ngc2477-members-model.csv")]
    public void The_cluster_of_a_real_field_is_found_without_options(string field, string members)
    {
        var rows = Rows(field);
        var listed = Rows(members).Where(r => Number(r["probability"]) > 0.5).Select(r => r["source_id"]).ToHashSet();
        var found = AutoAlgorithm.Instance.Cluster(Matrix(rows), new AutoParameters());
        var best = Enumerable
            .Range(0, found.ClusterCount)
            .Select(c =>
            {
                var members = rows.Where((_, i) => found.Labels[i] == c).ToList();
                var right = members.Count(r => listed.Contains(r["source_id"]));
                return (Precision: (double)right / members.Count, Recall: (double)right / listed.Count);
            })
            .MaxBy(s => s.Precision * s.Recall);
        Assert.InRange(best.Precision, 0.8, 1);
        Assert.InRange(best.Recall, 0.8, 1);
    }

    [Fact]
    public void A_real_field_whose_motions_are_shuffled_has_no_cluster() =>
        Assert.Equal(0, AutoAlgorithm.Instance.Cluster(Matrix(Rows("null-field.csv")), new AutoParameters()).ClusterCount);

    private static FeatureMatrix Matrix(List<Dictionary<string, string>> rows) =>
        new(
            rows.Count,
            ["dir_x", "dir_y", "dir_z", "pmra", "pmdec", "parallax"],
            [
                .. rows.SelectMany(r =>
                {
                    var (sinRa, cosRa) = Math.SinCos(double.DegreesToRadians(Number(r["ra"])));
                    var (sinDec, cosDec) = Math.SinCos(double.DegreesToRadians(Number(r["dec"])));
                    return new[] { cosDec * cosRa, cosDec * sinRa, sinDec, Number(r["pmra"]), Number(r["pmdec"]), Number(r["parallax"]) };
                }),
            ]
        );

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : double.NaN;

    private static List<Dictionary<string, string>> Rows(string name)
    {
        var path = Find(name);
        Assert.SkipUnless(path is not null, $"shared/data/fields/{name} is not there; set ALMAGEST_TEST_DATA to the folder of real tables");
        var lines = File.ReadAllLines(path!);
        var names = lines[0].Split(',');
        return [.. lines.Skip(1).Select(l => names.Zip(l.Split(',')).ToDictionary(p => p.First, p => p.Second))];
    }

    private static string? Find(string name)
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA") is { Length: > 0 } folder)
            return File.Exists(Path.Combine(folder, "fields", name)) ? Path.Combine(folder, "fields", name) : null;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "data", "fields", name);
            if (File.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
