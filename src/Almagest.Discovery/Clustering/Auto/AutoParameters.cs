using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>The parameters of the search that chooses its scale itself.</summary>
public sealed record AutoParameters : RunParameters
{
    public const string Name = "auto";

    /// <summary>Of <see cref="StarErrors"/>.</summary>
    public const string Use = "use",
        Ignore = "ignore";

    /// <summary>Of <see cref="FieldDensity"/>.</summary>
    public const string Around = "around",
        Within = "within";

    /// <summary>Of <see cref="MotionFrame"/>.</summary>
    public const string Field = "field",
        Meridian = "meridian";

    /// <summary>The chance that a field without any cluster yields one, whatever the number of places and scales looked at.</summary>
    [Parameter(
        "Chance of finding a cluster in a field that has none, over the whole search",
        Label = "False alarms",
        Above = 0,
        Max = 0.5,
        ValueName = "P"
    )]
    public double FalseAlarm { get; init; } = 0.01;

    [Parameter("Least members of a cluster", Label = "Least members", Min = 5, Max = 100_000, Unit = "stars")]
    public int MinMembers { get; init; } = 10;

    /// <summary>How many mas/yr of proper motion a mas of parallax counts for.</summary>
    [Parameter(
        "Weight of the parallax: so many mas/yr of proper motion are as far as one mas of parallax",
        Label = "Weight of the parallax",
        Above = 0,
        Max = 100,
        ValueName = "W"
    )]
    public double ParallaxWeight { get; init; } = 2;

    /// <summary>
    /// Whether the members' probabilities take each star's errors into account. Not by default: on made surveys it finds faint members that
    /// are missed without, and in some real fields it takes faint stars of the field for members.
    /// </summary>
    [Parameter(
        "Errors of single stars: use = where the table has them, a star's own errors decide how far from the cluster it may be; "
            + "ignore = all scatter alike",
        Label = "Errors of single stars",
        Choices = [Use, Ignore],
        Advice = "With use, faint members are found that are missed without; in some real fields faint stars of the field are taken for "
            + "members, too. A table without errors is searched alike with both."
    )]
    public string StarErrors { get; init; } = Ignore;

    /// <summary>
    /// What tells how dense the field is among a cluster's members, where it is thin: <see cref="Around"/> or <see cref="Within"/>. Runs
    /// stored without it knew nothing but <see cref="Within"/>.
    /// </summary>
    [Parameter(
        "What tells how dense a thin field is among a cluster's members: around = the stars around the cluster as well; within = those "
            + "among the members alone",
        Label = "Density of a thin field",
        Choices = [Around, Within],
        Advice = "With within, the outermost members of a cluster that stands clear of the field have probabilities up to 0.1 too low."
    )]
    public string FieldDensity { get; init; } = Around;

    /// <summary>
    /// By which directions stars that move alike are known: those of the middle of the <see cref="Field"/>, or of each star's own
    /// <see cref="Meridian"/>, as all runs had it that were stored without.
    /// </summary>
    [Parameter(
        "East and north of the motions: field = those of the middle of the field, to which every motion is carried; meridian = those of "
            + "each star, as the catalogue has them",
        Label = "East and north of the motions",
        Choices = [Field, Meridian],
        Advice = "Around a pole, and in wide fields away from the equator, stars that move alike have unlike pmra and pmdec, and with "
            + "meridian members are missed. A selection over much of the sky, or a recipe without positions, is searched alike with both."
    )]
    public string MotionFrame { get; init; } = Field;

    [Parameter("Random seed of the shuffled copies", Label = "Seed", Option = "seed", Advice = "The same seed gives the same rows.")]
    public long RandomState { get; init; } = 42;

    public override Algorithm Algorithm => AutoAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => ["automatic"];
}
