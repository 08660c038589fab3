using System.Text.Json;

namespace Almagest.Server.Runs;

/// <summary>What a run is called.</summary>
public sealed record RunNameBody
{
    /// <summary>At most 200 characters on one line; null or blank = nothing.</summary>
    public required string? Name { get; init; }
}

/// <summary>What to run: which stars, which algorithm, which parameters.</summary>
public sealed record RunRequestBody
{
    /// <summary>anomaly or cluster; may be left out where the algorithm is given.</summary>
    public string? RunType
    {
        get;
        init => field = value?.ToLowerInvariant();
    }

    /// <summary>Its name; may be left out where the run type is given.</summary>
    public string? Algorithm
    {
        get;
        init => field = value?.ToLowerInvariant();
    }

    /// <summary>Name of the dataset, or its id as a string or a number; an array of them for stars of several.</summary>
    public JsonElement Dataset { get; init; }

    /// <summary>Conditions that all stars of the selection fulfil; left out = the whole dataset.</summary>
    public JsonElement Filter { get; init; }

    /// <summary>Whether the run is split into tasks that all workers on the ledger share; the results are the same.</summary>
    public bool Distributed { get; init; }

    /// <summary>Parameters of the algorithm in scikit-learn's names; what is left out has its default. Without <c>features</c> the recipe
    /// is chosen by what columns the stars have, and stored.</summary>
    public JsonElement Parameters { get; init; }
}
