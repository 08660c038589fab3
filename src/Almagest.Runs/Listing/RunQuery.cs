namespace Almagest.Runs.Listing;

/// <summary>Which runs to list; null = any.</summary>
/// <param name="Before">only runs created before this one</param>
public sealed record RunQuery(string? RunType = null, string? Status = null, long? DatasetId = null, int Limit = 100, Guid? Before = null)
{
    /// <summary>The order where none is asked for: the newest first.</summary>
    public const string Newest = "-created";

    public string? Algorithm { get; init; }
    public Guid? GroupId { get; init; }
    public string? Tag { get; init; }

    /// <summary>Words that a run must hold, in its id, algorithm, parameters, datasets, tags, notes, who started it, or its
    /// error.</summary>
    public string? Search { get; init; }

    /// <summary>A condition in the language of <see cref="RunWhere"/>.</summary>
    public string? Where { get; init; }

    /// <summary>One of <c>RunOrder.All</c>, or a field or parameter of a run, with - before it for the greatest first.</summary>
    public string Sort { get; init; } = Newest;

    /// <summary>What <c>RunOrder.TokenOf</c> says of the last run of the page before.</summary>
    public string? After { get; init; }
}
