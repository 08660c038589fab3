using Almagest.Contract.Runs;
using Almagest.Runs.Comparison;

namespace Almagest.Charts.Drawing;

/// <summary>How many stars two runs mark, alone and together.</summary>
public static class Venn
{
    /// <summary>Two circles whose areas are the numbers of stars, overlapping by as much as they share.</summary>
    public static string Draw(RunAgreement p)
    {
        ArgumentNullException.ThrowIfNull(p);
        const double Height = 190,
            Width = 620;
        var most = Math.Max(1.0, Math.Max(p.Marked1, p.Marked2));
        var (r1, r2) = (84 * Math.Sqrt(p.Marked1 / most), 84 * Math.Sqrt(p.Marked2 / most));
        var share = p.Common / most * Math.PI * 84 * 84;
        var (near, far) = (Math.Abs(r1 - r2), r1 + r2);
        for (var i = 0; i < 50; i++)
        {
            var middle = (near + far) / 2;
            if (Lens(r1, r2, middle) > share)
                near = middle;
            else
                far = middle;
        }
        var distance = (near + far) / 2;
        var x1 = Width / 2 - distance / 2;
        var x2 = Width / 2 + distance / 2;
        var canvas = new SvgCanvas(
            Width,
            Height,
            $"{CountText.Of(p.OnlyIn1, "star", "stars")} only in the first run, {p.Common} in both, {p.OnlyIn2} only in the second"
        );
        canvas.Circle(x1, Height / 2, r1, "venn1").Circle(x2, Height / 2, r2, "venn2");
        canvas
            .Text(x1 - r1 - 10, Height / 2 - 4, DisplayText.Short(p.Run1.RunId), "end", "title")
            .Text(x1 - r1 - 10, Height / 2 + 14, $"{DisplayText.Count(p.OnlyIn1)} only here", "end");
        canvas
            .Text(x2 + r2 + 10, Height / 2 - 4, DisplayText.Short(p.Run2.RunId), "start", "title")
            .Text(x2 + r2 + 10, Height / 2 + 14, $"{DisplayText.Count(p.OnlyIn2)} only here", "start");
        canvas.Text((x1 + r1 + x2 - r2) / 2, Height / 2 + 4, DisplayText.Count(p.Common), css: "title");
        return canvas.ToString();
    }

    private static double Lens(double a, double b, double d)
    {
        if (d >= a + b || a == 0 || b == 0)
            return 0;
        if (d <= Math.Abs(a - b))
            return Math.PI * Math.Min(a, b) * Math.Min(a, b);
        var x = Math.Acos(Math.Clamp((d * d + a * a - b * b) / (2 * d * a), -1, 1));
        var y = Math.Acos(Math.Clamp((d * d + b * b - a * a) / (2 * d * b), -1, 1));
        return a * a * (x - Math.Sin(2 * x) / 2) + b * b * (y - Math.Sin(2 * y) / 2);
    }
}
