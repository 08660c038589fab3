using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Almagest.Contract.Serialization;

namespace Almagest.Contract.Runs;

/// <summary>
/// What a run found and how it prepared its data, as stored with it. A field that the run does not have is left out; fields that this
/// program does not know, of other versions, are kept.
/// </summary>
public sealed record ResultsSummary
{
    private static readonly JsonSerializerOptions s_stored = new(ContractJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        RespectRequiredConstructorParameters = false,
    };

    /// <summary>One count of a stored summary, without reading the rest, which is long: 0 where it has none.</summary>
    /// <param name="count">the name of a property here</param>
    public static long CountIn(string? stored, string count)
    {
        if (stored is null)
            return 0;
        using var summary = JsonDocument.Parse(stored);
        return
            summary.RootElement.TryGetProperty(ContractNames.Policy.ConvertName(count), out var found)
            && found.ValueKind == JsonValueKind.Number
            ? found.GetInt64()
            : 0;
    }

    /// <summary>Why the recipe of features was taken, where the request named none. The one part that is there from the run's
    /// submission.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FeaturesChosen { get; init; }

    /// <summary>Stars analysed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? TotalStars { get; init; }

    /// <summary>Stars of the selection that were not analysed, by reason.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ExcludedCount>? Excluded { get; init; }

    /// <summary>What quality cuts took from the selection, where the filter has them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QualitySummary? Quality { get; init; }

    /// <summary>Stars flagged, of an anomaly run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? AnomalyCount { get; init; }

    /// <summary>The threshold on raw scores, of an anomaly run: raw score = stored score + offset, so that another threshold needs no
    /// refit.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ScoreOffset { get; init; }

    /// <summary>Clusters found, noise not counted, of a cluster run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ClusterCount { get; init; }

    /// <summary>Stars in no cluster, of a cluster run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? NoiseCount { get; init; }

    /// <summary>What speaks for each cluster, of an algorithm that judges its clusters (auto), by cluster_id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClusterSummary>? Clusters { get; init; }

    /// <summary>What else the algorithm says of the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonObject? Facts { get; init; }

    /// <summary>What was drawn within the errors of the stars; null where no draws were asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DrawsSummary? Draws { get; init; }

    /// <summary>The features that the algorithm saw.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public FeaturesSummary? Features { get; init; }

    /// <summary>Remarks on the preparation of the data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>The run of whose scores it was made, where it was made so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RethresholdedFrom { get; init; }

    /// <summary>Fields of other versions of the program, as they are stored.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Null where there is none. A text that has another form is kept whole among <see cref="Others"/>.</summary>
    /// <param name="json">JSON object of the column <c>results_summary</c></param>
    public static ResultsSummary? Parse(string? json)
    {
        if (string.IsNullOrEmpty(json))
            return null;
        try
        {
            return JsonSerializer.Deserialize<ResultsSummary>(json, s_stored);
        }
        catch (JsonException)
        {
            return new ResultsSummary { Others = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json, s_stored) };
        }
    }

    /// <summary>As it is stored.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_stored);
}

/// <summary>Draws within the errors of the stars.</summary>
/// <param name="Draws">of a star whose answer stays open; stars far from the threshold have fewer</param>
/// <param name="Stars">stars that have draws; 0 where the table has no errors of what the features use</param>
/// <param name="Made">draws of all stars together</param>
/// <param name="Drawn">the measurements that were drawn</param>
/// <param name="Held">those that the features use and that stayed as measured, because their errors are not known</param>
public sealed record DrawsSummary(int Draws, long Stars, long Made, IReadOnlyList<string> Drawn, IReadOnlyList<string> Held)
{
    /// <summary>The same as a sentence without a full stop.</summary>
    public string Sentence(long analysed)
    {
        if (Stars == 0)
            return $"none: the stars have no errors of {Words(Held, "or")}";
        var of = Stars == analysed ? "" : string.Create(CultureInfo.InvariantCulture, $" of {Stars:N0} of {analysed:N0} stars");
        var held = Held.Count == 0 ? "" : $"; {Words(Held, "and")} as measured, their errors are not known";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"up to {CountText.Of(Draws, "draw", "draws")}{of} within the errors of {Words(Drawn, "and")}{held}"
        );
    }

    private static string Words(IReadOnlyList<string> names, string last) =>
        names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.Take(names.Count - 1))} {last} {names[^1]}";
}

/// <summary>The features that an algorithm saw. What an older program did not keep is left out.</summary>
/// <param name="Recipe">name of the recipe</param>
/// <param name="Version">its version</param>
/// <param name="Columns">each feature with its statistics over the stars analysed, before it was scaled</param>
/// <param name="Imputed">the catalogue's columns in which missing values were replaced</param>
/// <param name="FilledStars">stars in which a value was replaced</param>
public sealed record FeaturesSummary(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Recipe,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FeatureSummary>? Columns,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ImputedSummary>? Imputed,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? FilledStars = null
)
{
    /// <summary>Fields of other versions of the program, as they are stored.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>One feature: value scaled = (value - centre) / scale. What an older program did not keep is left out.</summary>
/// <param name="Unit">empty = none</param>
/// <param name="Missing">stars without a value</param>
public sealed record FeatureSummary(
    string Name,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Unit,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Mean,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? StdDev,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Median,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Missing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Centre,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Scale
)
{
    /// <summary>Fields of other versions of the program, as they are stored.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>A cluster with what speaks for it.</summary>
/// <param name="ClusterId">number of the cluster, from 0</param>
/// <param name="Size">stars in it</param>
/// <param name="Contrast">density of its members over that of the field around them, in motion and parallax</param>
/// <param name="Significance">standard deviations of a normal distribution that are as rare as such a peak anywhere in a field without
/// clusters</param>
/// <param name="FalseAlarm">that chance, which holds for the whole search</param>
/// <param name="ScaleMasYr">side of the cell of the grid in which it stood out most, mas/yr</param>
/// <param name="PmraMasYr">mean proper motion in right ascension times cos(dec), mas/yr</param>
/// <param name="PmdecMasYr">mean proper motion in declination, mas/yr</param>
/// <param name="ParallaxMas">mean parallax, mas; null where the recipe has none</param>
public sealed record ClusterSummary(
    int ClusterId,
    long Size,
    double Contrast,
    double Significance,
    double FalseAlarm,
    double ScaleMasYr,
    double PmraMasYr,
    double PmdecMasYr,
    double? ParallaxMas
);

/// <summary>A column of the catalogue in which missing values were replaced by the median.</summary>
/// <param name="Count">how many were replaced</param>
public sealed record ImputedSummary(string Column, long Count, double Median);
