using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Almagest.Charts.Drawing;
using Almagest.Charts.Export;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using SkiaSharp;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>Charts as figures of a paper: what is on their axes, and what is in their files.</summary>
public sealed partial class FigureTests
{
    [Theory]
    [InlineData("phot_g_mean_mag", "bp_rp", "G (mag)", "BP − RP (mag)", "M_{G} (mag)")]
    [InlineData("Gmag", "BPmag - RPmag", "G (mag)", "BP − RP (mag)", "M_{G} (mag)")]
    [InlineData("gmag", "bp_rp", "G (mag)", "BP − RP (mag)", "M_{G} (mag)")]
    [InlineData("gmag", "g_r", "g (mag)", "g − r (mag)", "M_{g} (mag)")]
    [InlineData("Vmag", "B-V", "V (mag)", "B − V (mag)", "M_{V} (mag)")]
    [InlineData("v_mag", "b_v", "V (mag)", "B − V (mag)", "M_{V} (mag)")]
    [InlineData("VTmag", "BTmag - VTmag", "V_{T} (mag)", "B_{T} − V_{T} (mag)", "M_{VT} (mag)")]
    [InlineData("Ksmag", "J-Ks", "K_{s} (mag)", "J − K_{s} (mag)", "M_{Ks} (mag)")]
    [InlineData("rMeanPSFMag", "gMeanPSFMag - rMeanPSFMag", "r (mag)", "g − r (mag)", "M_{r} (mag)")]
    [InlineData("w1mpro", "w1mpro - w2mpro", "W1 (mag)", "W1 − W2 (mag)", "M_{W1} (mag)")]
    [InlineData("phot_g_mean_mag:mag", "v_i", "G (mag)", "V − I (mag)", "M_{G} (mag)")]
    // What is not known is not guessed.
    [InlineData("mag", "color", "magnitude (mag)", "colour (mag)", "absolute magnitude (mag)")]
    [InlineData("MAG_AUTO", "my_colour", "MAG_AUTO (mag)", "my_colour (mag)", "absolute MAG_AUTO (mag)")]
    public void Axes_name_the_bands_of_the_catalogue(string magnitude, string color, string expected, string colours, string absolute)
    {
        var bands = Bands.Of(new Dictionary<string, string> { ["magnitude"] = magnitude, ["color"] = color });
        Assert.Equal((expected, colours, absolute), (bands.MagnitudeAxis(false), bands.ColorAxis, bands.MagnitudeAxis(true)));
    }

    [Theory]
    [InlineData("column", 374, 88, 1039)]
    [InlineData("two-columns", 765, 180, 2126)]
    [InlineData("slide", 800, 338.7, 1920)]
    [InlineData("120mm", 510, 120, 1417)]
    [InlineData("1600px", 800, 423.3, 1600)]
    public void Words_have_the_size_of_print_at_every_width(string text, double units, double mm, int pixels)
    {
        var size = FigureSize.Parse(text);
        Assert.Equal(units, size.Units, 1.0);
        Assert.Equal(mm, size.Points * 25.4 / 72, 0.1);
        Assert.Equal(pixels, size.Pixels);
    }

    [Theory]
    [InlineData("wide")]
    [InlineData("10mm")]
    [InlineData("99999px")]
    [InlineData("NaNmm")]
    public void What_is_no_width_is_refused(string text) => Assert.Throws<LedgerException>(() => FigureSize.Parse(text));

    [Fact]
    public void Names_of_axes_keep_clear_of_the_words_of_ticks()
    {
        foreach (var (low, high) in new[] { (-0.00004, 0.00005), (0.0, 1.0), (-1234.5, 1234.5), (0.0, 999_999.0), (0.0, 2e7) })
        {
            foreach (var width in new[] { 374.0, 560, 765 })
            {
                var plot = new Plot(width, 300, "test", (low, high), (low, high), "x", "y axis");
                var texts = XDocument.Parse(plot.ToString()).Descendants().Where(e => e.Name.LocalName == "text").ToList();
                double N(XElement e, string name) => double.Parse(e.Attribute(name)!.Value, CultureInfo.InvariantCulture);
                var title = texts.Single(t => t.Attribute("transform") is not null);
                var ticks = texts.Where(t => t.Attribute("text-anchor")!.Value == "end").ToList();
                Assert.NotEmpty(ticks);
                // The letters of the name reach some 4 units to the right of its line.
                Assert.All(ticks, t => Assert.True(N(t, "x") - TextWidth.Of(t.Value, 13.5) > N(title, "x") + 4));
                var below = texts.Where(t => N(t, "y") > 260 && N(t, "y") < 290 && t.Attribute("transform") is null).ToList();
                for (var i = 1; i < below.Count; i++)
                    Assert.True(
                        N(below[i], "x") - N(below[i - 1], "x") > (TextWidth.Of(below[i].Value) + TextWidth.Of(below[i - 1].Value)) / 2
                    );
            }
        }
    }

