using System.Buffers.Binary;
using System.Text;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Testing;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Whatever a file holds, reading it ends in stars or in one typed error, with rejected rows and batches that agree.</summary>
public sealed class FuzzTests
{
    /// <summary>Mutations of each file; <c>ALMAGEST_FUZZ_ROUNDS</c> sets it, for instance to 100000.</summary>
    private static readonly int s_rounds = TestDepth.Rounds(usually: 200, release: 5000, "ALMAGEST_FUZZ_ROUNDS");

    /// <summary>The first of them, so that many rounds can be run in pieces: a round is the same in whichever piece it is.</summary>
    private static readonly int s_firstRound = int.TryParse(Environment.GetEnvironmentVariable("ALMAGEST_FUZZ_FIRST"), out var wanted)
        ? wanted
        : 0;

    /// <summary>Only files with this in their name.</summary>
    private static readonly string s_only = Environment.GetEnvironmentVariable("ALMAGEST_FUZZ_FILE") ?? "";

    private static readonly byte[] s_interesting = "\0\t\n\r \"#',-.;<>[\\]{|}0123456789eEnN+\u007f"u8.ToArray();

    public static TheoryData<string> Seeds =>
        [
            "formats/csv_quirks/gaia_bulk_hash_comment_header.csv",
            "formats/csv_quirks/pipe_delimited.csv",
            "formats/csv_quirks/small_catalog.csv.gz",
            "formats/ecsv/subtypes.ecsv",
            "formats/ecsv/hr24_open_clusters_quoted_names.ecsv",
            "formats/votable/quirk_tar_inside_gz_named_vot.gz",
            "formats/gaiadr2_hyads_pipe_units_row_98col.csv",
            "formats/stilts_converted/pleiades2000.tst.txt",
            "fields/pleiades-members.dat",
            "formats/fits/small_sky.fits",
            "formats/fits/ascii.fits",
            "formats/fits/tdim.fits",
            "formats/votable/binary2_masked_strings.xml",
            "formats/votable/names.xml",
            "formats/votable/regression.xml",
            "formats/votable/regression.bin.tabledata.truth.1.3.xml",
            "formats/parquet/small_sky.parquet",
            "formats/parquet/multi_row_group.parquet",
            "formats/parquet/lightcurve.parquet",
            "formats/cds_mrt/cds.dat",
            "formats/cds_mrt/cdsFunctional2.dat",
            "formats/stilts_converted/pleiades2000.ipac.txt",
            "formats/bsc5_two_tables_V50.tsv",
            "formats/fits/variable_length_table.fits",
        ];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_mutated_real_file_gives_stars_or_one_typed_error(string file)
    {
        var seed = File.ReadAllBytes(RealData.File(file));
        if (seed.Length > 20_000 && seed[0] != 0x1f)
            seed = [.. seed[..10_000], .. seed[^10_000..]];
        Mutate(seed, file);
    }

    public static TheoryData<string> Fixtures =>
        [
            "types-and-units.csv",
            "table.rdb",
            "comma.csv",
            "formula-ids-quoted.csv",
            "fortran.txt",
            "sextractor-win.cat",
            "mysql.txt",
            "rah-no-sign.csv",
            "dashes-and-notes.mrt",
            "masks.ecsv",
            "skycoord-fk5-1975.ecsv",
            "stil-description.ecsv",
            "masks.fits",
            "skycoord-galactic.fits",
            "third-table.fits",
            "text-arrays.fits",
            "implied-point.fits",
            "utf16-no-mark.vot",
            "bits.vot",
            "second-table.vot",
            "datatype-unsignedInt.vot",
        ];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void A_mutated_fixture_gives_stars_or_one_typed_error(string file) =>
        Mutate(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", file)), file);

    /// <summary>Rounds beyond the default ones that once did not end, or ended in another way.</summary>
    [Theory]
    [InlineData("formats/parquet/small_sky.parquet", 43_697)]
    public void A_mutation_that_once_failed_gives_stars_or_one_typed_error(string file, int round) =>
        Mutate(File.ReadAllBytes(RealData.File(file)), file, round, 1);

    [Fact]
    public void A_mutated_small_table_gives_stars_or_one_typed_error()
    {
        Mutate("# c\nid,ra,dec,name\r\n1,10,20,\"a \"\"b\"\"\n c\"\n2,11,21,\r3,12 00 00,-1e5,null\n"u8.ToArray(), "csv");
        Mutate(SmallBinary(), "votable-binary");
        Mutate(
            Encoding.UTF8.GetBytes(
                "#Table\tx:\n#Column\tra\t(A10)\tRA\t[ucd=pos.eq.ra]\nid;ra;dec\n ;\"h:m:s\";deg\n--;--;--\n1;10 11 12;20\n"
            ),
            "vizier"
        );
        Mutate(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes("id\tra\tdec\n1\t2\t3\n")).ToArray(), "utf16");
    }

