using System.Text.Json.Serialization;
using Almagest.Contract.Datasets;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Runs.Resources;

namespace Almagest.Server.Datasets;

/// <summary>Everything the ledger knows of one star: the catalogue's row, and what was found.</summary>
public sealed record StarDetail : StarResource
{
    internal StarDetail(Star star)
        : base(star.ToResource()) { }

    /// <summary>Name of its dataset.</summary>
    [JsonPropertyOrder(1)]
    public required string Dataset { get; init; }

    /// <summary>What is known of it from elsewhere.</summary>
    [JsonPropertyOrder(2)]
    public required IReadOnlyList<StarLabelResource> Labels { get; init; }

    /// <summary>How often it is flagged; null where no complete anomaly run analysed it.</summary>
    [JsonPropertyOrder(3)]
    public required StarFrequencyRow? Frequency { get; init; }

    /// <summary>What complete runs say of it, newest first, at most 1000.</summary>
    [JsonPropertyOrder(4)]
    public required IReadOnlyList<StarHistoryEntry> History { get; init; }
}
