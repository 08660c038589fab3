using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Catalog.Files;
using Almagest.Catalog.Writing;
using Parquet;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Tables as files of three formats, read back by other code.</summary>
public sealed class ExportTableTests
{
    private static readonly CatalogColumn[] s_columns =
    [
        new("id", ColumnType.Int64),
        new("mag", ColumnType.Double, "mag", "phot.mag", Description: "G, \"mean\": {all}"),
        new("near", ColumnType.Boolean),
        new("name", ColumnType.Text),
    ];

    private static readonly object?[][] s_rows =
    [
        [long.MaxValue, 1.0 / 3, true, "plain"],
        [1L, -0.0, false, "with, comma and \"quotes\"\nand a line"],
        [-2L, 1e-300, null, "# no comment"],
        [3L, null, true, "été 星 😀"],
        [null, double.NaN, null, null],
    ];

    private static JsonObject Provenance() =>
        new()
        {
            ["title"] = "été \"星\" 😀 \\ back\tslash: # {x}",
            ["seed"] = 42,
            ["tiny"] = 1e-7,
            ["nothing"] = null,
            ["parameters"] = new JsonObject { ["eps"] = 0.2, ["list"] = new JsonArray(1, "two", true) },
        };

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> OneByOne(IEnumerable<object?[]> rows)
    {
        foreach (var row in rows)
        {
            await Task.Yield();
            yield return [row];
        }
    }