    /// <summary>A VOTable with its rows in BINARY, small enough to be mutated as a whole.</summary>
    private static byte[] SmallBinary()
    {
        var rows = new List<byte>();
        for (var i = 1; i <= 3; i++)
        {
            var value = new byte[8];
            BinaryPrimitives.WriteInt64BigEndian(value, 4_000_000_000_000_000_000 + i);
            rows.AddRange(value);
            foreach (var number in (ReadOnlySpan<double>)[10.5 + i, -20.25 * i])
            {
                BinaryPrimitives.WriteDoubleBigEndian(value, number);
                rows.AddRange(value);
            }
            rows.AddRange([0, 0, 0, (byte)i, .. "abc"u8[..i]]);
        }
        return Encoding.UTF8.GetBytes(
            $"""
            <VOTABLE version="1.3"><RESOURCE><TABLE nrows="3"><FIELD name="id" datatype="long"/>
            <FIELD name="ra" datatype="double" unit="deg"/><FIELD name="dec" datatype="double" unit="deg"/>
            <FIELD name="name" datatype="char" arraysize="*"/>
            <DATA><BINARY><STREAM encoding="base64">{Convert.ToBase64String([
                .. rows,
            ])}</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>
            """
        );
    }

    private static void Mutate(byte[] seed, string name)
    {
        if (name.Contains(s_only, StringComparison.Ordinal))
            Mutate(seed, name, s_firstRound, s_rounds);
    }

    private static void Mutate(byte[] seed, string name, int firstRound, int rounds)
    {
        int tables = 0,
            refused = 0;
        var slowest = (Time: TimeSpan.Zero, Allocated: 0L, Round: -1);
        for (var round = firstRound; round < firstRound + rounds; round++)
        {
            var random = new Random(20_260_731 + round);
            var mutated = Mutant(seed, random);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var watch = System.Diagnostics.Stopwatch.StartNew();
            try
            {
                Read(mutated, random);
                tables++;
            }
            catch (CatalogFormatException e) when (e.Message.Length > 0)
            {
                refused++;
            }
            catch (Exception e)
            {
                // What was read is kept, to be looked at.
                File.WriteAllBytes(Path.Combine(AppContext.BaseDirectory, "fuzz-failure.bin"), mutated);
                Assert.Fail($"{name}, round {round}: {e}");
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < 600L << 20, $"{name}, round {round}: {allocated:N0} bytes were allocated");
            if (watch.Elapsed > slowest.Time)
                slowest = (watch.Elapsed, allocated, round);
        }
        TestContext.Current.TestOutputHelper?.WriteLine(
            FormattableString.Invariant(
                $"{name}: rounds {firstRound} to {firstRound + rounds - 1}: {tables} read, {refused} refused; slowest {slowest
                    .Time
                    .TotalMilliseconds:F0} ms with {slowest.Allocated >> 10} KiB, round {slowest.Round}"
            )
        );
    }

    private static void Read(byte[] mutated, Random random)
    {
        var options = new CatalogOpenOptions { MaxRowBytes = random.Next(2) == 0 ? 4 << 20 : 512 };
        using var reader = Load.OpenBytes(mutated, options);
        var mapping = ColumnMapping.Automatic(reader.Columns);
        Assert.Equal(reader.Columns.Count, reader.Columns.Select(c => c.Name).Distinct().Count());
        if (mapping[StarField.RaDeg] is null && reader.Columns.Count > 1)
            mapping = mapping.With($"ra_deg={reader.Columns[0].Name}", $"dec_deg={reader.Columns[1].Name}");
        long line = 0;
        foreach (
            var batch in new StarReader(reader, mapping, new StarReaderOptions { RowsPerBatch = 50 }).ReadBatches(
                TestContext.Current.CancellationToken
            )
        )
        {
            for (var i = 0; i < batch.Count; i++)
            {
                // Several rows of a VOTable may stand on one line.
                Assert.True(batch.LineNumber[i] >= line, $"line {batch.LineNumber[i]} after {line}");
                line = batch.LineNumber[i];
                Assert.True(batch.RaDeg[i] is >= 0 and < 360 && batch.DecDeg[i] is >= -90 and <= 90 && batch.SourceId[i].Length > 0);
                System.Text.Json.JsonDocument.Parse(batch.ExtraJson[i]).Dispose();
            }
        }
    }

    private static byte[] Mutant(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed);
        for (var edits = random.Next(1, 8); edits > 0 && bytes.Count > 1; edits--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] = s_interesting[random.Next(s_interesting.Length)];
                    break;
                case 2:
                    bytes.Insert(at, s_interesting[random.Next(s_interesting.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length + 1), length));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(1, 600)));
                    break;
            }
        }
        return [.. bytes];
    }
}
