using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Runs;
using Almagest.Runs.Kinds;

namespace Almagest.Runs.Export;

/// <summary>The table of what a run says of its stars: which columns it has, in every format, wherever its rows come from.</summary>
internal static class ResultTable
{
    private static readonly IReadOnlyList<Column> s_columns =
    [
        .. ExportColumns.Star,
        .. RunColumns.OfResult,
        .. ColumnDictionary.List("parallax_error_mas", "parallax_over_error", "ruwe", "filled"),
    ];

    /// <param name="kinds">of the stars; null = the table says nothing of kinds</param>
    public static ExportTable Of(JsonObject provenance, IAsyncEnumerable<IReadOnlyList<StarResult>> rows, StarKinds? kinds) =>
        Of([], provenance, rows, r => Row(r, kinds), kinds);

    /// <summary>The same rows behind the cell of each star, as HATS has them.</summary>
    /// <inheritdoc cref="Of(JsonObject, IAsyncEnumerable{IReadOnlyList{StarResult}}, StarKinds?)"/>
    public static ExportTable BySky(
        JsonObject provenance,
        IAsyncEnumerable<IReadOnlyList<(long Place, StarResult Result)>> rows,
        StarKinds? kinds
    ) => Of([StarColumns.Place], provenance, rows, r => [r.Place, .. Row(r.Result, kinds)], kinds);

    private static ExportTable Of<T>(
        Column[] first,
        JsonObject provenance,
        IAsyncEnumerable<IReadOnlyList<T>> rows,
        Func<T, object?[]> row,
        StarKinds? kinds
    )
    {
        if (kinds is not null)
            provenance["kinds_looked_at"] = kinds.LookedAt;
        return ColumnTable.Of(
            "results",
            [.. first, .. s_columns, .. kinds is null ? [] : KindColumns.OfStar],
            provenance,
            RowsAsync(rows, row)
        );
    }

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> RowsAsync<T>(
        IAsyncEnumerable<IReadOnlyList<T>> batches,
        Func<T, object?[]> row,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var batch in batches.WithCancellation(cancellationToken))
            yield return [.. batch.Select(row)];
    }

    private static object?[] Row(StarResult r, StarKinds? kinds) =>
        kinds is null ? Row(r) : [.. Row(r), .. Kind(kinds.Stars.GetValueOrDefault(r.StarId))];

    private static object?[] Kind(StarKind? kind) => [(long?)kind?.KindId, kind?.Name, kind?.Likeness];

    private static object?[] Row(StarResult r) =>
        ExportColumns.Of(
            r,
            (long)r.IsAnomaly,
            r.AnomalyScore,
            (long?)r.ClusterId,
            r.MembershipProbability,
            r.MembershipStrength,
            r.FlagProbability,
            r.ScoreSpread,
            r.MembershipStability,
            r.ParallaxErrorMas,
            r.ParallaxOverError,
            r.Ruwe,
            r.Filled is null ? null : string.Join(' ', r.Filled)
        );
}
