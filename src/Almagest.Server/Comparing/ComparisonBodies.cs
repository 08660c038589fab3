using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Almagest.Runs.Comparison;

namespace Almagest.Server.Comparing;

/// <summary>Which runs to compare: two by name, or 2 to 100 as a list.</summary>
public sealed record ComparisonRequestBody
{
    /// <summary>A complete run.</summary>
    [JsonPropertyName("run_1_id")]
    public Guid? Run1Id { get; init; }

    /// <summary>Another one.</summary>
    [JsonPropertyName("run_2_id")]
    public Guid? Run2Id { get; init; }

    /// <summary>2 to 100 complete runs, instead of run_1_id and run_2_id.</summary>
    [MinLength(2), MaxLength(ComparedRuns.Most)]
    public IReadOnlyList<Guid>? RunIds { get; init; }

    /// <summary>Of two runs: most stars listed of each of the two sides, and most pairs of clusters, 0 to 10000; 100 if left out.</summary>
    [Range(0, ComparisonRoutes.MostListed)]
    public int? Limit { get; init; }

    /// <summary>Of two runs over two datasets: the cross-match that says which stars are the same; the newest between the two if left out,
    /// and without one equal ids where they can be of one kind.</summary>
    public long? MatchId { get; init; }

    /// <summary>Of two runs over two datasets: equal ids say which stars are the same, whatever cross-matches there are. Ids of two
    /// releases of a catalogue are different names.</summary>
    public bool? BySourceId { get; init; }
}
