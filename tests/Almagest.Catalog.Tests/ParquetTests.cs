using System.Text;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Parquet;
using Parquet.Schema;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Tests that count what the whole process allocates: no other test runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>Parquet in: types, nulls, lists, row groups, metadata of columns, HATS folders.</summary>
[Collection(nameof(AloneCollection))]
public sealed class ParquetTests
{
    /// <summary>Two row groups of a table with every kind of column.</summary>
    private static async Task<byte[]> Table(Dictionary<string, string>? metadata = null, int from = 1)
    {
        var id = new DataField<long>("id", false);
        var ra = new DataField<double>("position_a", true);
        var dec = new DataField<double>("position_d", true);
        var mag = new DataField<float>("mag", true);
        var big = new DataField<ulong>("big", false);
        var flag = new DataField<bool>("flag", true);
        var name = new DataField<string>("name");
        var target = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(id, ra, dec, mag, big, flag, name), target))
        {
            writer.CustomMetadata = metadata ?? [];
            for (var g = 0; g < 2; g++)
            {
                using var group = writer.CreateRowGroup();
                var first = from + g * 2;
                await group.WriteAsync<long>(id, new long[] { first, first + 1 });
                await group.WriteAsync<double>(ra, new double?[] { 10.5, 11 });
                await group.WriteAsync<double>(dec, new double?[] { -20, -21 });
                await group.WriteAsync<float>(mag, new float?[] { null, 1.5f });
                await group.WriteAsync<ulong>(big, new ulong[] { ulong.MaxValue, 7 });
                await group.WriteAsync<bool>(flag, new bool?[] { true, null });
                await group.WriteAsync(name, new string?[] { "α Cen", null });
                group.CompleteValidate();
            }
        }
        return target.ToArray();
    }

    [Fact]
    public async Task Floats_of_32_bits_keep_their_digits_beside_the_fields_and_their_values_in_them()
    {
        var (ra, dec) = (new DataField<double>("ra", false), new DataField<double>("dec", false));
        var (mag, flux, exact) = (
            new DataField<float>("gmag", false),
            new DataField<float>("flux", true),
            new DataField<double>("exact", true)
        );
        var target = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(new ParquetSchema(ra, dec, mag, flux, exact), target))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(ra, new double[] { 10.5, 11 });
            await group.WriteAsync<double>(dec, new double[] { -20, -21 });
            await group.WriteAsync<float>(mag, new[] { 0.1f, 15.3f });
            await group.WriteAsync<float>(flux, new float?[] { 0.1f, null });
            await group.WriteAsync<double>(exact, new double?[] { 0.1f, 1.0 / 3 });
            group.CompleteValidate();
        }

        var loaded = Load.Bytes(target.ToArray());

        Assert.Equal(0.1f, loaded.Stars[0].Magnitude);
        Assert.Equal("""{"flux":0.1,"exact":0.10000000149011612}""", loaded.Stars[0].Extra);
        Assert.Equal("""{"exact":0.3333333333333333}""", loaded.Stars[1].Extra);
        Assert.Equal(["double", "double", "float", "float", "double"], loaded.Report.Columns.Select(c => c.Type));
    }

    private static readonly Dictionary<string, string> s_voParquet = new()
    {
        ["IVOA.VOTable-Parquet.version"] = "1.0",
        ["IVOA.VOTable-Parquet.content"] =
            "<VOTABLE><RESOURCE><COOSYS ID=\"c\" system=\"ICRS\" epoch=\"J2016.0\"/><TABLE><FIELD name=\"id\" datatype=\"long\" "
            + "ucd=\"meta.id;meta.main\"/>"
            + "<FIELD ref=\"c\" name=\"position_a\" datatype=\"double\" unit=\"h\" "
            + "ucd=\"pos.eq.ra;meta.main\"><DESCRIPTION>where</DESCRIPTION></FIELD>"
            + "<FIELD ref=\"c\" name=\"position_d\" datatype=\"double\" unit=\"deg\" "
            + "ucd=\"pos.eq.dec;meta.main\"/></TABLE></RESOURCE></VOTABLE>",
    };

    [Fact]
    public async Task Numbers_texts_and_what_is_missing_are_read_exactly()
    {
        var loaded = Load.Bytes(await Table(), "ra_deg=position_a", "dec_deg=position_d", "source_id=id");
        Assert.Equal("Parquet", loaded.Reader.Format);
        Assert.Equal(["1", "2", "3", "4"], loaded.Stars.Select(s => s.Id));
        Assert.Equal([1L, 2, 3, 4], loaded.Stars.Select(s => s.Line));
        Assert.True(double.IsNaN(loaded.Stars[0].Magnitude));
        Assert.Equal(1.5, loaded.Stars[3].Magnitude);
        Assert.Equal("{\"big\":18446744073709551615,\"flag\":true,\"name\":\"α Cen\"}", loaded.Stars[2].Extra);
        Assert.Equal("{\"big\":7}", loaded.Stars[1].Extra);
    }

    /// <summary>Arrow's own file (by ParquetSharp) of 0, 2, 0, 1 and 0 rows: of a group without rows it has no page.</summary>
    [Fact]
    public void Row_groups_without_rows_are_passed_over()
    {
        var loaded = Load.File(Path.Combine(AppContext.BaseDirectory, "Fixtures", "arrow", "empty-groups.parquet"));
        Assert.Equal(
            [("1", 10.5, -5.25, 1L), ("2", 20.5, 5.25, 2L), ("3", 30.5, 0, 3L)],
            loaded.Stars.Select(s => (s.Id, s.Ra, s.Dec, s.Line))
        );
        Assert.Equal(["{\"name\":\"a\"}", "{\"name\":\"b\"}", "{}"], loaded.Stars.Select(s => s.Extra));
        Assert.Empty(loaded.Reader.Warnings);
    }

    [Fact]
    public async Task Voparquet_metadata_gives_units_ucds_and_the_epoch()
    {
        var loaded = Load.Bytes(await Table(s_voParquet));
        Assert.Equal(157.5, loaded.Stars[0].Ra, 1e-9);
        Assert.Equal(-20, loaded.Stars[0].Dec);
        Assert.Equal(2016, loaded.Stars[0].Epoch);
        Assert.Equal("where", loaded.Reader.Columns[1].Description);
    }

    [Fact]
    public async Task Parquet_inside_gzip_is_read_too() =>
        Assert.Equal(4, Load.Bytes(Load.Gzip(await Table()), "ra_deg=position_a", "dec_deg=position_d").Stars.Count);

    [Fact]
    public void Lists_become_arrays()
    {
        var star = Load.File(RealData.File("formats/parquet/small_sky_nested.parquet")).Stars[0];
        using var extras = System.Text.Json.JsonDocument.Parse(star.Extra);
        var bands = extras.RootElement.GetProperty("lc.band");
        Assert.Equal(extras.RootElement.GetProperty("lc.mag").GetArrayLength(), bands.GetArrayLength());
        Assert.All(bands.EnumerateArray(), b => Assert.Contains(b.GetString() ?? "?", "ugrizy", StringComparison.Ordinal));
    }

    [Fact]
    public void The_same_sky_in_parquet_and_fits_is_the_same()
    {
        var parquet = Load.File(RealData.File("formats/parquet/small_sky.parquet"))
            .Stars.OrderBy(s => s.Id)
            .Select(s => (s.Id, s.Ra, s.Dec));
        Assert.Equal(
            Load.File(RealData.File("formats/fits/small_sky.fits")).Stars.OrderBy(s => s.Id).Select(s => (s.Id, s.Ra, s.Dec)),
            parquet
        );
        Assert.Equal(
            parquet,
            Load.File(RealData.File("formats/parquet/multi_row_group.parquet")).Stars.OrderBy(s => s.Id).Select(s => (s.Id, s.Ra, s.Dec))
        );
    }

    [Fact]
    public async Task A_hats_folder_is_one_catalogue()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var order = Path.Combine(folder.FullName, "dataset", "Norder=1", "Dir=0");
            Directory.CreateDirectory(order);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "hats.properties"),
                "#HATS catalog\nobs_collection = made\nhats_col_ra = position_a\nhats_col_dec=position_d\n"
            );
            await File.WriteAllBytesAsync(Path.Combine(order, "Npix=10.parquet"), await Table(from: 11));
            await File.WriteAllBytesAsync(Path.Combine(order, "Npix=9.parquet"), await Table(from: 1));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "dataset", "_metadata"), "not read");
            var loaded = Load.File(folder.FullName, "source_id=id");
            Assert.Equal("HATS catalogue", loaded.Reader.Format);
            Assert.Equal("position_a", loaded.Mapping[StarField.RaDeg]!.Formula);
            Assert.Equal(["1", "2", "3", "4", "11", "12", "13", "14"], loaded.Stars.Select(s => s.Id));
            Assert.Equal(Enumerable.Range(1, 8).Select(i => (long)i), loaded.Stars.Select(s => s.Line));
            Assert.Equal(loaded.Reader.TotalBytes, loaded.Reader.BytesRead);
            var checksum = CatalogChecksum.Compute(folder.FullName);
            await File.WriteAllTextAsync(Path.Combine(order, "Npix=11.parquet"), "PAR1 and no more");
            Assert.NotEqual(checksum, CatalogChecksum.Compute(folder.FullName));
            Assert.Contains(
                "Npix=11.parquet",
                Assert.Throws<CatalogFormatException>(() => Load.File(folder.FullName)).Message,
                StringComparison.Ordinal
            );
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_file_cut_short_anywhere_is_an_error()
    {
        var bytes = await Table(s_voParquet);
        for (var length = 4; length < bytes.Length; length += 7)
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(bytes[..length]));
    }

    [Fact]
    public async Task Counts_that_lie_are_an_error_and_take_no_memory()
    {
        var bytes = await Table(s_voParquet);
        var before = GC.GetTotalAllocatedBytes(true);
        // Each byte of the footer at its largest: sizes, counts, offsets.
        var footer = BitConverter.ToInt32(bytes, bytes.Length - 8);
        for (var at = bytes.Length - 8 - footer; at < bytes.Length - 4; at++)
        {
            byte[] lying = [.. bytes];
            lying[at] = (byte)(lying[at] == 0xff ? 0x7f : 0xff);
            try
            {
                Load.Bytes(lying, "ra_deg=position_a", "dec_deg=position_d");
            }
            catch (CatalogFormatException) { }
        }
        Assert.True(GC.GetTotalAllocatedBytes(true) - before < footer * 4_000_000L);
        byte[] longer = [.. bytes[..^8], 0xff, 0xff, 0xff, 0x7f, .. "PAR1"u8];
        Assert.Contains(
            "more than the file has",
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(longer)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "encrypted",
            Assert.Throws<CatalogFormatException>(() => Load.Bytes([.. bytes[..^4], .. "PARE"u8])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "cut short",
            Assert.Throws<CatalogFormatException>(() => Load.Bytes(Encoding.ASCII.GetBytes("PAR1 says nothing more"))).Message,
            StringComparison.Ordinal
        );
    }
}
