using Almagest.Charts.Drawing;
using Xunit;

namespace Almagest.Charts.Tests;

/// <summary>Whether marks are seen on what lies under them, by usual eyes and by those without one kind of cones.</summary>
public sealed class PaletteTests
{
    /// <summary>CIEDE2000: twenty times what is just told apart side by side.</summary>
    private const double Least = 20;

    // Severity 1 of Machado, Oliveira and Fernandes (2009), on linear RGB.
    private static readonly Dictionary<string, double[,]> s_eyes = new()
    {
        ["usual"] = new double[,]
        {
            { 1, 0, 0 },
            { 0, 1, 0 },
            { 0, 0, 1 },
        },
        ["protanopia"] = new[,]
        {
            { 0.152286, 1.052583, -0.204868 },
            { 0.114503, 0.786281, 0.099216 },
            { -0.003882, -0.048116, 1.051998 },
        },
        ["deuteranopia"] = new[,]
        {
            { 0.367322, 0.860646, -0.227968 },
            { 0.280085, 0.672501, 0.047413 },
            { -0.011820, 0.042940, 0.968881 },
        },
        ["tritanopia"] = new[,]
        {
            { 1.255528, -0.076749, -0.178779 },
            { -0.078411, 0.930809, 0.147602 },
            { 0.004733, 0.691367, 0.303900 },
        },
    };

    private static readonly Rgb[] s_light = [new(255, 255, 255), .. Enumerable.Range(0, 11).Select(i => Palette.Grey(i / 10.0))];

    // The surface of dark pages, and the greys as their style sheet turns them over.
    private static readonly Rgb[] s_dark =
    [
        new(0x18, 0x1e, 0x27),
        .. Enumerable
            .Range(0, 11)
            .Select(i => Palette.Grey(i / 10.0).R)
            .Select(v => (byte)Math.Round(v * (1 - 2 * Palette.InvertOnDark) + 255 * Palette.InvertOnDark))
            .Select(v => new Rgb(v, v, v)),
    ];

    [Theory]
    [InlineData("usual")]
    [InlineData("protanopia")]
    [InlineData("deuteranopia")]
    [InlineData("tritanopia")]
    public void Marks_stand_out_from_paper_and_from_every_grey_of_a_density(string eyes)
    {
        foreach (
            var (marks, grounds) in new[]
            {
                (Palette.Groups.Append(Palette.Flag), s_light),
                (Palette.GroupsOnDark.Append(Palette.FlagOnDark), s_dark),
            }
        )
        {
            foreach (var mark in marks)
            {
                foreach (var ground in grounds)
                    Assert.True(
                        Difference(Parse(mark), ground, eyes) >= Least,
                        $"{mark} on {ground}: {Difference(Parse(mark), ground, eyes):0.0}"
                    );
            }
        }
    }

    [Theory]
    [InlineData("usual")]
    [InlineData("protanopia")]
    [InlineData("deuteranopia")]
    [InlineData("tritanopia")]
    public void Groups_of_one_shape_are_told_apart_by_colour(string eyes)
    {
        foreach (var colours in new[] { Palette.Groups, Palette.GroupsOnDark })
        {
            for (var i = 0; i < colours.Count; i++)
            {
                for (var j = 0; j < i; j++)
                    Assert.True(
                        Difference(Parse(colours[i]), Parse(colours[j]), eyes) >= Least,
                        $"{colours[i]} and {colours[j]}: {Difference(Parse(colours[i]), Parse(colours[j]), eyes):0.0}"
                    );
            }
        }
    }

    [Fact]
    public void Thirty_clusters_have_marks_of_their_own() =>
        Assert.Equal(30, Enumerable.Range(0, 30).Select(i => (Palette.Group(i), Palette.Shape(i))).Distinct().Count());

    [Fact]
    public void The_colours_of_dark_pages_are_those_that_are_tested()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Almagest.slnx")))
            folder = folder.Parent!;
        var css = File.ReadAllText(Path.Combine(folder.FullName, "src/Almagest.Dashboard/Assets/almagest.css"));
        foreach (var (i, colour) in Palette.GroupsOnDark.Index())
            Assert.Contains($"html.dark svg.chart .g{i} {{ fill: {colour}; }}", css, StringComparison.Ordinal);
        Assert.Contains($"html.dark svg.chart .flag {{ fill: {Palette.FlagOnDark};", css, StringComparison.Ordinal);
        Assert.Contains("html.dark svg.chart .ground { filter: invert(.85); }", css, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(50, 2.6772, -79.7751, 50, 0, -82.7485, 2.0425)]
    [InlineData(50, 2.5, 0, 73, 25, -18, 27.1492)]
    [InlineData(60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387, 1.2644)]
    [InlineData(2.0776, 0.0795, -1.1350, 0.9033, -0.0636, -0.5514, 0.9082)]
    public void The_difference_is_that_of_the_published_examples(
        double l1,
        double a1,
        double b1,
        double l2,
        double a2,
        double b2,
        double expected
    ) => Assert.Equal(expected, De2000((l1, a1, b1), (l2, a2, b2)), 1e-4);

