using Almagest.Ledger.Views;
using Xunit;

namespace Almagest.Ledger.Tests.Schema;

internal static class ViewAssert
{
    /// <summary>Every view of this program is there, and holds exactly what its definition gives.</summary>
    public static async Task AgreeAsync(TestLedger test)
    {
        var verified = await new ViewVerifier(test.Ledger).VerifyAsync();
        Assert.Equal(AnalyticsViews.All.Select(v => v.Name), verified.Select(v => v.ViewName));
        Assert.All(verified, v => Assert.True(v.Agrees, v.ViewName));
    }
}
