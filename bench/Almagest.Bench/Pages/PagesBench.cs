using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Bench.Analytics;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Almagest.Server;
using Almagest.Server.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace Almagest.Bench.Pages;

/// <summary>Every page as a browser meets it, over a long history; and the charts of one very large run as they are moved.</summary>
internal static class PagesBench
{
    private const string Shortest = "/health/live";

    public static async Task<string> RunAsync(string server, int runs, int stars, int many, int visits, TextWriter log)
    {
        var report = new StringBuilder();
        await using var browser = await BenchBrowser.StartAsync();
        await using (var database = await BenchDatabase.CreateAsync(server, $"almagest_pages_{runs}x{stars}"))
        {
            await SyntheticHistory.FillAsync(database.Ledger, runs, stars, log);
            report
                .AppendLine("# Pages of the dashboard in a browser")
                .AppendLine()
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"Chromium {browser.Version}, headless, 1280 × 900, on the machine of the server and its database; each visit "
                        + $"with an empty cache of the browser."
                )
                .AppendLine()
                .AppendLine(await AnalyticsBench.MachineAsync(database.Ledger))
                .AppendLine()
                .AppendLine(CultureInfo.InvariantCulture, $"## Each page, at {runs} runs of {stars:N0} stars")
                .AppendLine()
                .AppendLine(
                    "*First paint* is Chromium's first contentful paint, which it notes when the frame is on the screen; the others "
                        + "are noted when their frame is begun, and so may come out earlier."
                )
                .AppendLine("*Useful* is the first frame with the page's numbers and tables, *whole* the first with all its charts.")
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"The first visit meets a server that has just started, and reads what charts are drawn from; the others are "
                        + $"medians of {visits} visits after it. \"Sent\" is the"
                )
                .AppendLine("page itself and what the server sends through its connection until it is whole, before compression.");
            await using var app = await ServeAsync(database.Ledger);
            var yardstick = await YardstickAsync(browser, AlmagestServer.AddressOf(app), visits);
            report
                .AppendLine(
                    CultureInfo.InvariantCulture,
                    $"The yardstick is the same server's shortest answer, `{Shortest}`, in the same browser: on the screen after "
                        + $"{yardstick:N0} ms (median of {visits}). *Ratio* is the whole page of later visits over it."
                )
                .AppendLine()
                .Append("| page | first visit: useful, ms | whole, ms | later: first paint, ms | useful, ms | whole, ms | ratio ")
                .AppendLine("| sent, KiB |")
                .AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
            foreach (var (name, path) in await PagesAsync(database.Ledger))
            {
                var line = await MeasureAsync(browser, AlmagestServer.AddressOf(app), name, path, visits, yardstick);
                report.AppendLine(line);
                await log.WriteLineAsync(line);
            }
            await app.StopAsync();
        }
        report.AppendLine().Append(await InteractionsAsync(server, browser, many, visits, log));
        return report.ToString();
    }

    private static Task<WebApplication> ServeAsync(LedgerDatabase ledger) =>
        AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = null,
            }
        );

    private static async Task<(string Name, string Path)[]> PagesAsync(LedgerDatabase ledger)
    {
        async Task<Guid> RunAsync(string type) =>
            await ScalarAsync<Guid>(
                ledger,
                $"select run_id from discovery_runs where run_type = '{type}' order by created_at desc limit 1"
            );
        var (anomaly, cluster) = (await RunAsync("anomaly"), await RunAsync("cluster"));
        var star = await ScalarAsync<long>(
            ledger,
            "select star_id from mv_star_anomaly_frequency order by anomaly_count desc, star_id limit 1"
        );
        var other = await ScalarAsync<Guid>(
            ledger,
            "select run_id from discovery_runs where run_type = 'anomaly' order by created_at limit 1"
        );
        return
        [
            ("overview", "/"),
            ("datasets", "/datasets"),
            ("one dataset", "/datasets/bench"),
            ("runs", "/runs"),
            ("an anomaly run", $"/runs/{anomaly}"),
            ("a cluster run", $"/runs/{cluster}"),
            ("start a run", "/start"),
            ("compare, 20 runs", "/compare?limit=20"),
            ("compare, 2 runs", $"/compare?runs={anomaly},{other}"),
            ("a star", $"/stars/{star}"),
            ("coverage", "/coverage"),
            ("views", "/views"),
        ];
    }

    private static async Task<double> YardstickAsync(BenchBrowser browser, Uri server, int visits)
    {
        var times = new List<double>();
        // The first is of a server that has just started.
        for (var i = 0; i <= visits; i++)
        {
            await using var page = await browser.OpenAsync(server);
            times.Add(await page.PaintAsync(Shortest));
        }
        return Middle([.. times.Skip(1)]);
    }

    private static async Task<string> MeasureAsync(BenchBrowser browser, Uri server, string name, string path, int visits, double yardstick)
    {
        async Task<BenchPage.Visit> VisitAsync()
        {
            await using var page = await browser.OpenAsync(server);
            return await page.VisitAsync(path);
        }
        var first = await VisitAsync();
        var later = new List<BenchPage.Visit>();
        for (var i = 0; i < visits; i++)
            later.Add(await VisitAsync());
        double Median(Func<BenchPage.Visit, double> of) => Middle([.. later.Select(of)]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {first.UsefulMs:N0} | {first.DrawnMs:N0} | {Median(v => v.PaintMs):N0} | {Median(v => v.UsefulMs):N0} | "
                + $"{Median(v => v.DrawnMs):N0} | {Median(v => v.DrawnMs) / yardstick:0.0} | "
                + $"{Median(v => v.DocumentBytes + v.PushedBytes) / 1024:N0} |"
        );
    }

    private static async Task<string> InteractionsAsync(string server, BenchBrowser browser, int many, int times, TextWriter log)
    {
        await using var database = await BenchDatabase.CreateAsync(server, "almagest_pages_many");
        var ledger = database.Ledger;
        var folder = Directory.CreateTempSubdirectory("almagest-bench-sky-");
        Guid run;
        try
        {
            var file = Path.Combine(folder.FullName, "sky.csv");
            await using (var writer = File.CreateText(file))
                SimulatedSkyCsvWriter.Write(new SkySimulator(new SkySimulationOptions { Stars = many }), writer);
            await log.WriteLineAsync($"loading {many:N0} stars");
            await new CatalogIngestor(ledger).IngestAsync([file]);
            await log.WriteLineAsync("one anomaly run over them");
            run = (
                await new DiscoveryService(ledger).RunAsync(
                    new RunRequest("sky", StarFilter.All, new IsolationForestParameters { Contamination = 0.02 })
                )
            )
                .RunId!
                .Value;
            await new ViewRefresher(ledger).RefreshAsync();
        }
        finally
        {
            folder.Delete(true);
        }
        await using var app = await ServeAsync(ledger);
        await using var page = await browser.OpenAsync(AlmagestServer.AddressOf(app));
        var visit = await page.VisitAsync($"/runs/{run}");
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"## Interactions with the page of a run of {many:N0} stars, 2 % of them flagged")
            .AppendLine()
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"Its first visit on a server that has just started is useful after {visit.UsefulMs:N0} ms and whole after "
                    + $"{visit.DrawnMs:N0} ms (all stars and scores are read once, then kept); it is sent"
            )
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"{(visit.DocumentBytes + visit.PushedBytes) / 1024.0:N0} KiB. Each interaction below was done {times} times: time "
                    + $"from the input to the first frame with the server's new picture, and what the server sent for it, medians."
            )
            .AppendLine("While one waits, the picture that is there is moved and stretched by the browser itself, frame by frame.")
            .AppendLine()
            .AppendLine("| interaction | ms | sent, KiB | stars in sight |")
            .AppendLine("| --- | ---: | ---: | ---: |");
        foreach (var (name, before, act, chart) in Interactions(page.Page))
        {
            var (ms, bytes) = (new List<double>(), new List<double>());
            var sight = "";
            for (var i = 0; i < times; i++)
            {
                if (before is not null)
                    await ChangedAsync(page.Page, chart, before);
                await page.Page.WaitForTimeoutAsync(150);
                var sent = page.Pushed;
                var watch = Stopwatch.StartNew();
                await ChangedAsync(page.Page, chart, act);
                ms.Add(watch.Elapsed.TotalMilliseconds);
                await page.Page.WaitForTimeoutAsync(150);
                bytes.Add(page.Pushed - sent);
                sight = await page.Page.EvaluateAsync<string>(
                    "t => [...document.querySelectorAll('figure')].find(f => "
                        + "f.innerText.includes(t)).innerText.match(/[\\d,]+(?= stars? in sight)/)?.[0] ?? ''",
                    chart
                );
            }
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {Middle(ms):N0} | {Middle(bytes) / 1024:N1} | {(sight.Length == 0 ? "–" : sight)} |"
            );
            text.AppendLine(line);
            await log.WriteLineAsync(line);
        }
        await app.StopAsync();
        return text.ToString();
    }

    private static IEnumerable<(string Name, Func<Task>? Before, Func<Task> Act, string Chart)> Interactions(IPage page)
    {
        const string Diagram = "Colour–magnitude",
            Sky = "on the sky",
            Scores = "Scores";
        Task Press(string chart, string how) =>
            page.EvaluateAsync(
                "([t, how]) => [...document.querySelectorAll('figure')].find(f => "
                    + "f.innerText.includes(t)).querySelector(`[data-zoom=${how}]`).click()",
                new[] { chart, how }
            );
        Task Key(string chart, string key) =>
            page.EvaluateAsync(
                "([t, key]) => [...document.querySelectorAll('figure')].find(f => "
                    + "f.innerText.includes(t)).querySelector('.picture').dispatchEvent(new KeyboardEvent('keydown', { key }))",
                new[] { chart, key }
            );
        yield return ("diagram: zoom in (each twice as close)", null, () => Press(Diagram, "in"), Diagram);
        yield return ("diagram: move, close in", null, () => Key(Diagram, "ArrowLeft"), Diagram);
        yield return ("diagram: show all", () => Press(Diagram, "in"), () => Press(Diagram, "all"), Diagram);
        yield return ("sky: zoom in (each twice as close)", null, () => Press(Sky, "in"), Sky);
        yield return ("sky: move, close in", null, () => Key(Sky, "ArrowUp"), Sky);
        yield return (
            "threshold: drag to another place",
            null,
            () =>
                page.EvaluateAsync(
                    $"() => {{ const i = document.getElementById('threshold'); i.value = 0.01 + Math.random() * 0.4; "
                        + $"i.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
                ),
            Scores
        );
    }

    // Until the server's picture is in the page, and painted.
    private static async Task ChangedAsync(IPage page, string chart, Func<Task> act)
    {
        await page.EvaluateAsync(
            """
            t => {
              const picture = [...document.querySelectorAll('figure')].find(f => f.innerText.includes(t)).querySelector('.picture');
              window.changed = new Promise(done => {
                const first = picture.querySelector('svg.chart');
                const watch = new MutationObserver(() => {
                  if (picture.querySelector('svg.chart') === first) return;
                  watch.disconnect();
                  requestAnimationFrame(() => requestAnimationFrame(done));
                });
                watch.observe(picture, { childList: true, subtree: true });
              });
            }
            """,
            chart
        );
        await act();
        await page.EvaluateAsync("() => window.changed");
    }

    private static double Middle(List<double> values)
    {
        values.Sort();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[values.Count / 2 - 1] + values[values.Count / 2]) / 2;
    }

    private static async Task<T> ScalarAsync<T>(LedgerDatabase ledger, string sql)
    {
        await using var command = ledger.DataSource.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
