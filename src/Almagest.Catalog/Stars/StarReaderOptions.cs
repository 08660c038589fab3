using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>How stars are made of a catalogue's rows.</summary>
public sealed record StarReaderOptions
{
    /// <summary>A parallax of exactly 0 is not a measurement but a gap, as in many older tables.</summary>
    public bool ZeroParallaxIsMissing { get; init; }

    /// <summary>Julian year to which positions and proper motions are carried (<see cref="SpaceMotion"/>); null leaves them at their own
    /// epoch.</summary>
    public double? TargetEpoch { get; init; }

    /// <summary>Julian year for which the catalogue's positions hold, where the file does not say it, or says it wrongly.</summary>
    public double? CatalogEpoch { get; init; }

    /// <summary>Neither other columns nor labels nor a report are wanted: <see cref="StarBatch.ExtraJson"/> is empty.</summary>
    public bool FieldsOnly { get; init; }

    /// <summary>No ids are wanted: <see cref="StarBatch.SourceId"/> is empty, and no row is rejected for lack of one.</summary>
    public bool WithoutIds { get; init; }

    /// <summary>The only fields that are wanted, besides the position; the others are missing, and no row is rejected for them. Null =
    /// all.</summary>
    public IReadOnlySet<string>? Only { get; init; }

    public int RowsPerBatch { get; init; } = 8192;

    /// <summary>A longer identifier or label rejects its row.</summary>
    public int MaxTextLength { get; init; } = 200;
}
