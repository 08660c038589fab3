using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>The parameters of DBSCAN, in scikit-learn's names.</summary>
/// <remarks>
/// A larger <see cref="Eps"/> joins what a smaller one keeps apart; a larger <see cref="MinSamples"/> asks for denser
/// groups and leaves more noise. <see cref="KDistance"/> suggests an eps for a given number of samples.
/// </remarks>
public sealed record DbscanParameters : RunParameters
{
    public const string Name = "dbscan";

    /// <summary>The radius of a neighbourhood, in the units of the features: stars at a distance ≤ eps are neighbours.</summary>
    [Parameter(
        "Largest distance of neighbours, in standard deviations of the features",
        Label = "eps",
        Above = 0,
        ValueName = "D",
        Advice = "The k-distance plot suggests one."
    )]
    public double Eps { get; init; } = 0.5;

    [Parameter("Neighbours that make a core star, itself included", Label = "Least neighbours", Min = 1)]
    public int MinSamples { get; init; } = 10;

    /// <inheritdoc/>
    [Parameter(
        "Times that the measurements of a member are drawn again within its errors, to see whether it would stay in its cluster; 0 = never",
        Label = "Draws within the errors",
        Min = 0,
        Max = 10_000,
        Unit = "draws",
        Advice = "Where the table has no errors there are none."
    )]
    public override int Draws { get; init; } = DefaultDraws;

    public override Algorithm Algorithm => DbscanAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [$"eps {Number(Eps)}", $"min {MinSamples}"];

    public override IReadOnlyList<string> Details(bool brief) => [];

    // A number of hundreds of digits would break any table.
    private static string Number(double value) =>
        value.ToString(Math.Abs(value) is >= 1e6 or (> 0 and < 1e-4) ? "0.####e+0" : "0.####", CultureInfo.InvariantCulture);
}
