using System.ComponentModel.DataAnnotations;
using Almagest.Contract.Errors;
using Almagest.Discovery.Recovery;

namespace Almagest.Contract.Recovery;

/// <summary>What to plant into a run's selection, and how often. What is null is chosen by the run; the report says what was
/// taken.</summary>
public sealed record RecoverySettings
{
    public const string Outliers = "outliers";
    public const string Clusters = "clusters";

    /// <summary>Runs that one question may take.</summary>
    public const int MostRuns = 1000;

    private const int MostStars = 100_000,
        MostValues = 50;

    /// <summary><c>outliers</c> or <c>clusters</c>; if left out, outliers for an anomaly run and clusters for a cluster run.</summary>
    [AllowedValues(Outliers, Clusters)]
    public string? Plant { get; init; }

    /// <summary>In what outliers differ: <c>color</c>, <c>magnitude</c>, <c>motion</c>; if left out, those that the run's features
    /// show.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<string>? Traits { get; init; }

    /// <summary>How far outliers are displaced, in spreads of the trait; 0 = ordinary stars, the control. 0, 1, 2, 3, 4 and 6 if left
    /// out.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<double>? Contrasts { get; init; }

    /// <summary>Outliers in each repetition; if left out a hundredth of the stars, at most 500, and at most a fifth of what the run
    /// flags.</summary>
    [Range(1, MostStars)]
    public int? Stars { get; init; }

    /// <summary>Members of the planted clusters, each at least 2; 25, 50, 100 and 200 if left out.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<int>? Members { get; init; }

    /// <summary>Distances of the planted clusters, parsecs; if left out, the quartiles of the selection's.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<double>? DistancesPc { get; init; }

    /// <summary>Standard deviations of the members' places in each direction, parsecs; 2 if left out.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<double>? SpreadsPc { get; init; }

    /// <summary>Standard deviations of the members' proper motions in each direction, mas/yr; if left out, 0.6 km/s at the cluster's
    /// distance.</summary>
    [MinLength(1), MaxLength(MostValues)]
    public IReadOnlyList<double>? DispersionsMasYr { get; init; }

    /// <summary>How often each set of properties is planted: 10 if left out. Each repetition is one run; a cluster is planted
    /// alone.</summary>
    [Range(1, MostRuns)]
    public int? Repetitions { get; init; }

    /// <summary>The same seed plants the same stars; 42 if left out.</summary>
    public long? Seed { get; init; }

    /// <exception cref="LedgerException">a value is out of range, or belongs to the other kind; the field is named</exception>
    public void Validate()
    {
        Require(Plant is null or Outliers or Clusters, "plant", Plant!, $"{Outliers} or {Clusters}");
        Each("contrasts", Contrasts, c => c is >= 0 and <= 1000, "numbers from 0 to 1000");
        Each("members", Members, m => m is >= 2 and <= MostStars, $"whole numbers from 2 to {MostStars}");
        Each("distances_pc", DistancesPc, d => d is > 0 and <= 1e6, "parsecs above 0, at most 1000000");
        Each("spreads_pc", SpreadsPc, d => d is > 0 and <= 1e4, "parsecs above 0, at most 10000");
        Each("dispersions_mas_yr", DispersionsMasYr, d => d is >= 0 and <= 1e4, "mas/yr from 0 to 10000");
        Each(
            "traits",
            Traits,
            t => OutlierTraits.All.Any(k => k.Name() == t),
            $"of {string.Join(", ", OutlierTraits.All.Select(k => k.Name()))}"
        );
        Require(Stars is null or (>= 1 and <= MostStars), "stars", Stars ?? 0, $"1 to {MostStars}");
        Require(Repetitions is null or (>= 1 and <= MostRuns), "repetitions", Repetitions ?? 0, $"1 to {MostRuns}");
    }

    /// <summary>Refuses what would be ignored: it is a misunderstanding.</summary>
    public void RequireOf(string plant)
    {
        var others =
            plant == Outliers
                ? new (string, object?)[]
                {
                    ("members", Members),
                    ("distances_pc", DistancesPc),
                    ("spreads_pc", SpreadsPc),
                    ("dispersions_mas_yr", DispersionsMasYr),
                }
                : [("traits", Traits), ("contrasts", Contrasts), ("stars", Stars)];
        foreach (var (field, value) in others)
            if (value is not null)
                throw LedgerException.Invalid(
                    field,
                    $"{field} means nothing to planted {plant}",
                    $"Leave it out, or plant {(plant == Outliers ? Clusters : Outliers)}."
                );
    }

    private static void Each<T>(string field, IReadOnlyList<T>? values, Func<T, bool> holds, string expected)
    {
        if (values is null)
            return;
        Require(values.Count is >= 1 and <= MostValues, field, $"{values.Count} values", $"1 to {MostValues} values");
        Require(values.Distinct().Count() == values.Count, field, string.Join(", ", values), "values that differ");
        foreach (var value in values)
            Require(holds(value), field, value!, expected);
    }

    private static void Require(bool holds, string field, object found, string expected)
    {
        if (!holds)
            throw LedgerException.Invalid(field, FormattableString.Invariant($"{field} is {found}, expected {expected}"));
    }
}