    [Fact]
    public void Brighter_is_up_bluer_is_left_and_minus_is_a_minus()
    {
        var colour = Enumerable.Range(0, 50).Select(i => -0.5 + i * 0.05).ToArray();
        var diagram = ColourMagnitude.Of(
            colour,
            [.. colour.Select(c => 8 + c)],
            [.. colour.Select(_ => 100.0)],
            [.. colour.Select(_ => 1.0)],
            new Bands("BP − RP", "G")
        )!;
        var (svg, drawn) = diagram.Draw(new StarLayer([.. Enumerable.Range(1, 50).Select(i => (long)i)]), "diagram");
        var circles = XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "circle").ToList();
        double At(int i, string name) => double.Parse(circles[i].Attribute(name)!.Value, CultureInfo.InvariantCulture);
        // The first star is bluest and brightest.
        Assert.True(At(0, "cx") < At(49, "cx") && At(0, "cy") < At(49, "cy"));
        Assert.Contains("BP − RP (mag)", svg, StringComparison.Ordinal);
        Assert.Contains(">M<tspan", svg, StringComparison.Ordinal);
        Assert.Contains(">−0.5<", svg, StringComparison.Ordinal);
        Assert.DoesNotContain(">-0.5<", svg, StringComparison.Ordinal);
        // 5 / ln 10 of the relative error of the parallax, as bars of every star.
        Assert.Equal(50, drawn.Bars);
        Assert.Equal(0.0217, diagram.Cloud.ErrorY![0], 1e-4);
    }

    [Fact]
    public void Magnitudes_are_absolute_only_where_the_run_has_distances()
    {
        double[] colour = [.. Enumerable.Range(0, 50).Select(i => i * 0.05)];
        double[] All(double value) => [.. colour.Select(_ => value)];
        ColourMagnitude Of(double error, DistanceRule? rule = null) => ColourMagnitude.Of(colour, colour, All(10), All(error), rule: rule)!;

        Assert.True(Of(1).IsAbsolute);
        Assert.Contains("at least 5 times its error", Of(1).Needs, StringComparison.Ordinal);
        Assert.Null(Of(1).WhyApparent);
        // Errors too large, and none known: no distance, and the diagram says why.
        foreach (var apparent in new[] { Of(4), Of(double.NaN), Of(1, new DistanceRule(20, false)) })
        {
            Assert.False(apparent.IsAbsolute);
            Assert.StartsWith("Magnitudes are apparent: 0 of 50 stars have a distance", apparent.WhyApparent, StringComparison.Ordinal);
        }
        Assert.True(Of(4, new DistanceRule(2, false)).IsAbsolute);
        Assert.True(Of(double.NaN, DistanceRule.Usual with { WithoutErrors = true }).IsAbsolute);
        Assert.Null(ColourMagnitude.Of(colour, colour, All(double.NaN), All(double.NaN))!.WhyApparent);
    }

    [Theory]
    [InlineData(999.9)]
    [InlineData(9999)]
    public void A_mark_of_missing_parallaxes_is_no_distance(double mark)
    {
        double[] colour = [.. Enumerable.Range(0, 10).Select(i => i * 0.05)];
        double[] parallaxes = [.. colour.Select((_, i) => i < 3 ? mark : 10)];
        var diagram = ColourMagnitude.Of(colour, colour, parallaxes, [.. colour.Select(_ => 0.1)])!;

        Assert.True(diagram.IsAbsolute);
        Assert.Equal(7, diagram.Cloud.ErrorY!.Count(float.IsFinite));
        Assert.Equal(double.NaN, diagram.HeightOf(10, mark, 0.1));
    }

    [Fact]
    public void A_density_has_a_bar_and_marks_have_a_legend()
    {
        const int N = 4000;
        var random = new Random(2);
        float[] Values() => [.. Enumerable.Range(0, N).Select(_ => random.NextSingle())];
        var ids = Enumerable.Range(1, N).Select(i => (long)i).ToArray();
        var cloud = new PointCloud(Values(), Values(), new ChartWindow(0, 1, 0, 1));
        var marks = StarMarks.Of(ids, true, [(0, ids[..40]), (6, ids[40..90])]);
        var (svg, drawn) = ScatterPlot.Draw(cloud, new StarLayer(ids, marks), "x", "y", "clusters");
        Assert.False(drawn.OneByOne);
        foreach (var word in new[] { ">cluster 0<", ">cluster 6<", ">stars per cell<", ">1<" })
            Assert.Contains(word, svg, StringComparison.Ordinal);
        // The first five clusters are circles, the next five squares, in the plot as in the legend.
        var shapes = XDocument
            .Parse(svg)
            .Descendants()
            .Where(e => ((string?)e.Attribute("class"))?.StartsWith("flag", StringComparison.Ordinal) == true);
        Assert.Equal(
            [("circle", "flag g0", 41), ("path", "flag g1", 51)],
            shapes
                .GroupBy(e => (e.Name.LocalName, (string)e.Attribute("class")!))
                .Select(g => (g.Key.LocalName, g.Key.Item2, g.Count()))
                .Order()
        );
        // The density of stars alone is in colour, and has no legend.
        Assert.DoesNotContain(
            "class=\"ground\"",
            ScatterPlot.Draw(cloud, new StarLayer(ids), "x", "y", "stars").Svg,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Counts_that_differ_from_those_of_the_run_are_explained()
    {
        var facts = new ChartFacts(2000, 1800, "a colour and a magnitude", _ => "") { Analysed = 1950 };
        Assert.Equal(
            "1,800 of 2,000 selected stars have a colour and a magnitude and a place in this chart, 200 are left out; "
                + "the run analysed 1,950.",
            facts.Counts()
        );
        Assert.Null((facts with { Placed = 2000, Analysed = 2000 }).Counts());
        Assert.Equal("The run analysed 1,950 of the 2,000 selected.", (facts with { Placed = 2000 }).Counts());
    }

    [Fact]
    public void Where_flagged_stars_alone_are_drawn_the_words_and_the_legend_say_so()
    {
        var facts = new ChartFacts(50, 48, "a colour and a magnitude", _ => "") { Analysed = 2000, Alone = "flagged stars" };
        Assert.Equal(
            "Only flagged stars are drawn, 48 of 50 that have a colour and a magnitude and a place in this chart: the other 1,950 of the "
                + "2,000 stars that the run analysed are in its catalogue's files, and what it says of them is in its result files.",
            facts.Counts()
        );
        var ids = Enumerable.Range(0, 2000).Select(i => (long)i).ToArray();
        foreach (var (count, words) in new[] { (100, "other stars"), (2000, "all stars: density") })
        {
            var values = ids[..count].Select(i => (float)(i % 97)).ToArray();
            var cloud = new PointCloud(values, [.. values.Select((v, i) => v + i % 7)], new ChartWindow(-1, 98, -1, 106));
            var layer = new StarLayer(ids[..count], StarMarks.Of(ids[..count], false, [(0, ids[..count])]));
            Assert.Contains(words, ScatterPlot.Draw(cloud, layer, "x", "y", "stars").Svg, StringComparison.Ordinal);
            var alone = ScatterPlot.Draw(cloud, layer with { MarkedAlone = true }, "x", "y", "stars").Svg;
            Assert.DoesNotContain(words, alone, StringComparison.Ordinal);
            Assert.Equal(count > StarLayer.MostStars, alone.Contains("flagged stars: density", StringComparison.Ordinal));
        }
    }

    private static Figure Sample(FigureSize size) =>
        new(
            "A figure",
            [new FigurePart("Histogram", Histogram.Of([1, 2, 2, 3, 3, 3])!.Draw("M_{G} (mag)", width: size.Units), "Six stars.")],
            "Run 1f0c2a9e on field; Almagest 9.9.9, 2026-01-02.",
            size,
            new JsonObject
            {
                ["run_id"] = "0197-run",
                ["exported_at"] = "2026-01-02T03:04:05Z",
                ["note"] = "µ & <b>",
            }
        );

    [Fact]
    public void An_SVG_has_words_as_words_lines_as_lines_and_says_where_it_comes_from()
    {
        var svg = XDocument.Parse(Sample(FigureSize.Column).Svg).Root!;
        Assert.Equal("88mm", (string?)svg.Attribute("width"));
        var words = svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value).ToList();
        Assert.Contains("A figure", words);
        Assert.Contains("MG (mag)", words);
        Assert.Contains("Almagest 9.9.9", string.Join(' ', words), StringComparison.Ordinal);
        Assert.Single(svg.Descendants(), e => e.Name.LocalName == "style");
        XNamespace dc = "http://purl.org/dc/elements/1.1/";
        Assert.Equal("0197-run", svg.Descendants(dc + "identifier").Single().Value);
        Assert.Equal("µ & <b>", (string?)JsonNode.Parse(svg.Descendants(dc + "source").Single().Value)!["note"]);
        Assert.StartsWith("Six stars. Run 1f0c2a9e", svg.Descendants(dc + "description").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void A_PNG_has_the_wanted_width_in_dots_to_the_inch_and_says_where_it_comes_from()
    {
        var png = Sample(FigureSize.Column).Write("png");
        using (var picture = SKBitmap.Decode(png))
        {
            Assert.Equal(1039, picture.Width);
            Assert.Equal(SKColors.White, picture.GetPixel(3, 3));
        }
        var chunks = new Dictionary<string, byte[]>();
        for (var at = 8; at < png.Length; )
        {
            var length = (png[at] << 24) | (png[at + 1] << 16) | (png[at + 2] << 8) | png[at + 3];
            var (type, data) = (Encoding.ASCII.GetString(png, at + 4, 4), png[(at + 8)..(at + 8 + length)]);
            chunks[type == "iTXt" ? Encoding.Latin1.GetString(data[..Array.IndexOf(data, (byte)0)]) : type] = data;
            at += 12 + length;
        }
        var perMetre = (chunks["pHYs"][1] << 16) | (chunks["pHYs"][2] << 8) | chunks["pHYs"][3];
        Assert.InRange(perMetre * 0.0254, 299.5, 300.5);
        Assert.Contains("0197-run", Encoding.UTF8.GetString(chunks["Source"]), StringComparison.Ordinal);
        Assert.Contains("Six stars.", Encoding.UTF8.GetString(chunks["Description"]), StringComparison.Ordinal);
        Assert.Contains("Software", chunks.Keys);
    }

    [Fact]
    public void A_PDF_is_one_page_of_the_wanted_width_with_its_font_its_words_and_where_it_comes_from()
    {
        var pdf = Encoding.Latin1.GetString(Sample(FigureSize.Column).Write("pdf"));
        Assert.StartsWith("%PDF-", pdf, StringComparison.Ordinal);
        var box = MediaBox().Match(pdf);
        Assert.Equal(88 / 25.4 * 72, double.Parse(box.Groups[1].Value, CultureInfo.InvariantCulture), 0.5);
        // The font is in it, with its letters as letters.
        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
        Assert.Contains("/ToUnicode", pdf, StringComparison.Ordinal);
        Assert.Contains("<xmpmeta", pdf.Replace("x:xmpmeta", "xmpmeta", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("0197-run", pdf, StringComparison.Ordinal);
        Assert.Contains("/Title (A figure)", pdf, StringComparison.Ordinal);
        // Letters are set, not drawn: operators Tj or TJ in the page's stream.
        var streams = new StringBuilder();
        foreach (Match stream in Stream().Matches(pdf))
        {
            try
            {
                using var inflated = new StreamReader(
                    new ZLibStream(new MemoryStream(Encoding.Latin1.GetBytes(stream.Groups[1].Value)), CompressionMode.Decompress),
                    Encoding.Latin1
                );
                streams.Append(inflated.ReadToEnd());
            }
            catch (InvalidDataException)
            {
                // Not compressed: the metadata.
            }
        }
        Assert.Matches(@"T[jJ]\b", streams.ToString());
    }

    [Fact]
    public void Parts_of_charts_are_written_in_an_address_and_read_again()
    {
        var windows = new Dictionary<string, ChartWindow> { ["cmd"] = new(-0.5, 3, 15, 2.25), ["sky"] = new(-1, 1, -1, 1) };
        Assert.Equal("cmd:-0.5,3,15,2.25;sky:-1,1,-1,1", ZoomText.Write(windows));
        Assert.Equal(windows, ZoomText.Parse(ZoomText.Write(windows)));
        Assert.Empty(ZoomText.Parse(null));
        foreach (var bad in new[] { "cmd", "cmd:1,2,3", "cmd:1,2,3,x", "cmd:1,2,3,1e999" })
            Assert.Throws<LedgerException>(() => ZoomText.Parse(bad));
    }

    [GeneratedRegex(@"/MediaBox \[0 0 ([0-9.]+) ")]
    private static partial Regex MediaBox();

    [GeneratedRegex(@"stream\r?\n(.*?)\r?\nendstream", RegexOptions.Singleline)]
    private static partial Regex Stream();
}
