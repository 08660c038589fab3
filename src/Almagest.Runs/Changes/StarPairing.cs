using Almagest.Contract.Comparison;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Changes;

/// <summary>How the stars of two datasets are to be told to be the same.</summary>
/// <param name="MatchId">by the links of this cross-match; null = of the newest one between the two, and where there is none, by equal
/// ids</param>
/// <param name="BySourceId">by equal ids, whatever links there are; whoever says so knows that they are of one kind</param>
public sealed record PairingChoice(long? MatchId = null, bool BySourceId = false);

/// <summary>Which stars of two datasets are the same.</summary>
public sealed class StarPairing
{
    private readonly long[] _byStar2,
        _partners2;

    /// <param name="stars1">ascending</param>
    /// <param name="stars2">the partner of each</param>
    internal StarPairing(Dataset dataset1, Dataset dataset2, long[] stars1, long[] stars2)
    {
        (Dataset1, Dataset2, Stars1, Stars2) = (dataset1, dataset2, stars1, stars2);
        (_byStar2, _partners2) = ([.. stars2], [.. stars1]);
        Array.Sort(_byStar2, _partners2);
    }

    public Dataset Dataset1 { get; }

    public Dataset Dataset2 { get; }

    /// <summary>Of each pair the star of dataset 1, ascending.</summary>
    public IReadOnlyList<long> Stars1 { get; }

    public IReadOnlyList<long> Stars2 { get; }

    /// <summary>Null = by equal ids.</summary>
    public CrossMatch? Match { get; init; }

    /// <summary>Julian year of the positions of dataset 1: as it says, else as the cross-match was told; null = not known.</summary>
    public double? Epoch1 { get; init; }

    public double? Epoch2 { get; init; }

    public string? Release1 { get; init; }

    public string? Release2 { get; init; }

    /// <summary>Stars whose links lead to several, or to one that several lead to.</summary>
    public IReadOnlySet<long> Ambiguous1 { get; init; } = new HashSet<long>();

    public IReadOnlySet<long> Ambiguous2 { get; init; } = new HashSet<long>();

    /// <summary>Equal ids of stars that are too far apart to be one.</summary>
    public long Elsewhere { get; init; }

    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The partner of a star; null where it has none.</summary>
    public long? Of(long star, bool isFirst)
    {
        var (from, to) = isFirst ? ((long[])Stars1, (long[])Stars2) : (_byStar2, _partners2);
        var at = Array.BinarySearch(from, star);
        return at < 0 ? null : to[at];
    }

    public PairingResource ToResource() =>
        new(
            Match is null ? "source_id" : "links",
            Match?.MatchId,
            Release1,
            Release2,
            Stars1.Count,
            Ambiguous1.Count,
            Ambiguous2.Count,
            Elsewhere,
            Notes
        );
}
