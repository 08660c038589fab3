using Microsoft.Playwright;
using Xunit;

[assembly: AssemblyFixture(typeof(Almagest.EndToEnd.Browser))]

namespace Almagest.EndToEnd;

/// <summary>The machine's own Chromium, which can reach nothing but 127.0.0.1.</summary>
public sealed class Browser : IAsyncLifetime
{
    /// <summary>What has no window takes a third less of the processor: Chromium draws the parts around the page, too, that nobody
    /// sees.</summary>
    private static readonly string[] s_places =
    [
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string? Program { get; } =
        Environment.GetEnvironmentVariable("ALMAGEST_CHROMIUM") is { Length: > 0 } named ? named : s_places.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Program is null)
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Headless = true,
                Args =
                [
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                ],
            }
        );
    }

    /// <summary>A page with a fresh profile that notes errors and foreign requests.</summary>
    /// <param name="anyCertificate">also one that nobody vouches for</param>
    /// <param name="mayFail">an answer may be an error that the page explains</param>
    public async Task<Walk> OpenAsync(
        Uri server,
        int width = 1280,
        int height = 900,
        bool dark = false,
        bool mayFail = false,
        bool anyCertificate = false
    )
    {
        Assert.SkipWhen(Program is null, "There is no Chromium here: apt-get install chromium, or name one in ALMAGEST_CHROMIUM.");
        var context = await _browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                BaseURL = server.ToString(),
                IgnoreHTTPSErrors = anyCertificate,
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
            }
        );
        context.SetDefaultTimeout(60_000);
        return await Walk.StartAsync(context, mayFail);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
