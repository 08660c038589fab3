using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Almagest.Server.Operations;

/// <summary>Listens to ASP.NET Core's own request measurements and keeps a count and a sum per route. Thread-safe.</summary>
internal sealed class RequestMeter(IMeterFactory meters) : IDisposable
{
    private readonly ConcurrentDictionary<(string Method, string Route, string Status), Total> _totals = new();
    private readonly MeterListener _listener = new();

    public void Start()
    {
        // The scope tells this server's measurements from those of another in the same process.
        _listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "http.server.request.duration" && ReferenceEquals(instrument.Meter.Scope, meters))
                l.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>(
            (_, seconds, tags, _) =>
            {
                string method = "",
                    route = "",
                    status = "";
                foreach (var (key, value) in tags)
                {
                    switch (key)
                    {
                        case "http.request.method":
                            method = value?.ToString() ?? "";
                            break;
                        case "http.route":
                            route = value?.ToString() ?? "";
                            break;
                        case "http.response.status_code":
                            status = value?.ToString() ?? "";
                            break;
                    }
                }
                _totals.GetOrAdd((method, route, status), _ => new Total()).Add(seconds);
            }
        );
        _listener.Start();
    }

    /// <summary>Requests and seconds so far, per method, route (empty = none matched) and status.</summary>
    public IEnumerable<(string Method, string Route, string Status, long Count, double Seconds)> Read() =>
        _totals
            .Select(t => (t.Key.Method, t.Key.Route, t.Key.Status, t.Value.Read().Count, t.Value.Read().Seconds))
            .OrderBy(t => t.Route, StringComparer.Ordinal)
            .ThenBy(t => t.Method, StringComparer.Ordinal)
            .ThenBy(t => t.Status, StringComparer.Ordinal);

    public void Dispose() => _listener.Dispose();

    private sealed class Total
    {
        private readonly Lock _gate = new();
        private long _count;
        private double _sum;

        public void Add(double seconds)
        {
            lock (_gate)
            {
                _count++;
                _sum += seconds;
            }
        }

        public (long Count, double Seconds) Read()
        {
            lock (_gate)
                return (_count, _sum);
        }
    }
}
