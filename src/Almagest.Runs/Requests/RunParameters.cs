using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Requests;

/// <summary>The parameters of one algorithm, as stored in <c>discovery_runs.parameters</c>, defaults included.</summary>
public abstract record RunParameters
{
    /// <summary>
    /// Recipe of features; combinations are joined by <c>+</c>. Null = the first that the selection has the columns for
    /// (<see cref="Almagest.Discovery.Features.RecipeChoice"/>). A submitted run stores name and version, e.g. <c>population@1</c>.
    /// </summary>
    public string? Features { get; init; }

    // JsonIgnore is not inherited: each override says it again.
    [JsonIgnore]
    public abstract string Algorithm { get; }

    [JsonIgnore]
    public abstract string RunType { get; }

    [JsonIgnore]
    public virtual long? Seed => null;

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public string ToJson() => JsonSerializer.Serialize(this, GetType(), Json);

    /// <exception cref="LedgerException">the algorithm is unknown, or a parameter is unknown, of the wrong type or out of range</exception>
    public static RunParameters FromJson(string algorithm, string? json)
    {
        json = string.IsNullOrWhiteSpace(json) ? "{}" : json;
        try
        {
            RunParameters? parameters = algorithm switch
            {
                IsolationForestParameters.Name => JsonSerializer.Deserialize<IsolationForestParameters>(json, Json),
                DbscanParameters.Name => JsonSerializer.Deserialize<DbscanParameters>(json, Json),
                HdbscanParameters.Name => JsonSerializer.Deserialize<HdbscanParameters>(json, Json),
                _ => throw LedgerException.Invalid("algorithm", $"there is no algorithm '{algorithm}'",
                    $"Choose {IsolationForestParameters.Name} (anomalies), {DbscanParameters.Name} or {HdbscanParameters.Name} (clusters)."),
            };
            parameters ??= FromJson(algorithm, "{}");
            // First the values: a number beyond a double's range cannot even be written down again.
            parameters.Validate();
            parameters.RequireKnown(json);
            return parameters;
        }
        catch (JsonException e)
        {
            var path = string.IsNullOrEmpty(e.Path) ? "" : e.Path.TrimStart('$', '.');
            throw FromJson(algorithm, "{}").Unreadable(path);
        }
    }

    /// <exception cref="LedgerException">a value is out of range; the field is named</exception>
    public abstract void Validate();

    // The serializer skips members that it ignores, such as seed, without a word: a user who means random_state must hear of it.
    void RequireKnown(string json)
    {
        var known = JsonNode.Parse(ToJson())!.AsObject();
        var unknown = (JsonNode.Parse(json) as JsonObject)?.Select(p => p.Key).FirstOrDefault(k => !known.ContainsKey(k));
        if (unknown is not null) throw FromJson(Algorithm, "{}").Unreadable(unknown);
    }

    LedgerException Unreadable(string path) => LedgerException.Invalid(path.Length == 0 ? "parameters" : $"parameters.{path}",
        $"the parameters of {Algorithm} cannot be read" + (path.Length == 0 ? "" : $" at {path}: no such parameter, or not its type"),
        "Known parameters and their defaults: " + ToJson());

    private protected static void Require(bool holds, string field, object found, string expected)
    {
        if (!holds) throw LedgerException.Invalid($"parameters.{field}", $"{field} is {FormattableString.Invariant($"{found}")}, expected {expected}");
    }

    private protected void RequireFeatures()
    {
        if (Features is null) return;
        try
        {
            Almagest.Discovery.Features.FeatureRecipes.Get(Features);
        }
        catch (Almagest.Discovery.DiscoveryException e)
        {
            throw LedgerException.Invalid("parameters.features", e.Message);
        }
    }
}

/// <summary>Isolation forest (Liu, Ting and Zhou 2008), in scikit-learn's names.</summary>
public sealed record IsolationForestParameters : RunParameters
{
    public const string Name = "isolation_forest";

    /// <summary>Share of stars to flag, (0, 0.5].</summary>
    public double Contamination { get; init; } = 0.05;

    /// <summary>Trees, 1 to 10,000.</summary>
    public int NEstimators { get; init; } = 100;

    /// <summary>Stars drawn for each tree, 2 to 65,536; fewer stars than that: all of them.</summary>
    public int MaxSamples { get; init; } = 256;

    /// <summary>Seed: the same seed gives the same rows.</summary>
    public long RandomState { get; init; } = 42;

    [JsonIgnore] public override string Algorithm => Name;
    [JsonIgnore] public override string RunType => RunTypes.Anomaly;
    [JsonIgnore] public override long? Seed => RandomState;

    public override void Validate()
    {
        Require(Contamination is > 0 and <= 0.5, "contamination", Contamination, "a number in (0, 0.5]");
        Require(NEstimators is >= 1 and <= 10_000, "n_estimators", NEstimators, "1 to 10000 trees");
        Require(MaxSamples is >= 2 and <= 65_536, "max_samples", MaxSamples, "2 to 65536 stars");
        RequireFeatures();
    }
}

/// <summary>DBSCAN (Ester, Kriegel, Sander and Xu 1996), in scikit-learn's names.</summary>
public sealed record DbscanParameters : RunParameters
{
    public const string Name = "dbscan";

    /// <summary>Largest distance of neighbours, in units of the standardised features; > 0.</summary>
    public double Eps { get; init; } = 0.5;

    /// <summary>Neighbours that make a core star, itself included; ≥ 1.</summary>
    public int MinSamples { get; init; } = 10;

    [JsonIgnore] public override string Algorithm => Name;
    [JsonIgnore] public override string RunType => RunTypes.Cluster;

    public override void Validate()
    {
        Require(Eps > 0 && double.IsFinite(Eps), "eps", Eps, "a number above 0");
        Require(MinSamples >= 1, "min_samples", MinSamples, "1 or more");
        RequireFeatures();
    }
}

/// <summary>HDBSCAN (Campello, Moulavi and Sander 2013): clusters of any density, with a strength of membership for each star.</summary>
public sealed record HdbscanParameters : RunParameters
{
    public const string Name = "hdbscan";

    /// <summary>Least stars of a cluster; ≥ 2.</summary>
    public int MinClusterSize { get; init; } = 15;

    /// <summary>Neighbours whose distance is a star's core distance, the star itself included; ≥ 1. Null = as min_cluster_size.</summary>
    public int? MinSamples { get; init; }

    /// <summary><c>eom</c> (excess of mass) or <c>leaf</c>.</summary>
    public string ClusterSelectionMethod { get; init; } = "eom";

    /// <summary>Whether <c>eom</c> may choose all stars as one cluster: its members are then those that stay until it first falls apart.</summary>
    public bool AllowSingleCluster { get; init; }

    [JsonIgnore] public override string Algorithm => Name;
    [JsonIgnore] public override string RunType => RunTypes.Cluster;

    public override void Validate()
    {
        Require(MinClusterSize >= 2, "min_cluster_size", MinClusterSize, "2 or more");
        Require(MinSamples is null or >= 1, "min_samples", MinSamples ?? 0, "1 or more, or null for min_cluster_size");
        Require(ClusterSelectionMethod is "eom" or "leaf", "cluster_selection_method", ClusterSelectionMethod, "eom or leaf");
        Require(!AllowSingleCluster || ClusterSelectionMethod == "eom", "allow_single_cluster", AllowSingleCluster, "false with leaf, for the whole is no leaf");
        RequireFeatures();
    }
}
