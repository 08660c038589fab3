using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Xunit;

namespace Almagest.Catalog.Tests;

public sealed class PreviewAndChecksumTests
{
    [Fact]
    public void A_preview_shows_columns_mapping_and_first_rows()
    {
        using var reader = Load.OpenText("source_id,ra,dec,x\n5542245319386060288,1.5,2,word\n2,,3,\nbad\n");
        var preview = CatalogPreview.Of(reader, 5);
        Assert.Equal("CSV", preview.Format);
        Assert.Equal("ra", preview.Mapping[StarField.RaDeg]!.Formula);
        Assert.Equal(
            [
                ["5542245319386060288", "1.5", "2", "word"],
                ["2", null, "3", null],
            ],
            preview.Rows
        );
        Assert.Single(preview.Rejected);
    }

    [Fact]
    public void A_preview_of_a_table_without_a_position_still_shows_it()
    {
        using var reader = Load.OpenText("a,b\n1,2\n");
        Assert.Empty(CatalogPreview.Of(reader).Mapping.Fields);
    }

    [Fact]
    public void The_checksum_is_the_sha256_of_the_bytes_as_they_are()
    {
        Assert.Equal(
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            CatalogChecksum.Compute(new MemoryStream("abc"u8.ToArray()))
        );
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(path, Load.Gzip("abc"u8.ToArray()));
            Assert.Equal(CatalogChecksum.Compute(new MemoryStream(File.ReadAllBytes(path))), CatalogChecksum.Compute(path));
            Assert.NotEqual("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", CatalogChecksum.Compute(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
