using Almagest.Contract.Columns;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Files;

/// <summary>A number that a run may say of a star, beside its score or its cluster.</summary>
/// <param name="Of">null where the star has none</param>
/// <param name="With">the result with it</param>
internal sealed record ResultNumber(Column Column, Func<StoredResult, double?> Of, Func<StoredResult, double?, StoredResult> With)
{
    /// <summary>All that there are, in the order in which they are written.</summary>
    public static IReadOnlyList<ResultNumber> All { get; } =
    [
        new(ColumnDictionary.Of("membership_probability"), r => r.Probability, (r, value) => r with { Probability = value }),
        new(ColumnDictionary.Of("membership_strength"), r => r.Strength, (r, value) => r with { Strength = value }),
        new(ColumnDictionary.Of("flag_probability"), r => r.FlagProbability, (r, value) => r with { FlagProbability = value }),
        new(ColumnDictionary.Of("score_spread"), r => r.ScoreSpread, (r, value) => r with { ScoreSpread = value }),
        new(ColumnDictionary.Of("membership_stability"), r => r.Stability, (r, value) => r with { Stability = value }),
    ];

    public string Name => Column.Name;
}

/// <summary>What a run says of each of its stars: a score and a flag or the number of a cluster, and numbers that a star may
/// lack.</summary>
internal sealed record ResultShape(bool IsClusters, IReadOnlyList<ResultNumber> Numbers)
{
    /// <param name="columns">names of those that it has; others do not matter</param>
    public static ResultShape Of(bool isClusters, HashSet<string> columns) =>
        new(isClusters, [.. ResultNumber.All.Where(n => columns.Contains(n.Name))]);

    /// <summary>The columns that every star has.</summary>
    public IReadOnlyList<Column> Always =>
        IsClusters ? ColumnDictionary.List("cluster_id") : ColumnDictionary.List("anomaly_score", "is_anomaly");
}
