using System.Globalization;
using System.Text;

namespace Almagest.Server.Measuring;

/// <summary>
/// Prometheus' text format 0.0.4. Written by hand: OpenTelemetry's exporter for it has no stable release for ASP.NET Core yet.
/// </summary>
internal sealed class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly StringBuilder _text = new();

    /// <summary>One label with its value, escaped, as it stands between braces.</summary>
    public static string Label(string name, string value) =>
        $"{name}=\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"";

    public void Gauge(string name, string help, double value) => Gauge(name, help, [("", value)]);

    /// <param name="samples">labels as <see cref="Label"/> writes them, joined by commas, or empty; and the value</param>
    public void Gauge(string name, string help, IEnumerable<(string Labels, double Value)> samples) => Family(name, "gauge", help, samples);

    public void Counter(string name, string help, IEnumerable<(string Labels, double Value)> samples) =>
        Family(name, "counter", help, samples);

    public void Histogram(string name, string help, IEnumerable<(string Labels, Histogram Histogram)> histograms)
    {
        Head(name, "histogram", help);
        foreach (var (labels, histogram) in histograms)
        {
            var (counts, sum) = histogram.Read();
            var before = labels.Length == 0 ? "" : labels + ",";
            foreach (var (bound, count) in counts)
                Sample($"{name}_bucket", before + Label("le", double.IsInfinity(bound) ? "+Inf" : Number(bound)), count);
            Sample($"{name}_sum", labels, sum);
            Sample($"{name}_count", labels, counts[^1].Count);
        }
    }

    public override string ToString() => _text.ToString();

    private void Family(string name, string type, string help, IEnumerable<(string Labels, double Value)> samples)
    {
        Head(name, type, help);
        foreach (var (labels, value) in samples)
            Sample(name, labels, value);
    }

    private void Head(string name, string type, string help) =>
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private void Sample(string name, string labels, double value)
    {
        _text.Append(name);
        if (labels.Length > 0)
            _text.Append('{').Append(labels).Append('}');
        _text.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
