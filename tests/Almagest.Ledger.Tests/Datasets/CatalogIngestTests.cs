using System.IO.Compression;
using System.Text;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Datasets;

public sealed class CatalogIngestTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("almagest-ingest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_Gaia_table_is_loaded_with_every_digit_of_its_ids()
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Write(
            "gaia.csv",
            """
            source_id,ra,dec,parallax,parallax_error,pmra,pmdec,phot_g_mean_mag,bp_rp,ruwe,phot_variable_flag
            5542245319386060288,128.08,-36.99,10.91,0.15,-31.6,55.7,18.33,0.54,1.01,NOT_AVAILABLE
            5542245319386060289,128.09,-36.98,null,,1,2,14.11,2.82,,VARIABLE
            """
        );
        var report = await new CatalogIngestor(test.Ledger).IngestAsync([file]);
        Assert.Equal(("gaia", 2L, 0L, false), (report.Dataset.Name, report.Rows, report.Rejected, report.AlreadyLoaded));
        Assert.Contains("magnitude ← phot_g_mean_mag", report.Mapping);
        Assert.Equal(
            [
                "5542245319386060288 | 128.08 | -36.99 | 10.91 | 18.33 | 0.54 | 1.01 | NOT_AVAILABLE",
                "5542245319386060289 | 128.09 | -36.98 | null | 14.11 | 2.82 | null | VARIABLE",
            ],
            await test.StringsAsync(
                "select source_id, ra_deg, dec_deg, parallax_mas, magnitude, color, ruwe, extra ->> 'phot_variable_flag' from stars "
                    + "order by star_id"
            )
        );
    }

    [Fact]
    public async Task Errors_and_correlations_are_stored_whichever_files_of_a_dataset_have_them()
    {
        await using var test = await TestLedger.CreateAsync();
        // Of two rows of one id the database finds out; they take another way into the table.
        var plain = Write("a.csv", "source_id,ra,dec\n1,100,10\n");
        var gaia = Write(
            "b.csv",
            """
            source_id,ra,dec,ra_error,pmra_pmdec_corr,phot_bp_rp_excess_factor,teff
            2,100,10,0.25,-0.5,1.25,5000
            1,100,10,0.5,0.5,1.5,6000
            3,100,10,,,,
            3,100,10,0.1,0.1,1,
            """
        );
        var report = await new CatalogIngestor(test.Ledger).IngestAsync([plain, gaia], new IngestOptions { DatasetName = "both" });
        Assert.Equal((3L, 2L), (report.Rows, report.Rejected));
        Assert.Equal(
            ["1 | null | null | null | null", "2 | 0.25 | -0.5 | 1.25 | {\"teff\": 5000}", "3 | null | null | null | null"],
            await test.StringsAsync(
                "select source_id, ra_error, pmra_pmdec_corr, phot_bp_rp_excess_factor, extra from stars order by source_id"
            )
        );
    }

    [Fact]
    public async Task Bad_rows_are_counted_kept_with_line_and_reason_and_do_not_stop_the_load()
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Write(
            "bad.csv",
            """
            source_id,ra,dec,parallax
            1,10,10,1
            2,400,10,1
            3,10,banana,1
            4,10
            5,20,-91,1
            1,30,30,1
            6,40,40,2
            """
        );
        var report = await new CatalogIngestor(test.Ledger).IngestAsync([file]);
        Assert.Equal((2L, 5L), (report.Rows, report.Rejected));
        Assert.Equal([3L, 4L, 5L, 6L, 7L], report.RejectedRows.Select(r => r.LineNumber));
        Assert.Equal(["1 | 10", "6 | 40"], await test.StringsAsync("select source_id, ra_deg from stars order by star_id"));
        var kept = await new DatasetRepository(test.Ledger).RejectedRowsAsync(report.Dataset.DatasetId);
        Assert.Equal(
            report.RejectedRows.Select(r => (r.LineNumber, r.Field, r.Reason)),
            kept.Select(r => (r.LineNumber, r.Field, r.Reason))
        );
        Assert.Contains(kept, r => r is { LineNumber: 7, Field: "source_id", Reason: "is on line 2 already" });
        Assert.All(kept, r => Assert.NotEmpty(r.Reason));
    }

    [Fact]
    public async Task The_same_file_is_recognised_by_its_checksum_under_any_name()
    {
        await using var test = await TestLedger.CreateAsync();
        var ingestor = new CatalogIngestor(test.Ledger);
        var first = await ingestor.IngestAsync([Write("a.csv", "source_id,ra,dec\n1,2,3\n")]);
        var again = await ingestor.IngestAsync([Write("b.csv", "source_id,ra,dec\n1,2,3\n")]);
        Assert.True(again.AlreadyLoaded);
        foreach (
            var other in new[]
            {
                new IngestOptions { DatasetName = "other" },
                new IngestOptions { Map = new Dictionary<string, string> { ["magnitude"] = "ra" } },
            }
        )
        {
            var error = await Assert.ThrowsAsync<LedgerException>(() => ingestor.IngestAsync([Path.Combine(_folder, "b.csv")], other));
            Assert.Contains("as dataset 'a'", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(first.Dataset.DatasetId, again.Dataset.DatasetId);
        Assert.Equal(1L, await test.ScalarAsync<long>("select count(*) from stars"));
        var forced = await ingestor.IngestAsync([Path.Combine(_folder, "b.csv")], new IngestOptions { Force = true });
        Assert.False(forced.AlreadyLoaded);
        Assert.Equal(2L, await test.ScalarAsync<long>("select count(*) from datasets"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello, this is a letter\nand no table\n")]
    [InlineData("name,age\nann,3\nbob,4\n")]
    [InlineData("<html><body>404 not found</body></html>")]
    [InlineData("source_id,ra,dec\n")]
    [InlineData("source_id,ra,dec\n1,abc,def\n")]
    public async Task A_file_that_is_no_catalogue_is_refused_and_nothing_is_stored(string content)
    {
        await using var test = await TestLedger.CreateAsync();
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new CatalogIngestor(test.Ledger).IngestAsync([Write("x.csv", content)])
        );
        Assert.Equal(LedgerErrorKind.Invalid, error.Kind);
        Assert.NotEmpty(error.Message);
        Assert.Equal(
            ["0 | 0 | 0"],
            await test.StringsAsync(
                "select (select count(*) from datasets), (select count(*) from stars), (select count(*) from rejected_rows)"
            )
        );
    }

    [Fact]
    public async Task A_gzip_that_is_cut_short_stores_nothing()
    {
        await using var test = await TestLedger.CreateAsync();
        var text = new StringBuilder("source_id,ra,dec\n");
        for (var i = 0; i < 20000; i++)
            text.Append(i).Append(',').Append(i * 7919 % 360).Append('.').Append(i * 104729 % 1000).Append(",5\n");
        using var whole = new MemoryStream();
        using (var zip = new GZipStream(whole, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(Encoding.ASCII.GetBytes(text.ToString()));
        var file = Path.Combine(_folder, "cut.csv.gz");
        await File.WriteAllBytesAsync(file, whole.ToArray()[..^5000]);
        var error = await Assert.ThrowsAsync<LedgerException>(() => new CatalogIngestor(test.Ledger).IngestAsync([file]));
        Assert.Equal(LedgerErrorKind.Invalid, error.Kind);
        Assert.Equal(0L, await test.ScalarAsync<long>("select count(*) from stars"));
        await File.WriteAllBytesAsync(file, whole.ToArray());
        Assert.Equal(20000, (await new CatalogIngestor(test.Ledger).IngestAsync([file])).Rows);
    }

    [Fact]
    public async Task Columns_can_be_named_and_truth_labels_are_kept()
    {
        await using var test = await TestLedger.CreateAsync();
        var file = Write(
            "named.csv",
            "id,alpha,delta,label_outlier,label_kind,label_cluster\nA,10,20,1,white dwarf,\nB,11,21,0,,Pleiades\nC,12,22,,,\n"
        );
        var options = new IngestOptions
        {
            Map = new Dictionary<string, string> { ["ra_deg"] = "alpha", ["dec_deg"] = "delta" },
        };
        await new CatalogIngestor(test.Ledger).IngestAsync([file], options);
        Assert.Equal(
            ["A | 1 | white dwarf | null", "B | 0 | null | Pleiades"],
            await test.StringsAsync(
                "select source_id, is_anomaly, kind, cluster from star_labels join stars using (star_id) order by star_id"
            )
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new CatalogIngestor(test.Ledger).IngestAsync(
                [file],
                options with
                {
                    Force = true,
                    DatasetName = "n2",
                    Map = new Dictionary<string, string> { ["ra_deg"] = "nowhere" },
                }
            )
        );
        Assert.Contains("nowhere", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_files_become_one_dataset()
    {
        await using var test = await TestLedger.CreateAsync();
        var files = new[] { Write("a.csv", "source_id,ra,dec\n1,2,3\n2,3,4\n"), Write("b.csv", "source_id,ra,dec\n2,9,9\n3,4,5\n") };
        var report = await new CatalogIngestor(test.Ledger).IngestAsync(files, new IngestOptions { DatasetName = "both" });
        Assert.Equal((3L, 1L, "both"), (report.Rows, report.Rejected, report.Dataset.Name));
        Assert.Equal("b.csv", report.RejectedRows.Single().File);
    }

    [Fact]
    public async Task A_repeated_id_is_told_where_it_was_first_and_the_first_row_keeps_its_labels()
    {
        await using var test = await TestLedger.CreateAsync();
        var files = new[]
        {
            Write("a.csv", "source_id,ra,dec,label_outlier\n1,2,3,1\n2,3,4,0\n"),
            Write("b.csv", "source_id,ra,dec,label_outlier\n3,4,5,1\n2,9,9,1\n3,8,8,0\n"),
        };
        var report = await new CatalogIngestor(test.Ledger).IngestAsync(files, new IngestOptions { DatasetName = "both" });
        Assert.Equal(["is on line 3 of a.csv already", "is on line 2 already"], report.RejectedRows.Select(r => r.Reason));
        Assert.Equal(
            ["1 | 2 | 1", "2 | 3 | 0", "3 | 4 | 1"],
            await test.StringsAsync("select source_id, ra_deg, is_anomaly from stars join star_labels using (star_id) order by star_id")
        );
    }

    [Fact]
    public async Task Of_many_rows_that_come_twice_each_is_kept_once_in_the_order_of_the_file()
    {
        await using var test = await TestLedger.CreateAsync();
        var text = new StringBuilder("source_id,ra,dec,label_kind\n");
        // More repetitions than wait in memory at once.
        const int Stars = 90_000;
        for (var i = 0; i < 2 * Stars; i++)
            text.Append(i % Stars).Append(',').Append(i < Stars ? 10 : 20).Append(",5,").Append(i % 1000 == 0 ? "odd" : "").Append('\n');
        var report = await new CatalogIngestor(test.Ledger).IngestAsync(
            [Write("twice.csv", text.ToString())],
            new IngestOptions { RejectedRowsKept = 3 }
        );
        Assert.Equal((90_000L, 90_000L), (report.Rows, report.Rejected));
        Assert.Equal(["is on line 2 already", "is on line 3 already", "is on line 4 already"], report.RejectedRows.Select(r => r.Reason));
        Assert.Equal(
            [$"{Stars} | 10 | 10 | 90"],
            await test.StringsAsync(
                "select * from (select count(*), min(ra_deg), max(ra_deg) from stars) s, "
                    + "(select count(*) from star_labels where kind = 'odd') l"
            )
        );
        Assert.Equal(
            0L,
            await test.ScalarAsync<long>(
                "select count(*) from (select source_id::int - lag(source_id::int) over (order by star_id) as step from stars) x "
                    + "where step <> 1"
            )
        );
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        await using var test = await TestLedger.CreateAsync();
        var ingestor = new CatalogIngestor(test.Ledger);
        await ingestor.IngestAsync([Write("a.csv", "source_id,ra,dec\n1,2,3\n")]);
        var error = await Assert.ThrowsAsync<LedgerException>(() => ingestor.IngestAsync([Write("a.csv", "source_id,ra,dec\n1,2,4\n")]));
        Assert.Equal(LedgerErrorKind.Conflict, error.Kind);
    }

    [Theory]
    [InlineData("gaia-100pc.csv", 12366)]
    [InlineData("fields/praesepe-gaiadr2-cone.csv", 2524)]
    [InlineData("fields/ngc2477-field.csv", 7100)]
    [InlineData("formats/ecsv/ngc5904_m5_members_prob_11010.ecsv", 11010)]
    [InlineData("formats/ecsv/gaiadr3_archive_153col_5row.ecsv", 5)]
    public async Task Real_tables_load_whole(string name, int rows)
    {
        var file = TestData.Find(name);
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var test = await TestLedger.CreateAsync();
        var report = await new CatalogIngestor(test.Ledger).IngestAsync([file!]);
        Assert.Equal((rows, 0L), (report.Rows, report.Rejected));
        Assert.Equal(
            rows,
            await test.ScalarAsync<long>("select count(*) from stars where healpix_29 is not null and ra_deg >= 0 and ra_deg < 360")
        );
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
