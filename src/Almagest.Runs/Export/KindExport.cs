using System.Globalization;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Export;

/// <summary>The kinds of an anomaly run, as a table to be written.</summary>
public sealed class KindExport(LedgerDatabase ledger)
{
    /// <param name="only">one kind; null = all</param>
    public async Task<ExportTable> TableAsync(
        DiscoveryRun run,
        KindsResource found,
        int? only = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(found);
        var provenance = await new Provenance(ledger).OfAsync(
            $"The kinds of the flagged stars of run {run.RunId}",
            "one row a kind, largest first",
            run,
            cancellationToken
        );
        (provenance["flagged"], provenance["looked_at"]) = (found.Flagged, found.LookedAt);
        (provenance["in_no_kind"], provenance["further_seeds"]) = (found.InNoKind, found.Seeds);
        object?[][] rows = [.. found.Kinds.Where(k => only is null || k.KindId == only).Select(Row)];
        return ColumnTable.Of("kinds", KindColumns.All, provenance, new[] { rows }.ToAsyncEnumerable());
    }

    private static object?[] Row(KindResource k) =>
        [
            (long)k.KindId,
            k.Name,
            (long)k.Stars,
            k.Stability,
            k.Place.RaDeg,
            k.Place.DecDeg,
            k.Place.MedianDistanceDeg,
            k.Place.Magnitude,
            k.Place.Color,
            k.Place.ParallaxMas,
            string.Join("; ", k.Features.Select(Feature)),
            Ids(k.Typical),
            Ids(k.Extreme),
            k.Like?.RunId.ToString(),
            (long?)k.Like?.KindId,
            k.Like?.Name,
            k.Like?.Similarity,
            (long?)k.Like?.SharedStars,
            k.Sentence,
        ];

    private static string Feature(KindFeature f) =>
        string.Create(CultureInfo.InvariantCulture, $"{f.Feature} {f.Effect}{(f.IsFar ? ", far" : "")} {f.Share:0.00}");

    private static string Ids(IEnumerable<KindStar> stars) => string.Join(' ', stars.Select(s => s.SourceId));
}
