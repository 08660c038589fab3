using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Changes;

/// <summary>
/// Of which release of a catalogue a dataset is, as far as its names tell: ids of Gaia DR2 and of Gaia DR3 are different names of mostly,
/// and only mostly, the same stars.
/// </summary>
internal static partial class CatalogueRelease
{
    /// <summary>Cells of this order and this number of bits make the higher part of every id of Gaia.</summary>
    private const int GaiaOrder = 12,
        GaiaShift = 35;

    /// <summary>The release, such as DR2; null where nothing names one, or several are named. The early release 3 and release 3 have the
    /// same ids.</summary>
    /// <param name="sourceId">of one of its stars</param>
    public static string? Of(Dataset dataset, string? sourceId)
    {
        // What is nearer to the ids tells more of them than the name that somebody chose.
        foreach (var text in (IEnumerable<string?>)[sourceId, IdColumn(dataset), .. Source(dataset), dataset.Name])
        {
            var named = Releases().Matches(text ?? "").Select(m => m.Groups[1].Value.ToUpperInvariant().TrimStart('E')).Distinct().ToList();
            if (named.Count > 0)
                return named.Count == 1 ? named[0] : null;
        }
        return null;
    }

    /// <summary>Whether an id is one of Gaia's: it begins with the number of the HEALPix cell that the star lies in.</summary>
    public static bool IsGaia(string sourceId, long healpix29) =>
        long.TryParse(sourceId, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && id >> GaiaShift == healpix29 >> 2 * (29 - GaiaOrder);

    private static string? IdColumn(Dataset dataset) => DatasetResource.ParseMapping(dataset.ColumnMapping).GetValueOrDefault("source_id");

    private static IEnumerable<string?> Source(Dataset dataset) =>
        (JsonNode.Parse(dataset.Source) as JsonArray ?? [])
            .OfType<JsonObject>()
            .SelectMany(file => new[] { file["query"], file["service"], file["table"], file["file"] })
            .Select(text => text?.ToString());

    [GeneratedRegex(@"(?:(?<![a-z0-9])|(?<=gaia))(e?dr[1-9])(?![0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Releases();
}
