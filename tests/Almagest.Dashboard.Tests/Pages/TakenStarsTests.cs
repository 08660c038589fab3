using Almagest.Contract.Errors;
using Almagest.Dashboard.Pages;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Xunit;

namespace Almagest.Dashboard.Tests.Pages;

/// <summary>Stars that the form of a run takes or leaves out by their ids.</summary>
public sealed class TakenStarsTests
{
    [Fact]
    public void What_the_form_names_itself_holds_as_well()
    {
        var written = StarFilterText.Parse("magnitude=..12 without=c only=a,b");
        var narrowed = Named(["b", "d"], ["e"]).Narrow(written);
        Assert.Equal(written with { Only = ["b"], Without = ["c", "e"] }, narrowed);
        Assert.Equal(written, Named(null, null).Narrow(written));
        Assert.Equal(StarFilter.All with { Without = ["e"] }, Named(null, ["e"]).Narrow(StarFilter.All));
    }

    [Fact]
    public void No_star_in_both_is_not_all_stars()
    {
        var narrowed = Named(["d"], null).Narrow(StarFilterText.Parse("only=a,b"));
        Assert.Throws<LedgerException>(narrowed.Validate);
    }

    private static TakenStars Named(SourceIds? only, SourceIds? without) =>
        new(
            new DiscoveryRun
            {
                RunType = RunTypes.Anomaly,
                Algorithm = "mcd",
                Parameters = "{}",
                DatasetFilter = "{}",
                Status = RunStatus.Completed,
                ProgramVersion = "1",
            },
            only,
            without,
            ""
        );
}