    [Theory]
    [InlineData(TableFormat.Csv, "n,w\n0.1,0.10000000149011612\n0.3333333333333333,0.25\n,\n")]
    [InlineData(TableFormat.Json, "{\"n\":0.1,\"w\":0.10000000149011612},{\"n\":0.3333333333333333,\"w\":0.25},{\"n\":null,\"w\":null}")]
    [InlineData(TableFormat.Ecsv, "# - {name: \"n\", datatype: float32}\n# - {name: \"w\", datatype: float64}\n")]
    public async Task A_column_of_32_bits_has_the_digits_that_give_those_back(TableFormat format, string part)
    {
        // What is not such a number, among them, keeps all of its digits.
        object?[][] rows =
        [
            [(double)0.1f, (double)0.1f],
            [1.0 / 3, 0.25],
            [null, null],
        ];
        var stream = new MemoryStream();
        CatalogColumn[] columns = [new("n", ColumnType.Double), new("w", ColumnType.Double)];
        await (new ExportTable(columns, [], OneByOne(rows)) with { Narrow = new HashSet<string> { "n" } }).WriteAsync(
            stream,
            format,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Contains(part, Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    private static async Task<MemoryStream> WriteAsync(TableFormat format)
    {
        var stream = new MemoryStream();
        var rows = await new ExportTable(s_columns, Provenance(), OneByOne(s_rows)).WriteAsync(
            stream,
            format,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(s_rows.Length, rows);
        stream.Position = 0;
        return stream;
    }

    [Theory]
    [InlineData(TableFormat.Fits, "COMMENT")]
    [InlineData(TableFormat.VoTableBinary2, "<INFO name=\"warning\"")]
    public async Task What_a_format_cannot_hold_is_said_in_the_file_and_to_the_caller(TableFormat format, string where)
    {
        CatalogColumn[] columns = [new("source_id", ColumnType.Text)];
        using var stream = new MemoryStream();
        var table = new ExportTable(
            columns,
            [],
            OneByOne([
                ["HIP 1"],
                ["Å 2"],
                ["星 3"],
            ])
        );

        await table.WriteAsync(stream, format, cancellationToken: TestContext.Current.CancellationToken);

        Assert.StartsWith("source_id: 2 texts", Assert.Single(table.Losses), StringComparison.Ordinal);
        var file = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        var at = file.IndexOf(where, StringComparison.Ordinal);
        Assert.Contains("source_id: 2 texts", file[at..(at + 80)], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TableFormat.Csv)]
    [InlineData(TableFormat.VoTable)]
    [InlineData(TableFormat.Parquet)]
    public async Task Other_formats_hold_every_character(TableFormat format)
    {
        CatalogColumn[] columns = [new("source_id", ColumnType.Text), new("ra", ColumnType.Double), new("dec", ColumnType.Double)];
        using var stream = new MemoryStream();
        var table = new ExportTable(
            columns,
            [],
            OneByOne([
                ["Å 2", 1.0, 2.0],
                ["星 3", 1.0, 2.0],
            ])
        );

        await table.WriteAsync(stream, format, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(table.Losses);
        Assert.Equal(["Å 2", "星 3"], Load.Bytes(stream.ToArray()).Stars.Select(s => s.Id));
    }

    [Fact]
    public async Task Without_provenance_there_is_no_map_of_it()
    {
        // astropy refuses an ordered map without entries.
        using var stream = new MemoryStream();
        await new ExportTable(
            [new("x", ColumnType.Int64)],
            [],
            OneByOne([
                [1L],
            ])
        ).WriteAsync(stream, TableFormat.Ecsv, cancellationToken: TestContext.Current.CancellationToken);
        Assert.DoesNotContain("meta", System.Text.Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Comma_separated_values_come_back_equal_through_the_reader_of_ECSV()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, (await WriteAsync(TableFormat.Ecsv)).ToArray(), TestContext.Current.CancellationToken);
            using var reader = CatalogFile.Open(path);
            Assert.Equal("ECSV", reader.Format);
            Assert.Equal(s_columns, reader.Columns);
            var batch = Assert.Single(reader.ReadBatches(cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal([long.MaxValue, 1, -2, 3], ((Int64Vector)batch.Columns[0]).Values.ToArray()[..4]);
            Assert.Equal([1.0 / 3, -0.0, 1e-300, double.NaN, double.NaN], ((DoubleVector)batch.Columns[1]).Values.ToArray()[..batch.Count]);
            Assert.Equal([true, false, null, true, null], ((BooleanVector)batch.Columns[2]).Values.ToArray()[..batch.Count]);
            Assert.Equal(s_rows.Select(r => (string?)r[3]), ((TextVector)batch.Columns[3]).Values.ToArray()[..batch.Count]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task The_comment_lines_are_one_YAML_document_with_the_whole_provenance()
    {
        var lines = Encoding.UTF8.GetString((await WriteAsync(TableFormat.Ecsv)).ToArray()).Split('\n');
        Assert.Equal("# %ECSV 1.0", lines[0]);
        var yaml = string.Join('\n', lines.TakeWhile(l => l.StartsWith('#')).Skip(1).Select(l => l[2..]));
        var stream = new YamlDotNet.RepresentationModel.YamlStream();
        stream.Load(new StringReader(yaml));
        var meta = ((YamlDotNet.RepresentationModel.YamlMappingNode)stream.Documents[0].RootNode).Children["meta"];
        string Value(int place, string name) =>
            ((YamlDotNet.RepresentationModel.YamlScalarNode)((YamlDotNet.RepresentationModel.YamlSequenceNode)meta)[place][name]).Value!;
        Assert.Equal("été \"星\" 😀 \\ back\tslash: # {x}", Value(0, "title"));
        Assert.Equal(("42", "1.0e-07"), (Value(1, "seed"), Value(2, "tiny")));
    }

    [Fact]
    public async Task CSV_begins_with_its_names() =>
        Assert.Equal("id,mag,near,name", (string?)Encoding.UTF8.GetString((await WriteAsync(TableFormat.Csv)).ToArray()).Split('\n')[0]);

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-2+3", "'-2+3")]
    [InlineData("  =1", "\"  '=1\"")]
    [InlineData("\t=1", "\"\t'=1\"")]
    [InlineData("\u00A0\uFEFF=1", "\"\u00A0\uFEFF'=1\"")]
    [InlineData("\uFF1D1+1", "'\uFF1D1+1")]
    // A spreadsheet of another country splits at semicolons, or at tabs.
    [InlineData("a;=1;b", "a;'=1;b")]
    [InlineData("a\n=1", "\"a\n'=1\"")]
    [InlineData("\"=1\"", "\"\"\"'=1\"\"\"")]
    // What is no formula stays as it is.
    [InlineData("-12.5", "-12.5")]
    [InlineData("+3e-7", "+3e-7")]
    [InlineData("HD 1-2", "HD 1-2")]
    [InlineData("a=b", "a=b")]
    [InlineData("", "\"\"")]
    public async Task CSV_for_spreadsheets_has_no_formulas_and_changes_nothing_else(string text, string written)
    {
        using var stream = new MemoryStream();
        await new ExportTable(
            [new("=name", ColumnType.Text), new("n", ColumnType.Int64), new("x", ColumnType.Double)],
            [],
            OneByOne([
                [text, -5L, -0.5],
            ])
        ).WriteAsync(stream, TableFormat.CsvSafe, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal($"'=name,n,x\n{written},-5,-0.5\n", Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static async Task<byte[]> OfIdsAsync(TableFormat format, params object?[][] rows)
    {
        using var stream = new MemoryStream();
        await new ExportTable(
            [new("source_id", ColumnType.Text), new("is_anomaly", ColumnType.Int64)],
            new JsonObject { ["title"] = "ids" },
            OneByOne(rows)
        )
        {
            IntegerIds = new HashSet<string> { "source_id" },
            Flags = new HashSet<string> { "is_anomaly" },
        }.WriteAsync(stream, format, cancellationToken: TestContext.Current.CancellationToken);
        return stream.ToArray();
    }

    [Theory]
    [InlineData(TableFormat.Csv, "9223372036854775807,1\n", "\n0,\n")]
    [InlineData(TableFormat.Ecsv, "{name: \"source_id\", datatype: int64}", "\n9223372036854775807,True\n")]
    [InlineData(TableFormat.Json, "{\"source_id\":\"9223372036854775807\",\"is_anomaly\":1}", "{\"source_id\":\"0\",\"is_anomaly\":null}")]
    [InlineData(TableFormat.VoTable, "name=\"source_id\" datatype=\"long\"", "<TD>9223372036854775807</TD><TD>true</TD>")]
    [InlineData(TableFormat.VoTableBinary2, "name=\"source_id\" datatype=\"long\"", "name=\"is_anomaly\" datatype=\"boolean\"")]
    [InlineData(TableFormat.Fits, "TFORM1  = 'K       '", "TFORM2  = 'L       '")]
    public async Task Whole_numbered_ids_and_flags_have_their_types_where_a_format_has_types(TableFormat format, string one, string other)
    {
        var text = Encoding.UTF8.GetString(await OfIdsAsync(format, ["9223372036854775807", 1L], ["0", null]));
        Assert.Contains(one, text, StringComparison.Ordinal);
        Assert.Contains(other, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parquet_has_whole_numbered_ids_as_int64_and_flags_as_booleans()
    {
        await using var reader = await ParquetReader.CreateAsync(
            new MemoryStream(await OfIdsAsync(TableFormat.Parquet, ["9223372036854775807", 0L], ["12", null])),
            cancellationToken: TestContext.Current.CancellationToken
        );
        var fields = reader.Schema.GetDataFields();
        Assert.Equal([typeof(long), typeof(bool)], fields.Select(f => f.ClrType));
        using var group = reader.OpenRowGroupReader(0);
        var ids = new long?[2];
        await group.ReadAsync<long>(fields[0], ids.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal([long.MaxValue, 12], ids);
    }

    [Theory]
    [InlineData("HIP 1", 1L)]
    [InlineData("12", 2L)]
    public async Task What_is_not_of_the_promised_type_ends_the_file(string id, long flag) =>
        await Assert.ThrowsAsync<InvalidCastException>(() => OfIdsAsync(TableFormat.VoTable, [id, flag]));

    [Fact]
    public async Task Parquet_comes_back_equal_with_its_metadata()
    {
        await using var reader = await ParquetReader.CreateAsync(
            await WriteAsync(TableFormat.Parquet),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("42", reader.CustomMetadata["seed"]);
        Assert.Equal(Provenance()["title"]!.GetValue<string>(), reader.CustomMetadata["title"]);
        Assert.Equal("mag", JsonNode.Parse(reader.CustomMetadata["columns"])![1]!["unit"]!.GetValue<string>());
        using var group = reader.OpenRowGroupReader(0);
        var fields = reader.Schema.GetDataFields();
        var (ids, mags, names) = (new long?[5], new double?[5], new string?[5]);
        await group.ReadAsync<long>(fields[0], ids.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        await group.ReadAsync<double>(fields[1], mags.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        await group.ReadAsync(fields[3], names.AsMemory(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(s_rows.Select(r => (long?)r[0]), ids);
        Assert.Equal([1.0 / 3, -0.0, 1e-300, null, double.NaN], mags);
        Assert.Equal(s_rows.Select(r => (string?)r[3]), names);
    }

    [Fact]
    public async Task JSON_holds_columns_rows_and_the_provenance()
    {
        using var document = await JsonDocument.ParseAsync(
            await WriteAsync(TableFormat.Json),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.True(JsonNode.DeepEquals(Provenance(), JsonNode.Parse(document.RootElement.GetProperty("provenance").GetRawText())));
        Assert.Equal(
            ["id", "mag", "near", "name"],
            document.RootElement.GetProperty("columns").EnumerateArray().Select(c => c.GetProperty("name").GetString())
        );
        var rows = document.RootElement.GetProperty("rows");
        Assert.Equal(long.MaxValue, rows[0].GetProperty("id").GetInt64());
        Assert.Equal((1.0 / 3, true), (rows[0].GetProperty("mag").GetDouble(), rows[0].GetProperty("near").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, rows[4].GetProperty("mag").ValueKind);
        Assert.Equal("été 星 😀", rows[3].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData(TableFormat.Csv)]
    [InlineData(TableFormat.Json)]
    [InlineData(TableFormat.Parquet)]
    [InlineData(TableFormat.VoTable)]
    [InlineData(TableFormat.VoTableBinary2)]
    public async Task Rows_are_on_their_way_before_the_last_one_is_read_even_into_streams_that_only_write_asynchronously(TableFormat format)
    {
        await using var stream = new AsynchronousOnly();
        var kept = 0L;
        async IAsyncEnumerable<IReadOnlyList<object?[]>> Batches()
        {
            for (var b = 0; b < 40; b++)
            {
                await Task.Yield();
                kept = stream.Written;
                yield return
                [
                    .. Enumerable
                        .Range(0, 5000)
                        .Select(i => new object?[] { (long)i * b, (i * 0.618034 + b) % 1, i % 2 == 0, $"star {i}" }),
                ];
            }
        }

        var rows = await new ExportTable(s_columns, Provenance(), Batches()).WriteAsync(
            stream,
            format,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.Equal(200_000, rows);
        Assert.InRange(kept, 0.7 * stream.Written, stream.Written);
    }

    [Fact]
    public async Task A_FITS_table_goes_into_streams_that_only_write_asynchronously()
    {
        await using var stream = new AsynchronousOnly();
        Assert.Equal(
            s_rows.Length,
            await new ExportTable(s_columns, Provenance(), OneByOne(s_rows)).WriteAsync(
                stream,
                TableFormat.Fits,
                cancellationToken: TestContext.Current.CancellationToken
            )
        );
        Assert.Equal(0, stream.Written % 2880);
    }

    [Fact]
    public async Task Parquet_describes_its_columns_as_a_VOTable_too()
    {
        await using var reader = await ParquetReader.CreateAsync(
            await WriteAsync(TableFormat.Parquet),
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal("1.0", reader.CustomMetadata["IVOA.VOTable-Parquet.version"]);
        using var described = CatalogFile.Open(
            new MemoryStream(Encoding.UTF8.GetBytes(reader.CustomMetadata["IVOA.VOTable-Parquet.content"])),
            "content"
        );
        Assert.Equal(s_columns, described.Columns);
    }

    [Fact]
    public async Task A_table_that_was_cut_off_says_so_in_JSON_and_Parquet()
    {
        var table = new ExportTable(s_columns, Provenance(), OneByOne(s_rows)) { IsCutOff = () => true };
        var (json, parquet) = (new MemoryStream(), new MemoryStream());
        await table.WriteAsync(json, TableFormat.Json, cancellationToken: TestContext.Current.CancellationToken);
        await (table with { Batches = OneByOne(s_rows) }).WriteAsync(
            parquet,
            TableFormat.Parquet,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.True(JsonNode.Parse(json.ToArray())!["truncated"]!.GetValue<bool>());
        parquet.Position = 0;
        await using var reader = await ParquetReader.CreateAsync(parquet, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("true", reader.CustomMetadata["truncated"]);
    }

    [Theory]
    [InlineData("f.vot.gz", TableFormat.VoTable, "votable", "vot")]
    [InlineData("f.FITS", TableFormat.Fits, "fits", "fits")]
    [InlineData("f.ecsv", TableFormat.Ecsv, "ecsv", "ecsv")]
    [InlineData("f.txt", TableFormat.Csv, "csv", "csv")]
    [InlineData("f.json", TableFormat.Json, "json", "json")]
    public void A_format_is_known_by_its_file_and_its_name(string file, TableFormat format, string name, string extension)
    {
        Assert.Equal(format, TableFormats.OfFile(file));
        Assert.Equal((name, extension), (format.Name(), format.Extension()));
        Assert.All(TableFormats.All, f => Assert.Equal(f, TableFormats.Parse(f.Name())));
    }

    /// <summary>Refuses what a server's answer refuses.</summary>
    private sealed class AsynchronousOnly : MemoryStream
    {
        public long Written { get; private set; }
        public override bool CanSeek => false;

        public override void Write(byte[] buffer, int offset, int count) => throw new InvalidOperationException("synchronous");

        public override void Write(ReadOnlySpan<byte> buffer) => throw new InvalidOperationException("synchronous");

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return ValueTask.CompletedTask;
        }
    }
}
