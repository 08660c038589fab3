namespace Almagest.Catalog;

/// <summary>How stars are made of a catalogue's rows.</summary>
public sealed record StarReaderOptions
{
    /// <summary>A parallax of exactly 0 is no measurement but a gap, as in many older tables.</summary>
    public bool ZeroParallaxIsMissing { get; init; }

    public int RowsPerBatch { get; init; } = 8192;

    /// <summary>A longer identifier or label rejects its row.</summary>
    public int MaxTextLength { get; init; } = 200;
}
