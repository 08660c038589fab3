namespace Almagest.Ledger.Analytics.Rows;

/// <summary>One row of <c>mv_dataset_coverage</c>: one cell of the sky that holds stars of one dataset.</summary>
public sealed class DatasetCoverage
{
    public long DatasetId { get; init; }

    /// <summary>HEALPix cell, nested scheme, order 6 (0.84 square degrees), [0, 49152).</summary>
    public long Healpix6 { get; init; }

    /// <summary>Stars of the dataset in the cell.</summary>
    public long Stars { get; init; }

    /// <summary>Complete runs of either kind that analysed at least one of them.</summary>
    public long Runs { get; init; }

    /// <summary>Results of these runs for these stars.</summary>
    public long StarAnalyses { get; init; }

    /// <summary>How many of them are flags.</summary>
    public long Flags { get; init; }

    /// <summary>When the last of the runs was completed; null where no run was here.</summary>
    public DateTime? LastAnalysedAt { get; init; }
    public DateTime LastUpdated { get; init; }
}
