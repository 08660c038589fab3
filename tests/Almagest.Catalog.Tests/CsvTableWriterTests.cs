using System.Globalization;
using Almagest.Catalog.Writing;
using CsCheck;
using Xunit;

namespace Almagest.Catalog.Tests;

public sealed class CsvTableWriterTests
{
    private static readonly Gen<string?> s_genText = Gen.OneOf(
        Gen.Const((string?)null),
        Gen.String[Gen.Char["abZ ,;\"\n\r\tÅ☆#|'-0"], 1, 12]
            .Where(s => s.Trim(' ') == s && s.Length > 0 && !IsMissingMark(s))
            .Select(s => (string?)s)
    );

    /// <summary>Dashes mean a missing number, in a column that otherwise holds numbers.</summary>
    private static bool IsMissingMark(string s) => s.All(c => c == '-');

    [Theory]
    [InlineData("0000KlAmOgE0")]
    [InlineData("2Nq3rVhT9FE2")]
    [InlineData("4ESXel0Rtzk1")]
    public void What_is_written_reads_back_equal(string seed)
    {
        Gen.Select(s_genText, Gen.Double, Gen.Long, Gen.Bool)
            .Array[1, 30]
            .Sample(
                rows =>
                {
                    var target = new StringWriter(CultureInfo.InvariantCulture);
                    using (var writer = new CsvTableWriter(target))
                    {
                        writer.WriteHeader("text", "number", "whole", "truth");
                        foreach (var (text, number, whole, truth) in rows)
                        {
                            writer.Write(text);
                            writer.Write(number);
                            writer.Write(whole);
                            writer.Write(truth);
                            writer.EndRow();
                        }
                    }
                    using var reader = Load.OpenText(target.ToString());
                    var row = 0;
                    foreach (var batch in reader.ReadBatches(7, TestContext.Current.CancellationToken))
                    {
                        Assert.Empty(batch.Rejected);
                        for (var i = 0; i < batch.Count; i++, row++)
                        {
                            var (text, number, whole, truth) = rows[row];
                            Assert.Equal(text, CatalogPreviewText(batch.Columns[0], i));
                            var written = CatalogPreviewText(batch.Columns[1], i);
                            if (double.IsNaN(number))
                                Assert.Null(written);
                            else
                                Assert.Equal(number, double.Parse(written!, CultureInfo.InvariantCulture));
                            Assert.Equal(whole.ToString(CultureInfo.InvariantCulture), CatalogPreviewText(batch.Columns[2], i));
                            Assert.Equal(truth, Assert.IsType<BooleanVector>(batch.Columns[3]).Values[i]);
                        }
                    }
                    Assert.Equal(rows.Length, row);
                },
                iter: 2000,
                seed: seed
            );
    }

    private static string? CatalogPreviewText(CatalogVector vector, int row) =>
        vector.Misfit(row)
        ?? vector switch
        {
            TextVector t => t.Values[row],
            DoubleVector d => double.IsNaN(d.Values[row]) ? null : d.Values[row].ToString("R", CultureInfo.InvariantCulture),
            Int64Vector n => n.HasValue[row] ? n.Values[row].ToString(CultureInfo.InvariantCulture) : null,
            _ => null,
        };

    [Fact]
    public void Fields_are_quoted_only_where_needed_and_missing_values_are_empty()
    {
        var target = new StringWriter(CultureInfo.InvariantCulture);
        using (var writer = new CsvTableWriter(target))
        {
            writer.WriteHeader("a", "b,c");
            writer.Write("say \"hi\"");
            writer.Write((double?)null);
            writer.EndRow();
            writer.Write("");
            writer.Write(0.1);
            writer.EndRow();
            writer.Write((string?)null);
            writer.Write(double.NaN);
            writer.EndRow();
        }
        Assert.Equal("a,\"b,c\"\n\"say \"\"hi\"\"\",\n\"\",0.1\n,\n", target.ToString());
    }

    [Fact]
    public void A_row_of_another_length_is_a_mistake()
    {
        using var writer = new CsvTableWriter(new StringWriter(CultureInfo.InvariantCulture));
        writer.WriteHeader("a", "b");
        writer.Write(1L);
        Assert.Throws<InvalidOperationException>(writer.EndRow);
    }

    [Fact]
    public void A_name_in_gz_writes_gzip()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".csv.gz");
        try
        {
            using (var writer = CsvTableWriter.Create(path))
            {
                writer.WriteHeader("id", "ra", "dec");
                writer.Write(9223372036854775807);
                writer.Write(0.1 + 0.2);
                writer.Write(-5.0);
                writer.EndRow();
            }
            var loaded = Load.File(path);
            Assert.Equal("CSV, gzip", loaded.Reader.Format);
            Assert.Equal(("9223372036854775807", 0.1 + 0.2), (loaded.Stars[0].Id, loaded.Stars[0].Ra));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
