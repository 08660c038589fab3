using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.Lof;

/// <summary>The parameters of the local outlier factor, in scikit-learn's names and with its default.</summary>
internal sealed record LofParameters : AnomalyParameters
{
    public const string Name = "lof";

    [Parameter(
        "Neighbours of a star that are looked at, itself left out",
        Label = "Neighbours",
        Min = 1,
        Max = 10_000,
        Unit = "neighbours",
        Advice = "More see groups of so many stars as unusual, too; of fewer stars all others are taken."
    )]
    public int NNeighbors { get; init; } = 20;

    public override Algorithm Algorithm => LofAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief) => [$"{NNeighbors} {(NNeighbors == 1 ? "neighbour" : "neighbours")}"];
}
