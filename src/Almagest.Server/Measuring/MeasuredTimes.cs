using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Almagest.Server.Measuring;

/// <summary>Which measurements become a histogram of <c>/metrics</c>.</summary>
/// <param name="Instrument">the name by which .NET publishes it; it measures seconds</param>
/// <param name="Family">its name for Prometheus</param>
/// <param name="Help">one line</param>
/// <param name="Labels">tags of the measurement, and what they are called</param>
/// <param name="Bounds">of the buckets, s</param>
internal sealed record MeasuredTime(
    string Instrument,
    string Family,
    string Help,
    IReadOnlyList<(string Tag, string Label)> Labels,
    double[] Bounds
)
{
    public static readonly MeasuredTime Requests = new(
        "http.server.request.duration",
        "almagest_http_request_duration_seconds",
        "Time to answer a request; an empty route is one that does not exist",
        [("http.request.method", "method"), ("http.route", "route"), ("http.response.status_code", "status")],
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60]
    );

    public static readonly MeasuredTime Runs = new(
        LedgerMeter.RunDuration,
        "almagest_run_duration_seconds",
        "Time that a run took this server, from its start to its end",
        [("algorithm", "algorithm"), ("outcome", "outcome")],
        [0.1, 0.5, 1, 5, 10, 30, 60, 300, 900, 3600]
    );

    public static readonly MeasuredTime Refreshes = new(
        LedgerMeter.RefreshDuration,
        "almagest_view_refresh_duration_seconds",
        "Time that a refresh of a view took this server",
        [("view", "view"), ("outcome", "outcome")],
        [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]
    );
}

/// <summary>Listens to measurements of the framework and of this server, and keeps them as histograms. Thread-safe.</summary>
internal sealed class MeasuredTimes(IMeterFactory meters) : IDisposable
{
    private static readonly Dictionary<string, MeasuredTime> s_all = new[]
    {
        MeasuredTime.Requests,
        MeasuredTime.Runs,
        MeasuredTime.Refreshes,
    }.ToDictionary(m => m.Instrument);

    private readonly ConcurrentDictionary<(MeasuredTime Time, string Labels), Histogram> _histograms = new();
    private readonly MeterListener _listener = new();

    public void Start()
    {
        // The scope tells this server's measurements from those of another in the same process.
        _listener.InstrumentPublished = (instrument, l) =>
        {
            if (s_all.TryGetValue(instrument.Name, out var time) && ReferenceEquals(instrument.Meter.Scope, meters))
                l.EnableMeasurementEvents(instrument, time);
        };
        _listener.SetMeasurementEventCallback<double>(
            (_, seconds, tags, state) =>
            {
                var time = (MeasuredTime)state!;
                _histograms.GetOrAdd((time, LabelsOf(time, tags)), _ => new Histogram(time.Bounds)).Add(seconds);
            }
        );
        _listener.Start();
    }

    /// <summary>The histograms so far, each with its labels as Prometheus writes them between braces, in their order.</summary>
    public IEnumerable<(string Labels, Histogram Histogram)> Read(MeasuredTime time) =>
        _histograms.Where(h => h.Key.Time == time).Select(h => (h.Key.Labels, h.Value)).OrderBy(h => h.Labels, StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();

    private static string LabelsOf(MeasuredTime time, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new string[time.Labels.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = "";
            foreach (var (key, found) in tags)
                if (key == time.Labels[i].Tag)
                    value = found?.ToString() ?? "";
            // A group's own route ends with a slash in the framework's words, and without one in everybody else's.
            if (time.Labels[i].Label == "route" && value.Length > 1)
                value = value.TrimEnd('/');
            values[i] = PrometheusText.Label(time.Labels[i].Label, value);
        }
        return string.Join(',', values);
    }
}
