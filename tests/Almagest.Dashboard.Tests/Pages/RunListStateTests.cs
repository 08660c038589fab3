using Almagest.Dashboard.Pages;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Almagest.Dashboard.Tests.Pages;

/// <summary>All that the list of runs shows is in its address.</summary>
public sealed class RunListStateTests
{
    private static RunListState Of(string query)
    {
        var asked = QueryHelpers.ParseQuery(query);
        return RunListState.Of(n => asked.TryGetValue(n, out var value) ? value.ToString() : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("q=a%20b&where=eps%20%3C%200.3&type=cluster&status=failed&dataset=x%26y&tag=t&from=2026-11-01&to=2026-11-30&found=none")]
    [InlineData("sort=-f1&page=7&size=100&columns=eps%2Cf1&fold=no")]
    [InlineData("group_id=0198c2a4-0000-7c3b-9f10-aaaaaaaaaaaa")]
    public void An_address_gives_the_state_and_the_state_the_address(string query) => Assert.Equal(query, Of(query).Text());

    [Theory]
    [InlineData("page=0&size=-3&from=yesterday&found=maybe", "")]
    [InlineData("size=100000", "size=500")]
    [InlineData("sort=-created", "")]
    public void What_means_nothing_is_left_out(string query, string meant) => Assert.Equal(meant, Of(query).Text());

    [Fact]
    public void Days_and_outcomes_become_conditions_and_the_last_day_is_whole()
    {
        var state = Of("where=eps%20%3C%201%20or%20eps%20%3E%202&from=2026-11-01&to=2026-11-30&found=some");
        Assert.Equal(
            "(eps < 1 or eps > 2) and created >= '2026-11-01' and created < '2026-12-01' and (anomaly_count > 0 or cluster_count > 0)",
            state.ToQuery(null, null).Where
        );
        Assert.StartsWith("discovery/runs?where=%28eps", state.Export("csv"), StringComparison.Ordinal);
        Assert.EndsWith("&sort=-created&format=csv", state.Export("csv"), StringComparison.Ordinal);
    }
}
