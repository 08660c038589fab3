using System.Text.Json.Nodes;
using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Views;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>What Almagest exports opens in the programs that astronomers use, with every digit, every missing value and every
/// unit.</summary>
public sealed class ExportClientTests(Sky sky) : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("clients");

    public static TheoryData<string> Tables =>
        [.. new[] { "stars", "anomalies", "clusters", "pair", "consensus", "overlaps" }, .. AnalyticsViews.All.Select(v => v.Name)];

    private string Route(string table) =>
        table switch
        {
            "stars" => $"/datasets/{Sky.Name}/stars?extra=true",
            "anomalies" => $"/discovery/runs/{sky.Anomalies}/results?order=score",
            "clusters" => $"/discovery/runs/{sky.Clusters}/results?cluster_id=-1",
            "pair" => $"/discovery/compare/{sky.Anomalies}/{sky.MoreAnomalies}/stars?limit=",
            "consensus" => "/analytics/discovery/consensus?order=low",
            "overlaps" => "/analytics/discovery/overlaps/significance?max_q=1",
            _ => $"/analytics/discovery/views/{table}?limit=",
        };

    private async Task<string> FetchAsync(string table, TableFormat format, string ending)
    {
        using var client = new HttpClient { BaseAddress = sky.Address };
        var path = Path.Combine(_folder.Path, table + ending);
        await using var file = File.Create(path);
        await using var answer = await client.GetStreamAsync(
            $"{Route(table)}&format={format.Name()}",
            TestContext.Current.CancellationToken
        );
        await answer.CopyToAsync(file, TestContext.Current.CancellationToken);
        return path;
    }

    private static readonly (TableFormat Format, string Ending)[] s_read =
    [
        (TableFormat.Json, ".json"),
        (TableFormat.VoTable, ".vot"),
        (TableFormat.VoTableBinary2, ".binary2.vot"),
        (TableFormat.Fits, ".fits"),
        (TableFormat.Ecsv, ".ecsv"),
    ];

    /// <summary>All tables in one process: to load astropy takes longer than to read most of them.</summary>
    [Fact]
    public async Task Astropy_reads_every_table_in_every_format_as_it_was()
    {
        await Tool.RequireModuleAsync("astropy", "python3-astropy");
        string[] tables = [.. Tables.Select(t => t.Data)];
        foreach (var table in tables)
        {
            foreach (var (format, ending) in s_read)
                await FetchAsync(table, format, ending);
        }
        var told = await Tool.RunAsync(
            Tool.Python,
            [Tool.Beside("compare_exports.py"), .. tables.Select(t => Path.Combine(_folder.Path, t))]
        );
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.All(l => l.EndsWith(" rows equal", StringComparison.Ordinal)), told);
        Assert.Equal(tables, lines.Select(l => l.Split(':')[0]));
    }

    [Theory]
    [InlineData("stars", TableFormat.VoTable)]
    [InlineData("anomalies", TableFormat.VoTableBinary2)]
    [InlineData("pair", TableFormat.VoTable)]
    [InlineData("consensus", TableFormat.VoTableBinary2)]
    [InlineData("mv_discovery_run_stats", TableFormat.VoTable)]
    [InlineData("mv_parameter_performance", TableFormat.VoTable)]
    [InlineData("mv_dataset_coverage", TableFormat.VoTableBinary2)]
    [InlineData("mv_discovery_quality", TableFormat.VoTable)]
    public async Task Votlint_of_STILTS_finds_nothing_to_say_of_a_VOTable(string table, TableFormat format)
    {
        Tool.Require("stilts", "stilts");
        Assert.Equal("", await Tool.RunAsync("stilts", "votlint", "ucd=true", "unit=true", await FetchAsync(table, format, ".vot")));
    }

    [Fact]
    public async Task Fitsverify_finds_no_error_and_nothing_to_warn_of_in_any_FITS_file()
    {
        Tool.Require("fitsverify", "fitsverify");
        foreach (var table in Tables)
            Assert.StartsWith(
                "verification OK",
                await Tool.RunAsync("fitsverify", "-q", await FetchAsync(table.Data, TableFormat.Fits, ".fits")),
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("anomalies")]
    [InlineData("mv_anomaly_overlap_matrix")]
    public async Task Stilts_copies_every_format_to_the_same_table(string table)
    {
        Tool.Require("stilts", "stilts");
        var copies = new List<(string Format, string Text)>();
        foreach (
            var (format, reader) in new[]
            {
                (TableFormat.VoTable, "votable"),
                (TableFormat.VoTableBinary2, "votable"),
                (TableFormat.Fits, "fits"),
                (TableFormat.Ecsv, "ecsv"),
            }
        )
        {
            // STILTS as Debian packages it reads ECSV delimited by spaces alone.
            var csv = format == TableFormat.Ecsv;
            var path = await FetchAsync(table, format, $".{format.Name()}");
            if (csv)
                await File.WriteAllLinesAsync(
                    path,
                    (await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken)).Where(l => !l.StartsWith('#')),
                    TestContext.Current.CancellationToken
                );
            var copy = path + ".copy";
            await Tool.RunAsync("stilts", "tcopy", path, copy, $"ifmt={(csv ? "csv" : reader)}", "ofmt=csv");
            copies.Add((format.Name(), await File.ReadAllTextAsync(copy, TestContext.Current.CancellationToken)));
        }
        Assert.True(copies[0].Text.Length > 100);
        Assert.All(copies, c => Assert.True(c.Text == copies[0].Text, $"{c.Format} is not what {copies[0].Format} is"));
    }

    [Fact]
    public async Task Astropy_and_STILTS_read_the_system_and_the_epoch_of_positions()
    {
        await Tool.RequireModuleAsync("astropy", "python3-astropy");
        Tool.Require("stilts", "stilts");
        var columns = new[] { ("ra_deg", "pos.eq.ra;meta.main"), ("dec_deg", "pos.eq.dec;meta.main") };
        async Task<string> WriteAsync(TableFormat format)
        {
            var table = new ExportTable(
                [.. columns.Select(c => new CatalogColumn(c.Item1, ColumnType.Double, "deg", c.Item2))],
                new JsonObject { ["dataset"] = new JsonObject { ["reference_epoch"] = 1991.25 } },
                new[]
                {
                    (IReadOnlyList<object?[]>)
                        [
                            [10.5, -20.25],
                        ],
                }.ToAsyncEnumerable()
            );
            var path = Path.Combine(_folder.Path, $"epoch.{format.Name()}");
            await using var file = File.Create(path);
            await table.WriteAsync(file, format, cancellationToken: TestContext.Current.CancellationToken);
            return path;
        }
        var (fits, ecsv, votable) = (
            await WriteAsync(TableFormat.Fits),
            await WriteAsync(TableFormat.Ecsv),
            await WriteAsync(TableFormat.VoTable)
        );
        const string Script = """
            import sys
            from astropy.io.votable import parse
            from astropy.table import Table
            from astropy.time import Time
            fits = Table.read(sys.argv[1], format="fits").meta
            ecsv = Table.read(sys.argv[2], format="ascii.ecsv").meta
            system = next(iter(parse(sys.argv[3]).iter_coosys()))
            print(fits["RADESYS"], Time(fits["JEPOCH"], format="jyear").jyear)
            print(ecsv["reference_frame"], Time(ecsv["reference_epoch"], format="jyear").jyear)
            print(system.system, Time(system.epoch).jyear)
            """;
        Assert.Equal(
            Enumerable.Repeat("ICRS 1991.25", 3),
            (await Tool.RunAsync(Tool.Python, "-c", Script, fits, ecsv, votable)).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        );
        var told = await Tool.RunAsync("stilts", "tpipe", $"in={fits}", "omode=meta");
        Assert.Matches(@"RADESYS:?\s+ICRS", told);
        Assert.Matches(@"JEPOCH:?\s+1991\.25", told);
        Tool.Require("fitsverify", "fitsverify");
        Assert.StartsWith("verification OK", await Tool.RunAsync("fitsverify", "-q", fits), StringComparison.Ordinal);
    }

    /// <summary>The file that the dataset was loaded from, made again.</summary>
    private string Source()
    {
        var path = Path.Combine(_folder.Path, "source.csv");
        using var writer = File.CreateText(path);
        SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = Sky.Stars, ClusterFraction = 0.3 }), writer);
        return path;
    }

    [Fact]
    public async Task Exports_join_with_the_file_that_was_loaded_by_its_ids_in_astropy_and_pandas()
    {
        await Tool.RequireModuleAsync("astropy", "python3-astropy");
        await Tool.RequireModuleAsync("pandas", "python3-pandas");
        var source = Source();
        foreach (var (format, ending) in s_read.Append((TableFormat.Csv, ".csv")).Where(f => f.Item1 != TableFormat.Json))
            await FetchAsync("anomalies", format, ending);
        var told = await Tool.RunAsync(Tool.Python, Tool.Beside("join_exports.py"), source, Path.Combine(_folder.Path, "anomalies"));
        var lines = told.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(7, lines.Length);
        var (rows, flagged) = await CountAsync();
        Assert.All(lines, l => Assert.EndsWith($" {rows} rows, {flagged} flagged", l, StringComparison.Ordinal));
    }

    private async Task<(long Rows, long Flagged)> CountAsync()
    {
        await using var command = sky.Ledger.DataSource.CreateCommand(
            $"select count(*), sum(is_anomaly) from public.discovery_results where run_id = '{sky.Anomalies}'"
        );
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        await reader.ReadAsync(TestContext.Current.CancellationToken);
        Assert.InRange(reader.GetInt64(1), 10, reader.GetInt64(0) - 10);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    [Theory]
    [InlineData(TableFormat.VoTable, "votable")]
    [InlineData(TableFormat.VoTableBinary2, "votable")]
    [InlineData(TableFormat.Fits, "fits")]
    [InlineData(TableFormat.Csv, "csv")]
    public async Task Exports_join_with_the_file_that_was_loaded_by_its_ids_in_STILTS(TableFormat format, string reader)
    {
        Tool.Require("stilts", "stilts");
        var joined = Path.Combine(_folder.Path, "joined.csv");
        await Tool.RunAsync(
            "stilts",
            "tmatch2",
            "matcher=exact",
            $"in1={Source()}",
            "ifmt1=csv",
            "values1=source_id",
            $"in2={await FetchAsync("anomalies", format, ".table")}",
            $"ifmt2={reader}",
            "values2=source_id",
            $"out={joined}",
            "ofmt=csv"
        );
        Assert.Equal((await CountAsync()).Rows + 1, (await File.ReadAllLinesAsync(joined, TestContext.Current.CancellationToken)).Length);
    }

    public void Dispose() => _folder.Dispose();
}
