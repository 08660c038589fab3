using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;

namespace Almagest.Testing.Ledgers;

/// <summary>A parameter of every kind.</summary>
public sealed record MadeUpParameters : RunParameters
{
    [Parameter("Where the stars are cut in two", Above = 0, Max = 10, ValueName = "X")]
    public double Cut { get; init; } = 1;

    [Parameter("Least stars of a half", Min = 2, Unit = "stars", Option = "least")]
    public int LeastStars { get; init; } = 3;

    [Parameter("Most stars of a half", Min = 2, WhenNull = "all")]
    public int? MostStars { get; init; }

    [Parameter("Which half counts", Choices = ["low", "high"])]
    public string Half { get; init; } = "low";

    [Parameter("The other half counts, too")]
    public bool Both { get; init; }

    [Parameter("Random seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 7;

    public override Algorithm Algorithm => MadeUpAlgorithm.Instance;

    protected override void ValidateTogether()
    {
        if (MostStars < LeastStars)
            throw new ParameterException("most_stars", $"most_stars is {MostStars}, expected {LeastStars} or more");
    }
}

/// <summary>A tiny algorithm that no part of the program knows: what it gets all the same, it gets from its description.</summary>
public sealed class MadeUpAlgorithm : ClusterAlgorithm<MadeUpParameters>
{
    private MadeUpAlgorithm() { }

    public static MadeUpAlgorithm Instance { get; } = new();

    public override string Name => "made_up";

    public override string Title => "made up";

    public override string Finds => "halves";

    public override string Reference => "nobody";

    public override SharedWork Shares { get; } = new("sort", "least_stars", "cut");

    protected override ClusterResult Group(FeatureMatrix features, MadeUpParameters parameters, AlgorithmContext context)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        var sorted = context.Memory.Get(
            features,
            parameters.Cut,
            () => Enumerable.Range(0, features.Rows).Where(r => features.Row(r)[0] < parameters.Cut).ToArray()
        );
        var labels = new int[features.Rows];
        Array.Fill(labels, -1);
        if (sorted.Length >= parameters.LeastStars)
            foreach (var row in sorted)
                labels[row] = 0;
        context.Progress?.Report(1);
        return new ClusterResult(labels, labels.Any(l => l == 0) ? 1 : 0, labels.Count(l => l < 0))
        {
            Facts = new JsonObject { ["below"] = sorted.Length },
        };
    }
}
