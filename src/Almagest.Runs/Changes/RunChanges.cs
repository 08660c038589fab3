using Almagest.Contract.Comparison;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Changes;

/// <summary>Why a flag is new in the second of two runs, or gone.</summary>
public static class ChangeCause
{
    /// <summary>The star's values moved.</summary>
    public const string Measurement = "measurement";

    /// <summary>Its errors shrank or grew.</summary>
    public const string Error = "error";

    /// <summary>The star is where it was, the threshold is not.</summary>
    public const string Threshold = "threshold";

    /// <summary>The detector learned from other stars, or with another seed.</summary>
    public const string Detector = "detector";

    /// <summary>No cause made half of it.</summary>
    public const string Several = "several";

    /// <summary>Dataset 1 has no such star.</summary>
    public const string StarNew = "star_new";

    /// <summary>Dataset 2 has no such star.</summary>
    public const string StarGone = "star_gone";

    /// <summary>One dataset has no star there or around: it does not cover the place.</summary>
    public const string NotCovered = "not_covered";

    /// <summary>One of the runs did not analyse it.</summary>
    public const string Selection = "selection";

    /// <summary>Several stars may be it.</summary>
    public const string Ambiguous = "ambiguous";

    /// <summary>The runs are not alike enough to tell.</summary>
    public const string RunsDiffer = "runs_differ";

    public static readonly IReadOnlyList<string> All =
    [
        Measurement,
        Error,
        Threshold,
        Detector,
        Several,
        StarNew,
        StarGone,
        NotCovered,
        Selection,
        Ambiguous,
        RunsDiffer,
    ];
}

/// <summary>What changed from a run over one dataset to a run over another of the same stars.</summary>
/// <param name="Flips">new flags and gone ones, those with the largest change of score first, those of stars that one run did not analyse
/// last</param>
public sealed record RunChanges(DiscoveryRun Run1, DiscoveryRun Run2, ChangesResource Resource, IReadOnlyList<StarChange> Flips)
{
    public const string New = "new",
        Gone = "gone";

    /// <summary>Those of a kind.</summary>
    /// <param name="change">new or gone; null = both</param>
    /// <param name="cause">null = any</param>
    public IEnumerable<StarChange> Of(string? change, string? cause) =>
        Flips.Where(f => (change is null || f.Change == change) && (cause is null || f.Cause == cause));
}
