using Almagest.Dashboard.Shared;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Microsoft.AspNetCore.WebUtilities;
using Xunit;

namespace Almagest.Dashboard.Tests.Shared;

/// <summary>The form as it was written for a run.</summary>
public sealed class StartAddressTests
{
    private static readonly Guid s_run = Guid.Parse("019a0000-0000-7000-8000-000000000001");

    [Fact]
    public void Parameters_and_conditions_stand_in_the_address_and_stars_named_one_by_one_do_not()
    {
        var filter = new StarFilter { Magnitude = new Bounds(null, 12), Without = [.. Enumerable.Range(0, 9000).Select(i => $"Gaia {i}")] };
        var address = StartAddress.Of(Run(filter), "m 67");
        var query = QueryHelpers.ParseQuery(address[address.IndexOf('?', StringComparison.Ordinal)..]);
        Assert.Equal(
            ["m 67", "isolation_forest", "0.06", "population"],
            new[] { "dataset", "algorithm", "contamination", "features" }.Select(name => query[name].ToString())
        );
        Assert.Equal(filter with { Without = null }, StarFilterText.Parse(query["filter"]));
        Assert.Equal(s_run.ToString(), query["of"].ToString());
        Assert.False(query.ContainsKey("without_kind"));
    }

    [Fact]
    public void A_kind_that_is_left_out_is_named_with_its_run()
    {
        var address = StartAddress.Of(Run(StarFilter.All), "m67", withoutKind: 3);
        Assert.EndsWith($"&of={s_run}&without_kind=3", address, StringComparison.Ordinal);
        Assert.DoesNotContain("of=", StartAddress.Of(Run(StarFilter.All), "m67"), StringComparison.Ordinal);
    }

    private static DiscoveryRun Run(StarFilter filter) =>
        new()
        {
            RunId = s_run,
            RunType = RunTypes.Anomaly,
            Status = RunStatus.Completed,
            ProgramVersion = "1",
            Algorithm = "isolation_forest",
            Parameters = """{"contamination":0.06,"features":"population@2","nothing":null}""",
            DatasetFilter = filter.ToJson(),
        };
}
