using Microsoft.Playwright;

namespace Almagest.Bench.Pages;

/// <summary>The machine's own Chromium.</summary>
internal sealed class BenchBrowser : IAsyncDisposable
{
    private static readonly string[] s_places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // Looks at every frame: when the page says something, when nothing in it is still being drawn.
    private const string Watch = """
        window.seen = {};
        const look = () => {
          const main = document.querySelector("main");
          const waiting = document.querySelectorAll(".mud-skeleton").length;
          const useful = main?.querySelector("h1") && main.querySelector(".card, .figure-card") && !main.querySelector(".skeletons");
          if (!seen.useful && useful) seen.useful = performance.now();
          if (!seen.drawn && seen.useful && waiting === 0) seen.drawn = performance.now();
          if (document.documentElement?.dataset.alive === "1" && !seen.alive) seen.alive = performance.now();
          requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
        """;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private BenchBrowser(IPlaywright playwright, IBrowser browser) => (this._playwright, this._browser) = (playwright, browser);

    public string Version => _browser.Version;

    public static async Task<BenchBrowser> StartAsync()
    {
        var program = Environment.GetEnvironmentVariable("ALMAGEST_CHROMIUM") is { Length: > 0 } named
            ? named
            : Array.Find(s_places, File.Exists)
                ?? throw new FormatException("there is no Chromium here: apt-get install chromium, or name one in ALMAGEST_CHROMIUM");
        var playwright = await Playwright.CreateAsync();
        return new BenchBrowser(
            playwright,
            await playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions
                {
                    ExecutablePath = program,
                    Headless = true,
                    Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
                }
            )
        );
    }

    /// <summary>A page with an empty cache.</summary>
    public async Task<BenchPage> OpenAsync(Uri server)
    {
        var context = await _browser.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = server.ToString(),
                ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            }
        );
        context.SetDefaultTimeout(180_000);
        await context.AddInitScriptAsync(Watch);
        return new BenchPage(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>One visit to a page.</summary>
internal sealed class BenchPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private long _pushed;

    public BenchPage(IBrowserContext context, IPage page)
    {
        (this._context, Page) = (context, page);
        page.WebSocket += (_, socket) =>
            socket.FrameReceived += (_, frame) =>
                Interlocked.Add(ref _pushed, (frame.Binary ?? System.Text.Encoding.UTF8.GetBytes(frame.Text ?? "")).Length);
    }

    public IPage Page { get; }

    /// <summary>Bytes that the server sent through the page's connection, before compression.</summary>
    public long Pushed => Interlocked.Read(ref _pushed);

    /// <param name="UsefulMs">until the page shows its numbers and tables</param>
    /// <param name="DrawnMs">until its charts are there, too</param>
    /// <param name="DocumentBytes">of the page itself</param>
    public readonly record struct Visit(double PaintMs, double UsefulMs, double DrawnMs, long DocumentBytes, long PushedBytes);

    public async Task<Visit> VisitAsync(string path)
    {
        var response = await Page.GotoAsync(path) ?? throw new InvalidOperationException($"{path} answered nothing");
        if (!response.Ok)
            throw new InvalidOperationException($"{path} answered {response.Status}");
        var document = (await response.BodyAsync()).LongLength;
        await Page.WaitForFunctionAsync("() => seen.drawn && seen.alive");
        var times = await Page.EvaluateAsync<double[]>(
            "() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, seen.useful, seen.drawn]"
        );
        return new Visit(times[0], times[1], times[2], document, Pushed);
    }

    /// <summary>Until an answer that is no page of the dashboard is on the screen, ms.</summary>
    public async Task<double> PaintAsync(string path)
    {
        await Page.GotoAsync(path);
        await Page.WaitForFunctionAsync("() => performance.getEntriesByName('first-contentful-paint').length > 0");
        return await Page.EvaluateAsync<double>("() => performance.getEntriesByName('first-contentful-paint')[0].startTime");
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
