using Almagest.Ledger.Database;
using Almagest.Ledger.Schema;
using Almagest.Server;
using Almagest.Server.Hosting;
using Almagest.Testing;
using Microsoft.Playwright;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>The scheduled job as its page shows it.</summary>
public sealed class NightlyTests(Browser browser)
{
    [Fact]
    public async Task An_execution_of_the_nightly_job_is_in_its_history()
    {
        await using var database = await (await TestDatabaseServer.GetAsync()).CreateDatabaseAsync();
        await using var ledger = new LedgerDatabase(database.ConnectionString);
        await ledger.Schema.MigrateAsync(TestContext.Current.CancellationToken);
        await using var app = await AlmagestServer.StartAsync(
            new ServerOptions
            {
                Ledger = ledger,
                Port = 0,
                Workers = 0,
                NightlyCron = "*/2 * * * * *",
            },
            TestContext.Current.CancellationToken
        );
        await using (var walk = await browser.OpenAsync(AlmagestServer.AddressOf(app)))
        {
            await walk.GoAsync("/views", "Views");
            var job = walk.Page.Locator("section", new PageLocatorOptions { HasText = "Scheduled jobs" }).Locator("tbody tr");
            // The page follows by itself: it shows what happens while it is open.
            await Assertions
                .Expect(job.First)
                .ToContainTextAsync(
                    $"{Almagest.Ledger.Views.AnalyticsViews.All.Count} views refreshed",
                    new LocatorAssertionsToContainTextOptions { Timeout = 60_000 }
                );
            await Assertions.Expect(job.First.Locator(".chip.succeeded")).ToHaveCountAsync(1);
            await Assertions.Expect(job.First).ToContainTextAsync("*/2 * * * * *");
            await Assertions
                .Expect(
                    walk.Page.Locator("section", new PageLocatorOptions { HasText = "Last refreshes" })
                        .Locator("tbody tr", new LocatorLocatorOptions { HasText = "nightly" })
                        .First
                )
                .ToContainTextAsync("mv_");
        }
        await app.StopAsync(TestContext.Current.CancellationToken);
    }
}
