using Almagest.Catalog.Files;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Every file of the real tables, whatever it is: previewed and read to its end with batches that agree, or refused with what was
/// found and what to do.</summary>
public sealed class EveryRealFileTests
{
    /// <summary>What is not a table of rows, and the words of its refusal.</summary>
    private static readonly Dictionary<string, string> s_refused = new()
    {
        ["formats/cds_mrt/cds_glob/ReadMe"] = "holds no rows",
        ["formats/cds_mrt/cds_null/ReadMe"] = "holds no rows",
        ["formats/cds_mrt/cds_null/ReadMe1"] = "holds no rows",
        ["formats/cds_mrt/cds_vizier/ReadMe"] = "holds no rows",
        ["formats/cds_mrt/no_data_cds.dat"] = "holds no rows",
        ["formats/stilts_converted/pleiades2000.colfits.fits"] = "column-oriented FITS",
        ["formats/votable/quirk_tar_inside_gz_named_vot.gz"] = "a tar archive",
        // Its last element is an INFO named Error.
        ["formats/votable/regression.bin.tabledata.truth.1.3.xml"] = "reports an error",
    };

    [Fact]
    public void Each_loads_whole_or_is_refused_with_a_reason()
    {
        Assert.SkipWhen(RealData.Folder is null, "the real tables are not at hand: put them into ../shared/data or set ALMAGEST_TEST_DATA");
        int read = 0,
            refused = 0;
        foreach (var path in Tables().Order())
        {
            var name = Path.GetRelativePath(RealData.Folder!, path).Replace('\\', '/');
            try
            {
                var preview = CatalogPreview.Of(path, 3);
                Assert.NotEmpty(preview.Columns);
                var rows = Count(path, out var previewed);
                Assert.Equal(Math.Min(3, rows), preview.Rows.Count + (previewed - preview.Rows.Count));
                Assert.All(preview.Rows, r => Assert.Equal(preview.Columns.Count, r.Length));
                Assert.False(s_refused.ContainsKey(name), $"{name} was read");
                read++;
            }
            catch (CatalogFormatException e)
            {
                Assert.True(s_refused.TryGetValue(name, out var words), $"{name}: {e.Message}");
                Assert.Contains(words!, e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.Equal(s_refused.Count, refused);
        Assert.True(read > 80, $"{read} files were read");
    }

    /// <summary>The tables lie in these folders, and beside them; what else is there is of other tests.</summary>
    private static IEnumerable<string> Tables() =>
        new[] { "fields", "formats", "stars" }
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(RealData.Folder!, f), "*", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(RealData.Folder!, "*.csv"));

    private static long Count(string path, out int first)
    {
        using var reader = CatalogFile.Open(path);
        long rows = 0,
            line = 0;
        foreach (var batch in reader.ReadBatches(1000, TestContext.Current.CancellationToken))
        {
            Assert.Equal(reader.Columns.Count, batch.Columns.Count);
            for (var c = 0; c < batch.Columns.Count; c++)
                Assert.Equal(reader.Columns[c].Type, batch.Columns[c].Type);
            for (var i = 0; i < batch.Count; i++)
            {
                Assert.True(batch.LineNumber[i] > line);
                line = batch.LineNumber[i];
            }
            rows += batch.Count;
        }
        first = (int)Math.Min(3, rows);
        return rows;
    }
}
