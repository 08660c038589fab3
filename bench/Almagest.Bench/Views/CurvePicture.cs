using System.Globalization;
using System.Text;

namespace Almagest.Bench.Views;

/// <summary>The curve as a picture: milliseconds against prior runs, both logarithmic.</summary>
internal static class CurvePicture
{
    private const double Width = 760,
        Height = 420,
        Left = 70,
        Right = 170,
        Top = 30,
        Bottom = 50;

    public static string Draw(IReadOnlyList<CompletionCost> costs, IReadOnlyList<CheckPoint> points)
    {
        var most = Math.Max(10, costs.Count);
        var highest = Math.Max(points.Max(p => p.Refresh?.AllMs ?? 0), costs.Max(c => c.WriteMs)) * 1.5;
        const double Lowest = 1;
        double X(double runs) => Left + Math.Log10(Math.Max(1, runs)) / Math.Log10(most) * (Width - Left - Right);
        double Y(double ms) =>
            Height - Bottom - Math.Log10(Math.Max(Lowest, ms) / Lowest) / Math.Log10(highest / Lowest) * (Height - Top - Bottom);
        var svg = new StringBuilder();
        var c = CultureInfo.InvariantCulture;
        svg.Append(
            c,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" "
                + $"font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        for (var ms = Lowest; ms <= highest; ms *= 10)
            svg.Append(
                c,
                $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(ms):F1}\" y2=\"{Y(ms):F1}\" stroke=\"#ddd\"/><text "
                    + $"x=\"{Left - 8}\" y=\"{Y(ms) + 4:F1}\" text-anchor=\"end\">{ms:N0}</text>\n"
            );
        for (var runs = 1; runs <= most; runs *= 10)
            svg.Append(
                c,
                $"<line y1=\"{Top}\" y2=\"{Height - Bottom}\" x1=\"{X(runs):F1}\" x2=\"{X(runs):F1}\" stroke=\"#ddd\"/><text "
                    + $"x=\"{X(runs):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{runs:N0}</text>\n"
            );
        svg.Append(
            c,
            $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 10}\" text-anchor=\"middle\">prior runs</text><text x=\"16\" "
                + $"y=\"{Height / 2}\" transform=\"rotate(-90 16 {Height / 2})\" text-anchor=\"middle\">milliseconds</text>\n"
        );
        Curve("write the results", "#888888", [.. costs.Select(k => ((double)k.Prior, k.WriteMs))]);
        Curve("views, anomaly run", "#0072b2", [.. costs.Where(k => k.RunType == "anomaly").Select(k => ((double)k.Prior, k.MarkMs))]);
        Curve("views, cluster run", "#009e73", [.. costs.Where(k => k.RunType == "cluster").Select(k => ((double)k.Prior, k.MarkMs))]);
        Curve(
            "refresh of all views",
            "#d55e00",
            [.. points.Where(p => p.Refresh is not null).Select(p => ((double)p.Prior, p.Refresh!.AllMs))]
        );
        return svg.Append("</svg>\n").ToString();

        void Curve(string name, string colour, List<(double Runs, double Ms)> values)
        {
            if (values.Count == 0)
                return;
            svg.Append(
                c,
                $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\" "
                    + $"points=\"{string.Join(' ', values.Select(v => string.Create(c, $"{X(v.Runs):F1},{Y(v.Ms):F1}")))}\"/>\n"
            );
            if (values.Count < 10)
                foreach (var v in values)
                    svg.Append(c, $"<circle cx=\"{X(v.Runs):F1}\" cy=\"{Y(v.Ms):F1}\" r=\"4\" fill=\"{colour}\"/>\n");
            svg.Append(c, $"<text x=\"{Width - Right + 8}\" y=\"{Y(values[^1].Ms) + 4:F1}\" fill=\"{colour}\">{name}</text>\n");
        }
    }
}
