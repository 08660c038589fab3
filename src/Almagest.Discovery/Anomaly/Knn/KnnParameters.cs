using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.Knn;

/// <summary>The parameters of the distance to the k-th neighbour, in PyOD's and scikit-learn's names.</summary>
internal sealed record KnnParameters : AnomalyParameters
{
    public const string Name = "knn";

    /// <summary>The distance to the k-th neighbour.</summary>
    public const string Largest = "largest";

    /// <summary>The mean of the distances to the k neighbours (Angiulli and Pizzuti 2002, PKDD).</summary>
    public const string Mean = "mean";

    [Parameter(
        "Neighbours of a star that are looked at, itself left out",
        Label = "Neighbours",
        Min = 1,
        Max = 10_000,
        Unit = "neighbours",
        Advice = "More see groups of so many stars as unusual, too; of fewer stars all others are taken."
    )]
    public int NNeighbors { get; init; } = 20;

    [Parameter(
        "What is measured: largest = the distance to the last of the neighbours; mean = the mean of the distances to all of them",
        Label = "Distance",
        Choices = [Largest, Mean]
    )]
    public string Method { get; init; } = Largest;

    public override Algorithm Algorithm => KnnAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief) =>
        [
            $"{NNeighbors} {(NNeighbors == 1 ? "neighbour" : "neighbours")}",
            .. Method == Largest && brief ? Array.Empty<string>() : [Method],
        ];
}
