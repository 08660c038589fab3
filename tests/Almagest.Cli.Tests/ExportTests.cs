using System.Text.Json;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Cli.Shell;
using Almagest.Postgres;
using Almagest.Testing;
using Parquet;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Files that say where they come from.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-export");

    [Fact]
    public async Task A_run_is_exported_in_three_formats_that_hold_the_same_rows_and_say_where_they_come_from()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "cluster"))[0];
        var (csv, parquet, json) = (
            Path.Combine(_folder.Path, "run.ecsv.gz"),
            Path.Combine(_folder.Path, "run.parquet"),
            Path.Combine(_folder.Path, "run.txt")
        );

        var answer = (await ledger.RunAsync("runs", "export", id, "-o", csv, "--json")).Ok().Json;
        (await ledger.RunAsync("runs", "export", id, "-o", parquet)).Ok();
        (await ledger.RunAsync("runs", "export", id, "-o", json, "--format", "json")).Ok();
        var streamed = (await ledger.RunAsync("runs", "export", id, "--format", "json", "-o", "-")).Ok().Json;

        Assert.Equal(
            (2000, "ecsv", id),
            (answer.GetProperty("rows").GetInt32(), answer.GetProperty("format").GetString(), answer.GetProperty("run_id").GetString())
        );
        using var document = JsonDocument.Parse(File.ReadAllText(json));
        var provenance = document.RootElement.GetProperty("provenance");
        Assert.Equal("all stars", provenance.GetProperty("selection").GetString());
        Assert.Equal(8, provenance.GetProperty("parameters").GetProperty("min_samples").GetInt32());
        Assert.Equal("sky", provenance.GetProperty("dataset").GetProperty("name").GetString());
        Assert.Equal(64, provenance.GetProperty("selection_hash").GetString()!.Length);
        var rows = document.RootElement.GetProperty("rows").EnumerateArray().ToList();
        Assert.Equal(rows.Select(r => r.GetRawText()), streamed.GetProperty("rows").EnumerateArray().Select(r => r.GetRawText()));

        using (var table = CatalogFile.Open(csv))
        {
            Assert.Equal("deg", table.Columns.Single(c => c.Name == "ra_deg").Unit);
            var clusters = table
                .ReadBatches(cancellationToken: TestContext.Current.CancellationToken)
                .SelectMany(b => ((Int64Vector)b.Columns[11]).Values.ToArray()[..b.Count])
                .ToList();
            Assert.Equal(rows.Select(r => r.GetProperty("cluster_id").GetInt64()), clusters);
        }
        await using var reader = await ParquetReader.CreateAsync(parquet, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((id, "dbscan"), (reader.CustomMetadata["run_id"], reader.CustomMetadata["algorithm"]));
        Assert.Equal(2000, reader.Metadata!.NumRows);
    }

    [Fact]
    public async Task A_link_stays_where_it_is_and_what_it_leads_to_is_written()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var (link, target) = (Path.Combine(_folder.Path, "link.csv"), Path.Combine(_folder.Path, "target.csv"));
        File.CreateSymbolicLink(link, target);

        (await ledger.RunAsync("datasets", "export", "sky", "-o", link)).Ok();
        (await ledger.RunAsync("datasets", "export", "sky", "-o", link)).Ok();

        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal(2001, File.ReadLines(target).Count());
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Theory]
    [InlineData("datasets", "export", "sky", "-o")]
    [InlineData("backup")]
    public async Task A_pipe_is_written_into_and_no_file_takes_its_place(params string[] command)
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var (pipe, copy) = (Path.Combine(_folder.Path, "pipe"), Path.Combine(_folder.Path, "copy"));
        using (var made = System.Diagnostics.Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);

        using var reader = System.Diagnostics.Process.Start("sh", ["-c", "cat \"$0\" > \"$1\"", pipe, copy]);

        try
        {
            (await ledger.RunAsync([.. command, pipe])).Ok();
            await reader.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            reader.Kill(entireProcessTree: true);
        }

        Assert.True(new FileInfo(copy).Length > 1000);
        Assert.True(FileKind.IsSpecial(pipe));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }

    [Fact]
    public async Task A_run_is_exported_as_a_HATS_catalogue_that_is_a_catalogue_again()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        var folder = Path.Combine(_folder.Path, "hats");
        Directory.CreateDirectory(folder);

        var answer = (await ledger.RunAsync("runs", "export", id, "--format", "hats", "-o", folder, "--json")).Ok().Json;
        var rows = (await ledger.RunAsync("runs", "export", id, "--format", "json", "-o", "-")).Ok().Json.GetProperty("rows");
        (await ledger.RunAsync("ingest", folder, "--dataset", "again")).Ok();
        var stars = (await ledger.RunAsync("datasets", "export", "again", "--extra", "--format", "json", "-o", "-")).Ok().Json;

        Assert.Equal(
            (2000, "hats", id),
            (answer.GetProperty("rows").GetInt32(), answer.GetProperty("format").GetString(), answer.GetProperty("run_id").GetString())
        );
        Assert.True(File.Exists(Path.Combine(folder, "dataset", "_common_metadata")));
        Assert.Contains(id, File.ReadAllText(Path.Combine(folder, "hats.properties")), StringComparison.Ordinal);
        static IEnumerable<(string?, string, string)> Rows(JsonElement rows) =>
            rows.EnumerateArray()
                .Select(r =>
                    (
                        r.GetProperty("source_id").GetString(),
                        r.GetProperty("anomaly_score").GetRawText(),
                        r.GetProperty("ra_deg").GetRawText()
                    )
                )
                .Order();
        Assert.Equal(Rows(rows), Rows(stars.GetProperty("rows")));

        foreach (
            var more in (string[][])
                [
                    ["-o", folder],
                    ["-o", "-"],
                    ["-o", "x", "--clusters"],
                    ["-o", "x", "--order", "score"],
                ]
        )
            Assert.Equal(2, (await ledger.RunAsync(["runs", "export", id, "--format", "hats", .. more])).ExitCode);
        (await ledger.RunAsync("runs", "export", id, "--format", "hats", "-o", $"{folder}_flagged", "--anomalies")).Ok();
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path, "*.part"));
    }

    [Fact]
    public async Task The_clusters_of_a_run_are_exported_with_their_errors()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var id = (await ledger.RunIdsAsync("--type", "cluster"))[0];
        var known = (await ledger.RunAsync("runs", "show", id, "--top", "1000", "--json")).Ok().Json.GetProperty("clusters");
        var csv = Path.Combine(_folder.Path, "clusters.ecsv");

        var rows = (await ledger.RunAsync("runs", "export", id, "--clusters", "--format", "json", "-o", "-")).Ok().Json.GetProperty("rows");
        (await ledger.RunAsync("runs", "export", id, "--clusters", "-o", csv)).Ok();

        Assert.Equal(known.GetArrayLength(), rows.GetArrayLength());
        foreach (var name in new[] { "cluster_id", "size", "ra_deg", "parallax_error_mas", "distance_pc", "radius_deg" })
            Assert.Equal(
                known.EnumerateArray().Select(c => c.GetProperty(name).GetRawText()),
                rows.EnumerateArray().Select(c => c.GetProperty(name).GetRawText())
            );
        using (var table = CatalogFile.Open(csv))
        {
            Assert.Equal(("pc", "mas/yr"), (Unit("distance_pc"), Unit("pmra_error_mas_yr")));
            string? Unit(string column) => table.Columns.Single(c => c.Name == column).Unit;
        }
        var both = await ledger.RunAsync("runs", "export", id, "--clusters", "--cluster", "0", "-o", "-");
        Assert.Equal(ExitCodes.BadUsage, both.ExitCode);
        var anomalies = (await ledger.RunIdsAsync("--type", "anomaly"))[0];
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "export", anomalies, "--clusters", "-o", "-")).ExitCode);
    }

    [Fact]
    public async Task Comparisons_matrices_and_the_consensus_are_exported()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync("--type", "anomaly");
        var compared = (await ledger.RunAsync("runs", "compare", ids[1], ids[0], "--json")).Ok().Json;

        var pair = (await ledger.RunAsync("runs", "compare", ids[1], ids[0], "--export", "-", "--format", "json")).Ok().Json;
        var matrix = (await ledger.RunAsync("runs", "matrix", "--export", "-", "--format", "json")).Ok().Json;
        var file = Path.Combine(_folder.Path, "consensus.parquet");
        var consensus = (await ledger.RunAsync("consensus", "--export", file, "--json")).Ok().Json;

        var sides = pair.GetProperty("rows").EnumerateArray().CountBy(r => r.GetProperty("side").GetString()!).ToDictionary();
        Assert.Equal(compared.GetProperty("common_count").GetInt32(), sides["common"]);
        Assert.Equal(compared.GetProperty("only_in_run_1_count").GetInt32(), sides.GetValueOrDefault("only_1"));
        Assert.Equal(compared.GetProperty("only_in_run_2_count").GetInt32(), sides.GetValueOrDefault("only_2"));
        Assert.Equal(
            [ids[1], ids[0]],
            pair.GetProperty("provenance").GetProperty("runs").EnumerateArray().Select(r => r.GetProperty("run_id").GetString())
        );
        Assert.Equal(sides["common"], Assert.Single(matrix.GetProperty("rows").EnumerateArray()).GetProperty("common").GetInt32());
        Assert.Equal(sides.Values.Sum(), consensus.GetProperty("rows").GetInt32());
        Assert.Equal(0.95, consensus.GetProperty("provenance").GetProperty("level").GetDouble());
    }

    [Fact]
    public async Task Stars_and_views_are_exported_as_FITS_and_VOTable()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        string File(string name) => Path.Combine(_folder.Path, name);
        (await ledger.RunAsync("datasets", "export", "sky", "-o", File("stars.fits"))).Ok();
        var bright = (
            await ledger.RunAsync(
                "datasets",
                "export",
                "sky",
                "--filter",
                "magnitude=..12",
                "--extra",
                "-o",
                File("bright.vot.gz"),
                "--json"
            )
        )
            .Ok()
            .Json;
        (
            await ledger.RunAsync(
                "views",
                "export",
                "mv_star_anomaly_frequency",
                "--format",
                "votable-binary2",
                "-o",
                File("frequency.vot")
            )
        ).Ok();
        (await ledger.RunAsync("analytics", "coverage", "--min-runs", "1", "-o", File("coverage.ecsv"))).Ok();
        var parameters = (await ledger.RunAsync("analytics", "parameters", "--format", "json", "-o", "-")).Ok().Json;

        (string Format, long Rows) Read(string name)
        {
            using var table = CatalogFile.Open(File(name));
            return (table.Format, table.ReadBatches(cancellationToken: TestContext.Current.CancellationToken).Sum(b => (long)b.Count));
        }
        Assert.Equal(("FITS binary table", 2000L), Read("stars.fits"));
        Assert.Equal(("VOTable TABLEDATA, gzip", bright.GetProperty("rows").GetInt64()), Read("bright.vot.gz"));
        Assert.InRange(bright.GetProperty("rows").GetInt32(), 1, 1999);
        Assert.Equal(("VOTable BINARY2", 2000L), Read("frequency.vot"));
        Assert.Equal("ECSV", Read("coverage.ecsv").Format);
        Assert.True(Read("coverage.ecsv").Rows > 0);
        Assert.NotEqual(0, parameters.GetProperty("rows").GetArrayLength());
    }

    [Theory]
    [InlineData("-o", "-", "--format", "fits")]
    [InlineData("-o", "x.parquet.gz")]
    [InlineData("-o", "-", "--format", "parquet")]
    [InlineData("-o", "x.json", "--bare")]
    [InlineData("-o", "x.csv", "--format", "xls")]
    [InlineData("-o", "-", "--json")]
    public async Task What_cannot_be_written_so_is_refused_before_anything_is_read(params string[] options)
    {
        var refused = await Cli.RunAsync(["runs", "export", "abcdef", .. options]);
        Assert.Equal(ExitCodes.BadUsage, refused.ExitCode);
        Assert.Equal(ExitCodes.BadUsage, (await Cli.RunAsync("consensus", "--format", "csv")).ExitCode);
    }

    public void Dispose() => _folder.Dispose();
}
