using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog;
using Almagest.Contract.Datasets;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Ledger.Export;

/// <summary>Where an exported table comes from, so that the file alone tells how to make it again.</summary>
public sealed class Provenance(LedgerDatabase ledger)
{
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'";

    /// <summary>Of a table of one run.</summary>
    public async Task<JsonObject> OfAsync(string title, string rows, DiscoveryRun run, CancellationToken cancellationToken)
    {
        var datasets = await new DatasetRepository(ledger).OfAsync(run, cancellationToken);
        var provenance = Begin(title, rows);
        foreach (var (name, value) in Describe(run, datasets))
            provenance[name] = value?.DeepClone();
        Add(provenance, datasets);
        return provenance;
    }

    /// <summary>Of a table across several runs over one dataset.</summary>
    public async Task<JsonObject> OfAsync(string title, string rows, IReadOnlyList<DiscoveryRun> runs, CancellationToken cancellationToken)
    {
        var provenance = Begin(title, rows);
        var datasets = new SortedDictionary<long, Dataset>();
        foreach (var id in runs.SelectMany(RunDatasets.Ids).Distinct())
            datasets.Add(id, await new DatasetRepository(ledger).GetAnyAsync(id, cancellationToken));
        provenance["runs"] = new JsonArray([.. runs.Select(r => Describe(r, [.. RunDatasets.Ids(r).Select(id => datasets[id])]))]);
        Add(provenance, [.. datasets.Values]);
        return provenance;
    }

    private static void Add(JsonObject provenance, IReadOnlyList<Dataset> datasets)
    {
        if (datasets.Count == 1)
            provenance["dataset"] = Describe(datasets[0]);
        else
            provenance["datasets"] = new JsonArray([.. datasets.Select(Describe)]);
    }

    /// <summary>Of a table about a dataset's stars.</summary>
    public static JsonObject Of(string title, string rows, Dataset dataset)
    {
        var provenance = Begin(title, rows);
        provenance["dataset"] = Describe(dataset);
        return provenance;
    }

    /// <summary>Of a table about the ledger itself.</summary>
    public static JsonObject Begin(string title, string rows) =>
        new()
        {
            ["title"] = title,
            ["rows"] = rows,
            ["program"] = "Almagest",
            ["program_version"] = Almagest.Contract.ProgramVersion.Current,
            ["exported_at"] = DateTime.UtcNow.ToString(Time, CultureInfo.InvariantCulture),
        };

    private static JsonObject Describe(DiscoveryRun run, IReadOnlyList<Dataset> datasets)
    {
        var filter = StarFilter.FromJson(run.DatasetFilter);
        var found = ResultsSummary.Parse(run.ResultsSummary);
        var described = new JsonObject
        {
            ["run_id"] = run.RunId.ToString(),
            ["run_type"] = run.RunType,
            ["algorithm"] = run.Algorithm,
            ["parameters"] = JsonNode.Parse(run.Parameters),
            ["random_seed"] = run.RandomSeed,
            ["selection"] = filter.Describe(),
            ["filter"] = JsonNode.Parse(filter.ToJson()),
            ["selection_hash"] = run.SelectionHash ?? SelectionHash.Of(datasets, filter),
            ["dataset_name"] = string.Join(" + ", datasets.Select(d => d.Name)),
            ["total_stars"] = run.TotalStars,
            ["excluded"] = JsonSerializer.SerializeToNode(found?.Excluded ?? [], ContractJson.Options),
            ["filled"] = AnalysedText.Filled(found),
            ["results_summary"] = run.ResultsSummary is { } summary ? JsonNode.Parse(summary) : null,
            ["run_program_version"] = run.ProgramVersion,
            ["created_at"] = run.CreatedAt.ToString(Time, CultureInfo.InvariantCulture),
            ["completed_at"] = run.CompletedAt?.ToString(Time, CultureInfo.InvariantCulture),
            ["results_hash"] = run.ResultsHash,
            ["results_hash_version"] = run.ResultsHashVersion,
        };
        // Where they are is said to whoever may know it.
        if (ResultFiles.Of(run) is { } files)
            described["results_in_files"] = new JsonObject { ["rows"] = files.Rows, ["bytes"] = files.Bytes };
        if (run.Name is { } name)
            described.Insert(1, "run_name", name);
        return described;
    }

    /// <summary>Of two datasets joined by position.</summary>
    public static JsonObject Describe(CrossMatch match, Dataset first, Dataset second) =>
        new()
        {
            ["match_id"] = match.MatchId,
            ["radius_arcsec"] = match.RadiusArcsec,
            ["find"] = match.Find,
            ["epoch_1"] = match.Epoch1,
            ["epoch_2"] = match.Epoch2,
            ["epoch"] = match.Epoch,
            ["match_program_version"] = match.ProgramVersion,
            ["matched_at"] = match.CreatedAt.ToString(Time, CultureInfo.InvariantCulture),
            ["datasets"] = new JsonArray(Describe(first), Describe(second)),
        };

    private static JsonObject Describe(Dataset dataset) =>
        new()
        {
            ["name"] = dataset.Name,
            ["checksum"] = dataset.Checksum,
            ["star_count"] = dataset.StarCount,
            // The Julian year of the positions; null where it is not known, or not the same for all.
            [CoordinateSystem.ReferenceEpoch] = dataset.ReferenceEpoch,
            ["source"] = SourceOf(dataset),
            ["column_mapping"] = JsonNode.Parse(dataset.ColumnMapping),
        };

    /// <summary>Without the reports of the load, which are longer than many a table.</summary>
    private static JsonNode? SourceOf(Dataset dataset)
    {
        var source = JsonNode.Parse(dataset.Source);
        foreach (var file in source as JsonArray ?? [])
            (file as JsonObject)?.Remove(SourceFile.ReportField);
        return source;
    }
}
