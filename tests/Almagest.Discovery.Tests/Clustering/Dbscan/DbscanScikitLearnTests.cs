using System.Globalization;
using Almagest.Discovery.Clustering.Dbscan;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

public sealed class DbscanScikitLearnTests
{
    [Theory]
    [InlineData(2, 1.0, 4)]
    [InlineData(3, 1.0, 5)]
    [InlineData(4, 2.0, 9)]
    [InlineData(5, 0.4, 6)]
    public void Labels_are_those_of_scikit_learn_label_by_label(int column, double eps, int minSamples)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Clustering", "dbscan-sklearn.csv"));
        Assert.Equal($"eps {eps:0.0} min_samples {minSamples}", lines[0].Split(',')[column]);
        var rows = lines.Skip(1).Select(line => line.Split(',')).ToArray();
        var features = Matrices.Of(
            2,
            [.. rows.SelectMany(row => row[..2]).Select(text => double.Parse(text, CultureInfo.InvariantCulture))]
        );
        int[] expected = [.. rows.Select(row => int.Parse(row[column], CultureInfo.InvariantCulture))];
        Assert.True(expected.Max() >= 3 && expected.Min() == -1);

        var options = new DbscanParameters { Eps = eps, MinSamples = minSamples };
        Assert.Equal(expected, options.Run(features).Labels);
        Assert.Equal(expected, options.RunPlainly(features).Labels);
    }
}
