using System.Globalization;
using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>A bad row is left out with its line, field and reason; the others load.</summary>
public sealed class BadRowTests
{
    [Theory]
    [InlineData("2,360.5,20,3", "ra_deg", "outside [0, 360)", "360.5")]
    [InlineData("2,-0.1,20,3", "ra_deg", "outside [0, 360)", "-0.1")]
    [InlineData("2,10,90.01,3", "dec_deg", "outside [-90, 90]", "90.01")]
    [InlineData("2,10,-91,3", "dec_deg", "outside [-90, 90]", "-91")]
    [InlineData("2,,20,3", "ra_deg", "missing", "")]
    [InlineData("2,10,null,3", "dec_deg", "missing", "")]
    [InlineData("2,ten,20,3", "ra_deg", "expected a number in column 'ra'", "ten")]
    [InlineData("2,10,20,three", "parallax_mas", "expected a number in column 'parallax'", "three")]
    [InlineData("2,10,20,\"3,5\"", "parallax_mas", "decimal comma", "3,5")]
    [InlineData("2,10,20,inf", "parallax_mas", "infinite", "Infinity")]
    [InlineData("2,10,20,-Infinity", "parallax_mas", "infinite", "-Infinity")]
    [InlineData("2,10,20", "", "too few fields: found 3, expected 4", "2,10,20")]
    [InlineData("2,10,20,3,4", "", "too many fields: found 5, expected 4", "2,10,20,3,4")]
    [InlineData("null,10,20,3", "source_id", "missing", "")]
    [InlineData(",10,20,3", "source_id", "missing", "")]
    [InlineData("5.54224531938606E+18,10,20,3", "source_id", "lost its last digits", "5.54")]
    public void It_is_rejected_with_line_field_and_reason(string row, string field, string reason, string text)
    {
        var loaded = Load.Text($"id,ra,dec,parallax\n1,10,20,3\n\n{row}\n3,11,21,3\n4,12,22,3\n5,12,23,4\n6,12,24,4\n");
        var bad = Assert.Single(loaded.Rejected);
        Assert.Equal((4L, field), (bad.LineNumber, bad.Field));
        Assert.Contains(reason, bad.Reason, StringComparison.Ordinal);
        Assert.StartsWith(text, bad.Text, StringComparison.Ordinal);
        Assert.Equal(["1", "3", "4", "5", "6"], loaded.Stars.Select(s => s.Id));
        Assert.Equal([2L, 5, 6, 7, 8], loaded.Stars.Select(s => s.Line));
    }

    // A double holds every 64th, 128th … of the whole numbers of their size exactly.
    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public void One_identifier_in_floating_point_spoils_no_other(int at)
    {
        string[] ids = [.. Enumerable.Range(1, 1000).Select(i => (i * 4_035_520_128_123_456L).ToString(CultureInfo.InvariantCulture))];
        var rows = ids.Select((id, i) => $"{(i == at ? "4.03552E+18" : id)},10,20,3");
        var loaded = Load.Text($"id,ra,dec,parallax\n{string.Join('\n', rows)}\n");
        Assert.Contains("lost its last digits", Assert.Single(loaded.Rejected).Reason, StringComparison.Ordinal);
        Assert.Equal(ids.Where((_, i) => i != at), loaded.Stars.Select(s => s.Id));
    }

