using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Datasets;
using Almagest.Contract.Runs;
using Almagest.Contract.Serialization;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Files;

/// <summary>What the files of a run's results hold of each star.</summary>
internal static class ResultColumns
{
    private static readonly IReadOnlyList<Column> s_ids = ColumnDictionary.List("star_id", "source_id");

    /// <summary>Columns that a star may lack.</summary>
    public static IReadOnlySet<string> Optional { get; } = ResultNumber.All.Select(n => n.Name).ToHashSet();

    /// <summary>The table without its rows.</summary>
    /// <param name="integerIds">whether the catalogue's ids are whole numbers</param>
    public static ExportTable Table(ResultShape shape, bool integerIds, JsonObject provenance)
    {
        var table = ColumnTable.Of("results", [.. s_ids, .. shape.Always, .. shape.Numbers.Select(n => n.Column)], provenance, None());
        return table with
        {
            Columns =
            [
                .. table.Columns.Select(c =>
                    c with
                    {
                        Type = c.Name switch
                        {
                            "source_id" => integerIds ? Almagest.Catalog.ColumnType.Int64 : Almagest.Catalog.ColumnType.Text,
                            "is_anomaly" => Almagest.Catalog.ColumnType.Boolean,
                            _ => c.Type,
                        },
                    }
                ),
            ],
        };
    }

    /// <summary>Whether all ids of a dataset are whole numbers.</summary>
    public static bool HasIntegerIds(Dataset dataset) => SourceFile.Parse(dataset.Source).All(f => f.IntegerIds == true);

    /// <summary>Where the results of an analysis come from.</summary>
    /// <param name="rows">which stars, in which order</param>
    public static JsonObject Provenance(Dataset dataset, RunParameters parameters, StarFilter filter, ResultsSummary summary, string rows)
    {
        var provenance = Ledger.Export.Provenance.Of(
            $"What {parameters.Algorithm.Title} says of the stars of {dataset.Name}",
            rows,
            dataset
        );
        provenance["run_type"] = parameters.Algorithm.RunType;
        provenance["algorithm"] = parameters.Algorithm.Name;
        provenance["parameters"] = JsonNode.Parse(parameters.ToJson());
        provenance["selection"] = filter.Describe();
        provenance["filter"] = JsonNode.Parse(filter.ToJson());
        provenance["selection_hash"] = SelectionHash.Of([dataset], filter);
        provenance["total_stars"] = summary.TotalStars;
        provenance["excluded"] = JsonSerializer.SerializeToNode(summary.Excluded ?? [], ContractJson.Options);
        provenance["results_summary"] = JsonNode.Parse(summary.ToJson());
        return provenance;
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> None()
    {
        await Task.CompletedTask;
        yield break;
    }
}
