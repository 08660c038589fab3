using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>One visit of one person: every console error, failed request and request to elsewhere is held against the pages at its
/// end.</summary>
public sealed class Walk : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = new();

    private Walk(IBrowserContext context, IPage page) => (_context, Page) = (context, page);

    public IPage Page { get; }

    public static async Task<Walk> StartAsync(IBrowserContext context, bool mayFail = false)
    {
        var walk = new Walk(context, await context.NewPageAsync());
        walk.Page.Console += (_, m) =>
        {
            if (m.Type is "error" or "warning" && !(mayFail && m.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)))
                walk._complaints.Enqueue($"console: {m.Text}");
        };
        walk.Page.PageError += (_, e) => walk._complaints.Enqueue($"script: {e}");
        walk.Page.Request += (_, r) => walk.Note(r.Url);
        walk.Page.WebSocket += (_, s) => walk.Note(s.Url);
        walk.Page.Response += (_, r) =>
        {
            if (r.Status >= 400 && !mayFail)
                walk._complaints.Enqueue($"{r.Status}: {r.Url}");
        };
        return walk;
    }

    private void Note(string url)
    {
        var address = new Uri(url);
        if (address.Scheme is not ("data" or "blob") && address.Host != "127.0.0.1")
            _complaints.Enqueue($"asked {address}");
    }

    /// <summary>Goes to a page and waits until it is connected, its heading is there and its charts are drawn.</summary>
    public async Task GoAsync(string path, string heading)
    {
        await OpenAsync(path);
        await HeadedAsync(heading);
    }

    /// <summary>Goes to an address, whatever it shows, and waits until the page answers.</summary>
    public async Task<IResponse> OpenAsync(string path)
    {
        var response = await Page.GotoAsync(path);
        await ConnectedAsync(Page);
        return response!;
    }

    /// <summary>
    /// Waits until the page is connected to its server. What is clicked or written on the page that the server drew before goes nowhere:
    /// everything that loads a page anew must be followed by this.
    /// </summary>
    public static Task ConnectedAsync(IPage page) => page.WaitForFunctionAsync("() => document.documentElement.dataset.alive === '1'");

    /// <summary>Waits for a page that a click leads to.</summary>
    public async Task HeadedAsync(string heading)
    {
        await Page.Locator("h1").Filter(new LocatorFilterOptions { HasText = heading }).WaitForAsync();
        await DrawnAsync();
    }

    /// <summary>
    /// Waits until the address matches. It is asked for again and again: Playwright's own waiting for a navigation now and then misses one
    /// that a script makes while the waiting begins.
    /// </summary>
    public Task ArrivesAsync(string pattern) =>
        Assertions.Expect(Page).ToHaveURLAsync(new Regex(pattern), new PageAssertionsToHaveURLOptions { Timeout = 60_000 });

    /// <summary>What a click saves, and the name that it proposes.</summary>
    public async Task<(byte[] Content, string Name)> SaveAsync(ILocator button)
    {
        var download = await Page.RunAndWaitForDownloadAsync(() => button.ClickAsync());
        return (await File.ReadAllBytesAsync(await download.PathAsync()), download.SuggestedFilename);
    }

    /// <summary>As a reader of English would write it.</summary>
    public static string Count(long number) => number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture);

    public ILocator Button(string name, bool exact = false) =>
        Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = exact });

    public Task DrawnAsync() => Page.WaitForFunctionAsync("() => document.querySelectorAll('.mud-skeleton').length === 0");

    public async Task SeesAsync(string text)
    {
        try
        {
            await Page.Locator("main").GetByText(text).First.WaitForAsync();
        }
        catch (TimeoutException)
        {
            Assert.Fail(
                $"'{text}' is not on {Page.Url}, which says: {string.Join("; ", await Page.Locator(".problem").AllInnerTextsAsync())}"
            );
        }
    }

    /// <summary>Waits until the page holds so many, as a person would: what a click changes comes from the server.</summary>
    public Task SeesAsync(int count, string selector) =>
        Assertions.Expect(Page.Locator(selector)).ToHaveCountAsync(count, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });

    /// <summary>Keeps a picture for the README, where ALMAGEST_SCREENSHOTS names a folder.</summary>
    public async Task KeepAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_SCREENSHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    /// <summary>No part of the page is cut off at the right edge or has to be scrolled to.</summary>
    public async Task FitsAsync() =>
        Assert.True(
            await Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"),
            $"{Page.Url} is wider than the window"
        );

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Assert.Empty(_complaints);
    }
}
