using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Ledger.Database;
using Almagest.Sky;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Datasets;

/// <summary>A star of a batch that is not written yet, or whose labels are not.</summary>
internal readonly record struct WaitingStar(long StarId, int File, StarBatch Batch, int Row)
{
    public bool HasLabel =>
        Batch.LabelOutlier?[Row] is not null || Batch.LabelKind?[Row] is not null || Batch.LabelCluster?[Row] is not null;
}

/// <summary>How rows of a batch are written by binary COPY.</summary>
internal static class StarRows
{
    private const string Always =
        "source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmdec_mas_yr, magnitude, color, "
        + "radial_velocity_km_s, ruwe, healpix_29, extra";

    /// <summary>All further fields, by their places in <see cref="FurtherField.All"/>.</summary>
    public static IReadOnlyList<int> Further { get; } = [.. Enumerable.Range(0, FurtherField.All.Count)];

    /// <summary>Those that a file has.</summary>
    public static IReadOnlyList<int> FurtherOf(ColumnMapping mapping) =>
        [.. Further.Where(f => mapping[FurtherField.All[f].Name] is not null)];

    /// <param name="further">further fields among them; the others are null in every row, at no cost</param>
    public static string Columns(IReadOnlyList<int> further) =>
        $"{string.Concat(further.Select(f => $"{FurtherField.All[f].Name}, "))}{Always}";

    /// <summary>Rows that may repeat a source id: the database finds out, without breaking the load off.</summary>
    public static Task CreateIncomingAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            $"""
            create temporary table incoming (
              star_id bigint not null, file integer not null, line bigint not null,
              source_id text not null, ra_deg double precision not null, dec_deg double precision not null,
              parallax_mas double precision, parallax_error_mas double precision, pmra_mas_yr double precision,
                pmdec_mas_yr double precision,
              magnitude double precision, color double precision, radial_velocity_km_s double precision, ruwe double precision,
              {string.Concat(FurtherField.All.Select(f => $"{f.Name} double precision, "))}
              healpix_29 bigint not null, extra jsonb, label_outlier integer, label_kind text, label_cluster text
            ) on commit drop
            """,
            cancellationToken
        );

    /// <param name="target">table and its first columns, before those of the star</param>
    /// <param name="further">as <see cref="Columns"/> takes them</param>
    /// <param name="more">columns behind them</param>
    public static async Task<NpgsqlBinaryImporter> BeginAsync(
        NpgsqlConnection connection,
        string target,
        IReadOnlyList<int> further,
        CancellationToken cancellationToken,
        string more = ""
    )
    {
        var copy = await connection.BeginBinaryImportAsync(
            $"copy {target}, {Columns(further)}{more}) from stdin (format binary)",
            cancellationToken
        );
        copy.Timeout = TimeSpan.FromHours(1);
        return copy;
    }

    public static async Task CopySuspectsAsync(
        NpgsqlConnection connection,
        IReadOnlyList<WaitingStar> stars,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await BeginAsync(
            connection,
            "incoming (star_id, file, line",
            Further,
            cancellationToken,
            ", label_outlier, label_kind, label_cluster"
        );
        foreach (var star in stars)
        {
            copy.StartRow();
            copy.Write(star.StarId, NpgsqlDbType.Bigint);
            copy.Write(star.File, NpgsqlDbType.Integer);
            copy.Write(star.Batch.LineNumber[star.Row], NpgsqlDbType.Bigint);
            Write(copy, star.Batch, star.Row, Further);
            WriteLabels(copy, star);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    public static async Task CopyLabelsAsync(
        NpgsqlConnection connection,
        IReadOnlyList<WaitingStar> stars,
        CancellationToken cancellationToken
    )
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "copy public.star_labels (star_id, label_set, is_anomaly, kind, cluster) from stdin (format binary)",
            cancellationToken
        );
        copy.Timeout = TimeSpan.FromHours(1);
        foreach (var star in stars)
        {
            copy.StartRow();
            copy.Write(star.StarId, NpgsqlDbType.Bigint);
            copy.Write("truth", NpgsqlDbType.Text);
            WriteLabels(copy, star);
        }
        await copy.CompleteAsync(cancellationToken);
    }

    /// <summary>Writes <see cref="Columns"/>.</summary>
    public static void Write(NpgsqlBinaryImporter copy, StarBatch batch, int i, IReadOnlyList<int> further)
    {
        for (var k = 0; k < further.Count; k++)
            WriteNumber(copy, batch.Further[further[k]]?[i] ?? double.NaN);
        copy.Write(SourceId(batch, i), NpgsqlDbType.Text);
        copy.Write(batch.RaDeg[i], NpgsqlDbType.Double);
        copy.Write(batch.DecDeg[i], NpgsqlDbType.Double);
        WriteNumber(copy, batch.ParallaxMas[i]);
        WriteNumber(copy, batch.ParallaxErrorMas[i]);
        WriteNumber(copy, batch.PmraMasYr[i]);
        WriteNumber(copy, batch.PmdecMasYr[i]);
        WriteNumber(copy, batch.Magnitude[i]);
        WriteNumber(copy, batch.Color[i]);
        WriteNumber(copy, batch.RadialVelocityKmS[i]);
        WriteNumber(copy, batch.Ruwe[i]);
        copy.Write(Healpix.AngToPix(29, batch.RaDeg[i], batch.DecDeg[i]), NpgsqlDbType.Bigint);
        if (StoredText.Extra(batch.ExtraJson[i]) is { } extra)
            copy.Write(extra, NpgsqlDbType.Jsonb);
        else
            copy.WriteNull();
    }

    /// <summary>As it is stored.</summary>
    public static string SourceId(StarBatch batch, int row) => StoredText.WithoutNul(batch.SourceId[row]);

    private static void WriteLabels(NpgsqlBinaryImporter copy, WaitingStar star)
    {
        if (star.Batch.LabelOutlier?[star.Row] is { } outlier)
            copy.Write(outlier, NpgsqlDbType.Integer);
        else
            copy.WriteNull();
        WriteText(copy, star.Batch.LabelKind?[star.Row]);
        WriteText(copy, star.Batch.LabelCluster?[star.Row]);
    }

    private static void WriteNumber(NpgsqlBinaryImporter copy, double value)
    {
        if (double.IsNaN(value))
            copy.WriteNull();
        else
            copy.Write(value, NpgsqlDbType.Double);
    }

    private static void WriteText(NpgsqlBinaryImporter copy, string? value)
    {
        if (value is null)
            copy.WriteNull();
        else
            copy.Write(StoredText.WithoutNul(value), NpgsqlDbType.Text);
    }
}