    [Fact]
    public void The_report_says_what_became_of_what_is_no_number()
    {
        var loaded = Load.Text("id,ra,dec,gmag,note\n1,10.5,20,3.5,1.5\n2,00:41:00,20,3.5,2.5\n3,11.5,21,3.5:,n\n4,12.5,22,4.5,3.5\n");
        Assert.Equal([1L, 2, 4], loaded.Stars.Select(s => long.Parse(s.Id, CultureInfo.InvariantCulture)));
        Assert.Equal(10.25, loaded.Stars[1].Ra, 1e-9);
        Assert.Equal(
            [
                "1 value in 'ra' is not of its type (double); where it is no number or hours, minutes and seconds, its row was rejected.",
                "1 value in 'gmag' is not of its type (double); where it is no number, its row was rejected.",
                "1 value in 'note' is not of its type (double); it was kept as text.",
            ],
            loaded.Report.Suspicions.Where(s => s.Contains("not of its type", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_band_of_a_colour_that_is_no_number_has_its_row_rejected_and_the_report_says_so()
    {
        var loaded = Load.Text("id,ra,dec,phot_bp_mean_mag,phot_rp_mean_mag\n1,10,20,3.5,1.5\n2,11,20,3.5:,2.5\n3,12,20,4.5,2.5\n");
        Assert.Single(loaded.Rejected);
        Assert.Contains(
            "1 value in 'phot_bp_mean_mag' is not of its type (double); where it is no number, its row was rejected.",
            loaded.Report.Suspicions
        );
    }

    [Fact]
    public void Rejections_deep_in_a_large_file_name_the_right_line()
    {
        var text = new System.Text.StringBuilder("id,ra,dec\r\n");
        for (var i = 2; i <= 60_000; i++)
            text.Append(CultureInfo.InvariantCulture, $"{i},{(i % 1000 == 0 ? "nowhere" : "10.25")},-20\r\n");
        var loaded = Load.Text(text.ToString());
        Assert.Equal(Enumerable.Range(1, 60).Select(i => i * 1000L), loaded.Rejected.Select(r => r.LineNumber));
        Assert.All(loaded.Stars, s => Assert.Equal(s.Id, s.Line.ToString(CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Offending_text_is_clipped_and_an_overlong_identifier_rejected()
    {
        var loaded = Load.Text($"id,ra,dec\n{new string('a', 500)},10,20\nb,10,20\n");
        var bad = Assert.Single(loaded.Rejected);
        Assert.Equal("source_id", bad.Field);
        Assert.Equal(80, bad.Text.Length);
        Assert.Contains("500 characters", bad.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Right_ascension_360_is_0_and_the_edges_are_inside()
    {
        var loaded = Load.Text("id,ra,dec\n1,360,90\n2,0,-90\n3,359.99999999999994,0\n");
        Assert.Equal([0, 0, 359.99999999999994], loaded.Stars.Select(s => s.Ra));
        Assert.Empty(loaded.Rejected);
    }

    [Fact]
    public void Without_an_identifier_column_rows_are_numbered()
    {
        var loaded = Load.Text("ra,dec\n10,20\n10,95\n11,21\n");
        Assert.Equal(["1", "3"], loaded.Stars.Select(s => s.Id));
    }

    [Fact]
    public void Identifiers_keep_their_text()
    {
        var loaded = Load.Text(
            "designation,ra,dec\nTYC 1-2-3,1,1\nHIP 71683,1,1\nb'Gaia EDR3 4284012316223853056',1,1\nb\"x\",1,1\n 007 ,1,1\n"
        );
        Assert.Equal(["TYC 1-2-3", "HIP 71683", "Gaia EDR3 4284012316223853056", "x", "007"], loaded.Stars.Select(s => s.Id));
    }

    [Fact]
    public void Nineteen_digits_never_pass_through_a_double_and_whole_floats_lose_their_point()
    {
        var ids = new[] { "9223372036854775807", "5542245319386060289", "4611686018427387905", "18446744073709551615", "00012" };
        Assert.Equal(ids, Load.Text("source_id,ra,dec\n" + string.Concat(ids.Select(i => i + ",1,1\n"))).Stars.Select(s => s.Id));
        Assert.Equal(["10540", "71683"], Load.Text("HIP,ra,dec\n10540.0,1,1\n71683.0,1,1\n").Stars.Select(s => s.Id));
    }

    [Fact]
    public void A_parallax_of_zero_can_mean_unknown()
    {
        const string Text = "id,ra,dec,parallax\n1,1,1,0.0\n2,1,1,5\n";
        Assert.Equal([0, 5], Load.Text(Text).Stars.Select(s => s.Parallax));
        var options = new StarReaderOptions { ZeroParallaxIsMissing = true };
        Assert.Equal([double.NaN, 5], Load.Stars(Load.OpenText(Text), options).Stars.Select(s => s.Parallax));
    }

    [Fact]
    public void Truth_labels_are_no_extras()
    {
        var loaded = Load.Text(
            "source_id,ra,dec,label_outlier,label_kind,label_cluster,x\n"
                + "1,1,1,1,white dwarf,,5\n2,1,1,0,,Hyades,6\n3,1,1,,,7,7\n4,1,1,2,,,8\n"
        );
        Assert.Equal([1, 0, null], loaded.Stars.Select(s => s.Outlier));
        Assert.Equal(["white dwarf", null, null], loaded.Stars.Select(s => s.Kind));
        Assert.Equal([null, "Hyades", "7"], loaded.Stars.Select(s => s.Cluster));
        Assert.Equal(["{\"x\":5}", "{\"x\":6}", "{\"x\":7}"], loaded.Stars.Select(s => s.Extra));
        Assert.Contains("expected 0 or 1", Assert.Single(loaded.Rejected).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_label_can_come_from_any_column()
    {
        var loaded = Load.Text("source_id,ra,dec,odd\n1,1,1,true\n2,1,1,false\n", "label_outlier=odd");
        Assert.Equal([1, 0], loaded.Stars.Select(s => s.Outlier));
    }

    [Fact]
    public void Batches_cut_the_table_without_losing_or_repeating_a_row()
    {
        var text = "id,ra,dec\n" + string.Concat(Enumerable.Range(1, 100).Select(i => i % 7 == 0 ? $"{i},1\n" : $"{i},1,1\n"));
        foreach (var size in new[] { 1, 3, 100, 1000 })
        {
            var loaded = Load.Stars(Load.OpenText(text), new StarReaderOptions { RowsPerBatch = size });
            Assert.Equal((86, 14), (loaded.Stars.Count, loaded.Rejected.Count));
            Assert.Equal(loaded.Stars.Select(s => s.Id).Distinct().Count(), loaded.Stars.Count);
        }
    }
}
