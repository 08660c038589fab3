using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;

namespace Almagest.Bench.Readers;

/// <summary>
/// <c>bench files</c>: every file of a folder as the readers see it, one line of JSON each, for <c>bench/compare/files_astropy.py</c> to
/// compare cell by cell. Files of a kind that no catalogue has (pages, archives, pictures) are read, too: a refusal is an answer.
/// </summary>
internal static class FilesSuite
{
    /// <summary>Rows of each file that are given.</summary>
    private const int Compared = 200;

    private static readonly JsonSerializerOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Suite Suite { get; } =
        new(
            "files",
            "what the readers make of each file of a folder, as lines of JSON for bench/compare/files_astropy.py",
            $"""
                  --folder FOLDER              with its subfolders; HATS catalogues are read as one table
            """,
            RunAsync
        );

    private static Task<int> RunAsync(string[] args)
    {
        var arguments = new BenchArguments(args, ["--folder"], []);
        var folder = Path.GetFullPath(arguments["--folder"] ?? throw new ArgumentException("--folder is needed"));
        var hats = Directory
            .EnumerateFiles(folder, "*.properties", SearchOption.AllDirectories)
            .Where(f => Path.GetFileName(f) is "hats.properties" or "collection.properties")
            .Select(f => Path.GetDirectoryName(f)!)
            .Distinct();
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Concat(hats).Order(StringComparer.Ordinal))
            Console.WriteLine(JsonSerializer.Serialize(Look(path, Path.GetRelativePath(folder, path)), s_json));
        return Task.FromResult(0);
    }

    private static Dictionary<string, object?> Look(string path, string name)
    {
        var answer = new Dictionary<string, object?> { ["file"] = name };
        try
        {
            using var reader = CatalogFile.Open(path);
            answer["format"] = reader.Format;
            answer["columns"] = reader.Columns.Select(c => new[] { c.Name, c.Type.ToString(), c.Unit }).ToArray();
            var mapping = ColumnMapping.Automatic(reader.Columns);
            answer["position"] = mapping[StarField.RaDeg] is not null && mapping[StarField.DecDeg] is not null;
            var cells = new List<string?[]>();
            long rows = 0,
                rejected = 0;
            foreach (var batch in reader.ReadBatches())
            {
                for (var i = 0; i < batch.Count && cells.Count < Compared; i++)
                    cells.Add([.. batch.Columns.Select(c => Text(c, i))]);
                rows += batch.Count;
                rejected += batch.Rejected.Count;
            }
            (answer["rows"], answer["rejected"], answer["cells"]) = (rows, rejected, cells);
            answer["warnings"] = reader.Warnings;
            answer["outcome"] = "read";
        }
        catch (CatalogFormatException e)
        {
            (answer["outcome"], answer["message"]) = ("refused", e.Message);
        }
        catch (Exception e)
        {
            (answer["outcome"], answer["message"]) = ("escaped", e.ToString());
        }
        return answer;
    }

    private static string? Text(CatalogVector vector, int row) =>
        vector.Misfit(row)
        ?? vector switch
        {
            Int64Vector whole => whole.HasValue[row] ? whole.Values[row].ToString(CultureInfo.InvariantCulture) : null,
            DoubleVector real => double.IsNaN(real.Values[row]) ? null : real.Values[row].ToString("R", CultureInfo.InvariantCulture),
            BooleanVector truth => truth.Values[row] is { } value ? (value ? "true" : "false") : null,
            TextVector text => text.Values[row],
            _ => null,
        };
}
