using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Almagest.Killing;

namespace Almagest.Bench.Trust;

/// <summary>What people and programs ask of a server, mixed, each client without a pause.</summary>
internal sealed class SoakLoad(Uri address, int seed)
{
    private const int MostRuns = 40;

    private readonly ConcurrentDictionary<string, ConcurrentBag<(HttpStatusCode Status, double Ms)>> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<string> _runs = new();
    private int _number;

    public long Requests => _answers.Values.Sum(a => (long)a.Count);

    /// <summary>Answers of 500 and above, and connections that were cut.</summary>
    public IReadOnlyCollection<string> Failures => _failures;

    private static readonly (string Name, int Weight, string Path)[] s_reads =
    [
        ("analytics", 20, "/analytics/discovery/stats"),
        ("timeline", 8, "/analytics/discovery/timeline"),
        ("overlaps", 8, "/analytics/discovery/overlaps"),
        ("runs", 10, "/discovery/runs?limit=20"),
        ("datasets", 10, "/datasets"),
        ("page of the overview", 4, "/"),
        ("page of runs", 4, "/runs"),
        ("page of a dataset", 3, "/datasets/first"),
        ("cone search", 8, "/vo/datasets/first/cone?RA=110&DEC=10&SR=20"),
        (
            "query",
            8,
            "/vo/tap/sync?LANG=ADQL&QUERY=SELECT+TOP+50+s.source_id,+f.anomaly_count+FROM+almagest.stars+AS+s+LEFT+JOIN+"
                + "almagest.mv_star_anomaly_frequency+AS+f+ON+f.star_id+%3D+s.star_id"
        ),
        ("export", 4, "/datasets/second/stars?format=fits"),
        ("chart", 2, "/datasets/first/chart"),
        ("metrics", 2, "/metrics"),
        ("ready", 2, "/health/ready"),
    ];

    /// <summary>One client.</summary>
    public async Task AskAsync(int client, CancellationToken end)
    {
        var random = new Random(unchecked(seed * 31 + client));
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        using var http = new HttpClient(handler) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        var weights = s_reads.Sum(r => r.Weight);
        while (!end.IsCancellationRequested)
        {
            var what = random.Next(100);
            if (what < 92)
            {
                var at = random.Next(weights);
                var (name, _, path) = s_reads.First(r => (at -= r.Weight) < 0);
                await SendAsync(http, name, HttpMethod.Get, path, null);
            }
            else if (what < 95)
                await RunAsync(http, random);
            else if (what < 96)
                await UploadAsync(http);
            else if (what < 97)
                await SendAsync(http, "refresh", HttpMethod.Post, "/analytics/discovery/refresh-views", null);
            else if (what < 98)
                await JobAsync(http);
            else if (_runs.TryPeek(out var run))
                await SendAsync(http, "note", HttpMethod.Post, $"{run}/notes", Json("{\"text\":\"**soaked**\"}"));
        }
    }

    /// <summary>By the kind of request.</summary>
    public IEnumerable<(string Name, int Count, string Statuses, double Median, double High, double Most)> Table()
    {
        foreach (var (name, answers) in _answers.OrderByDescending(a => a.Value.Count))
        {
            var times = answers.Select(a => a.Ms).Order().ToArray();
            var statuses = string.Join(
                ", ",
                answers
                    .GroupBy(a => (int)a.Status)
                    .OrderBy(s => s.Key)
                    .Select(s => $"{s.Key}: {s.Count().ToString("N0", CultureInfo.InvariantCulture)}")
            );
            yield return (name, times.Length, statuses, times[times.Length / 2], times[(int)(0.99 * (times.Length - 1))], times[^1]);
        }
    }

    private async Task RunAsync(HttpClient http, Random random)
    {
        var body =
            random.Next(2) == 0
                ? "{\"algorithm\":\"isolation_forest\",\"dataset\":\"first\",\"parameters\":{\"features\":\"sphere\",\"n_estimators\":20,"
                    + $"\"random_state\":{random.Next(1000)}}}}}"
                : "{\"algorithm\":\"dbscan\",\"dataset\":\"second\",\"parameters\":{\"features\":\"sphere\"}}";
        var (_, location, _) = await SendAsync(http, "start of a run", HttpMethod.Post, "/discovery/runs", Json(body));
        if (location is not null)
            _runs.Enqueue(location);
        // The ledger stays as large as it is, so that memory that grows is the server's own.
        if (_runs.Count > MostRuns && _runs.TryDequeue(out var old))
        {
            await SendAsync(http, "results", HttpMethod.Get, $"{old}/results?limit=20", null);
            await SendAsync(http, "deletion of a run", HttpMethod.Delete, $"{old}?now=true", null);
        }
    }

    private async Task UploadAsync(HttpClient http)
    {
        var name = $"soak-{Interlocked.Increment(ref _number)}";
        var csv = new StringBuilder("source_id,ra,dec\n");
        for (var i = 0; i < LedgerWork.Stars; i++)
            csv.Append(CultureInfo.InvariantCulture, $"{name}-{i},{i},{i}\n");
        await SendAsync(
            http,
            "load of a catalogue",
            HttpMethod.Post,
            $"/datasets?dataset={name}",
            new StringContent(csv.ToString(), Encoding.UTF8, "text/csv")
        );
        await SendAsync(http, "deletion of a dataset", HttpMethod.Delete, $"/datasets/{name}", null);
    }

    private async Task JobAsync(HttpClient http)
    {
        using var form = new FormUrlEncodedContent([
            KeyValuePair.Create("LANG", "ADQL"),
            KeyValuePair.Create("QUERY", "SELECT COUNT(*) AS n FROM almagest.stars AS a, almagest.stars AS b"),
            KeyValuePair.Create("PHASE", "RUN"),
        ]);
        var (_, job, _) = await SendAsync(http, "start of a job", HttpMethod.Post, "/vo/tap/async", form);
        if (job is null)
            return;
        for (var i = 0; i < 100; i++)
        {
            var (_, _, phase) = await SendAsync(http, "phase of a job", HttpMethod.Get, $"{job}/phase", null);
            if (phase is not ("QUEUED" or "EXECUTING" or "PENDING"))
                break;
            await Task.Delay(50);
        }
        await SendAsync(http, "deletion of a job", HttpMethod.Delete, job, null);
    }

    private async Task<(HttpStatusCode Status, string? Location, string Text)> SendAsync(
        HttpClient http,
        string name,
        HttpMethod method,
        string path,
        HttpContent? content
    )
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            _answers.GetOrAdd(name, _ => []).Add((answer.StatusCode, Stopwatch.GetElapsedTime(began).TotalMilliseconds));
            if ((int)answer.StatusCode >= 500)
                _failures.Enqueue($"{method} {path}: {(int)answer.StatusCode} {(text.Length > 300 ? text[..300] : text)}");
            var location = answer.Headers.Location;
            return (
                answer.StatusCode,
                location is null ? null
                : location.IsAbsoluteUri ? location.PathAndQuery
                : location.ToString(),
                text
            );
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            _failures.Enqueue($"{method} {path}: {e.Message}");
            return (0, null, "");
        }
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
}
