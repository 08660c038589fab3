using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Writing.Hats;

/// <summary>
/// Writes a table as a HATS catalogue (IVOA note HATS 1.0, https://www.ivoa.net/documents/Notes/HATS/): a folder with one Parquet file a
/// HEALPix cell, <c>partition_info.csv</c>, <c>hats.properties</c> and the schema of all files in <c>dataset/_common_metadata</c>.
/// </summary>
/// <param name="Name">of the catalogue, without blanks</param>
/// <param name="Table">
/// with columns <see cref="Place"/>, <see cref="Ra"/> and <see cref="Dec"/>, its rows in order of <see cref="Place"/>
/// </param>
/// <param name="Pixels">the cells of all rows, in the order of the rows</param>
/// <param name="MostRows">that were allowed in one cell</param>
public sealed record HatsCatalogue(string Name, ExportTable Table, IReadOnlyList<HatsPixel> Pixels, int MostRows)
{
    /// <summary>The column of a row's cell of order 29, nested, as HATS calls it.</summary>
    public const string Place = "_healpix_29";

    /// <summary>Rows of one file by default, as the importer of the HATS project has it.</summary>
    public const int DefaultMostRows = 1_000_000;

    /// <summary>Name of the column of the right ascension, ICRS, degrees.</summary>
    public string Ra { get; init; } = "ra_deg";

    /// <summary>Name of the column of the declination.</summary>
    public string Dec { get; init; } = "dec_deg";

    /// <summary>Writes the files of the catalogue.</summary>
    /// <param name="folder">is there, and empty</param>
    /// <param name="progress">told the number of rows written so far</param>
    /// <returns>bytes</returns>
    /// <exception cref="InvalidDataException">the rows are not those of the cells</exception>
    public async Task<long> WriteAsync(string folder, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var typed = TypedTable.Of(Table);
        var place = Enumerable.Range(0, typed.Columns.Count).Single(i => typed.Columns[i].Name == Place);
        await using var rows = new PlacedRows(typed, place, cancellationToken);
        long written = 0,
            bytes = 0;
        foreach (var pixel in Pixels)
        {
            var path = Path.Combine(folder, pixel.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var before = written;
            var told = progress is null ? null : new Told(n => progress.Report(before + n));
            bytes += await WriteAsync(path, typed with { Batches = rows.Of(pixel, cancellationToken) }, told, cancellationToken);
            if (rows.Taken != pixel.Rows)
                throw Changed(pixel, rows.Taken);
            written += rows.Taken;
        }
        if (await rows.IsMoreAsync())
            throw new InvalidDataException("The table has rows outside of the cells into which it was divided.");
        var schema = Path.Combine(folder, "dataset", "_common_metadata");
        Directory.CreateDirectory(Path.GetDirectoryName(schema)!);
        await using (var stream = File.Create(schema))
            await ParquetTableWriter.WriteSchemaAsync(typed, stream, cancellationToken);
        bytes += new FileInfo(schema).Length;
        var pixels = string.Concat(
            Pixels.OrderBy(p => p.Order).ThenBy(p => p.Pixel).Select(p => FormattableString.Invariant($"{p.Order},{p.Pixel}\n"))
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "partition_info.csv"), "Norder,Npix\n" + pixels, cancellationToken);
        var text = Properties(written, bytes);
        await File.WriteAllTextAsync(Path.Combine(folder, "hats.properties"), text, cancellationToken);
        // Programs of before 2024 look for this name.
        await File.WriteAllTextAsync(Path.Combine(folder, "properties"), text, cancellationToken);
        return bytes;
    }

    private static async Task<long> WriteAsync(
        string path,
        ExportTable table,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        await using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        await table.WriteAsync(stream, TableFormat.Parquet, progress, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return stream.Length;
    }

    private static InvalidDataException Changed(HatsPixel pixel, long rows) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The cell {pixel.Pixel} of order {pixel.Order} has {rows} rows, expected {pixel.Rows}: the table has changed meanwhile."
            )
        );

    // Keys of the IVOA note; those that the reader of the HATS project requires are the first five.
    private string Properties(long rows, long bytes)
    {
        var text = new StringBuilder("#HATS catalog\n");
        Say("obs_collection", Name);
        Say("dataproduct_type", "object");
        Say("hats_nrows", rows);
        Say("hats_col_ra", Ra);
        Say("hats_col_dec", Dec);
        Say("hats_col_healpix", Place);
        Say("hats_col_healpix_order", Sky.Healpix.MaxOrder);
        Say("hats_npix_suffix", ".parquet");
        Say("hats_order", Pixels.Count == 0 ? 0 : Pixels.Max(p => p.Order));
        Say("hats_max_rows", MostRows);
        Say("hats_builder", $"Almagest {Table.Provenance["program_version"]}".TrimEnd());
        Say("hats_creation_date", DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm'UTC'", CultureInfo.InvariantCulture));
        Say("hats_estsize", bytes / 1024);
        Say("hats_version", "v1.0");
        Say("moc_sky_fraction", Pixels.Sum(p => 1.0 / Sky.Healpix.CellCount(p.Order)));
        return text.ToString();

        void Say(string key, object value) => text.Append(CultureInfo.InvariantCulture, $"{key}={value}\n");
    }

    private sealed class Told(Action<long> tell) : IProgress<long>
    {
        public void Report(long value) => tell(value);
    }
}