    private static Rgb Parse(string hex) =>
        new(Convert.ToByte(hex[1..3], 16), Convert.ToByte(hex[3..5], 16), Convert.ToByte(hex[5..7], 16));

    private static double Difference(Rgb a, Rgb b, string eyes) => De2000(Lab(a, s_eyes[eyes]), Lab(b, s_eyes[eyes]));

    private static (double L, double A, double B) Lab(Rgb colour, double[,] eyes)
    {
        double[] linear = [Linear(colour.R), Linear(colour.G), Linear(colour.B)];
        var seen = Enumerable
            .Range(0, 3)
            .Select(i => Math.Clamp(eyes[i, 0] * linear[0] + eyes[i, 1] * linear[1] + eyes[i, 2] * linear[2], 0, 1))
            .ToArray();
        var x = F((0.4124564 * seen[0] + 0.3575761 * seen[1] + 0.1804375 * seen[2]) / 0.95047);
        var y = F(0.2126729 * seen[0] + 0.7151522 * seen[1] + 0.0721750 * seen[2]);
        var z = F((0.0193339 * seen[0] + 0.1191920 * seen[1] + 0.9503041 * seen[2]) / 1.08883);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double Linear(byte value) => value / 255.0 is var v && v <= 0.04045 ? v / 12.92 : Math.Pow((v + 0.055) / 1.055, 2.4);

    private static double F(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : (24389.0 / 27 * t + 16) / 116;

    // Sharma, Wu and Dalal (2005), whose examples the test above has.
    private static double De2000((double L, double A, double B) one, (double L, double A, double B) two)
    {
        static double Seventh(double c) => Math.Sqrt(Math.Pow(c, 7) / (Math.Pow(c, 7) + Math.Pow(25, 7)));
        static double Sin(double degrees) => Math.Sin(degrees * Math.PI / 180);
        static double Cos(double degrees) => Math.Cos(degrees * Math.PI / 180);
        var mean = (Math.Sqrt(one.A * one.A + one.B * one.B) + Math.Sqrt(two.A * two.A + two.B * two.B)) / 2;
        var g = 0.5 * (1 - Seventh(mean));
        var (a1, a2) = ((1 + g) * one.A, (1 + g) * two.A);
        var (c1, c2) = (Math.Sqrt(a1 * a1 + one.B * one.B), Math.Sqrt(a2 * a2 + two.B * two.B));
        static double Hue(double a, double b) => a == 0 && b == 0 ? 0 : (Math.Atan2(b, a) * 180 / Math.PI + 360) % 360;
        var (h1, h2) = (Hue(a1, one.B), Hue(a2, two.B));
        var turn =
            c1 * c2 == 0 ? 0
            : Math.Abs(h2 - h1) <= 180 ? h2 - h1
            : h2 - h1 > 180 ? h2 - h1 - 360
            : h2 - h1 + 360;
        var (dl, dc, dh) = (two.L - one.L, c2 - c1, 2 * Math.Sqrt(c1 * c2) * Sin(turn / 2));
        var (l, c) = ((one.L + two.L) / 2, (c1 + c2) / 2);
        var h =
            c1 * c2 == 0 ? h1 + h2
            : Math.Abs(h1 - h2) <= 180 ? (h1 + h2) / 2
            : h1 + h2 < 360 ? (h1 + h2 + 360) / 2
            : (h1 + h2 - 360) / 2;
        var t = 1 - 0.17 * Cos(h - 30) + 0.24 * Cos(2 * h) + 0.32 * Cos(3 * h + 6) - 0.2 * Cos(4 * h - 63);
        var sl = 1 + 0.015 * (l - 50) * (l - 50) / Math.Sqrt(20 + (l - 50) * (l - 50));
        var (sc, sh) = (1 + 0.045 * c, 1 + 0.015 * c * t);
        var rotation = -Sin(60 * Math.Exp(-Math.Pow((h - 275) / 25, 2))) * 2 * Seventh(c);
        return Math.Sqrt(Math.Pow(dl / sl, 2) + Math.Pow(dc / sc, 2) + Math.Pow(dh / sh, 2) + rotation * dc / sc * dh / sh);
    }
}
