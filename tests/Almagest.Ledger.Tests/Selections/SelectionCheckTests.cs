using Almagest.Contract.Errors;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

/// <summary>Selections that cannot be analysed are refused before anything starts, with what may be wrong.</summary>
public sealed class SelectionCheckTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("extra.phot_bp_mean_mg=1..2", "filter.extra.phot_bp_mean_mg", "Did you mean phot_bp_mean_mag?")]
    [InlineData("extra.E(BP/RP)=1..2", "filter.extra.E(BP/RP)", "It is the field phot_bp_rp_excess_factor.")]
    [InlineData("extra.zzzzz=1..2", "filter.extra.zzzzz", "There are phot_bp_mean_mag, teff.")]
    [InlineData("extra.teff=8000..", "filter", "No star has teff ≥ 8000: leave extra.teff out, or widen it.")]
    [InlineData("magnitude=..1 dec_deg=..0", "filter", "No star has magnitude ≤ 1: leave magnitude out, or widen it.")]
    [InlineData("ruwe=..1.4", "filter", "No star has RUWE ≤ 1.4: leave ruwe out, or widen it.")]
    [InlineData("cone=10,10,0.001", "filter", "No star is within 0.001° of (10, 10): leave cone out, or widen it.")]
    [InlineData("magnitude=..10.5 color=1.5..", "filter", "Widen the filter: a run needs at least 5 stars.")]
    [InlineData("sample=41", "filter.sample.n", "Take fewer, or leave the sample out.")]
    public async Task The_remedy_names_what_no_star_has(string filter, string field, string remedy)
    {
        await using var test = await TestLedger.CreateAsync();
        var (_, ids) = await test.AddDatasetAsync("a", 40);
        await test.ExecuteAsync(
            $$"""
            update stars set magnitude = 10 + (star_id - {{ids[0]}}) / 40.0, color = case when star_id < {{ids[
                20
            ]}} then 1 else 2 end, extra = '{"phot_bp_mean_mag": 12.5, "teff": 5000}'
            """
        );
        var request = new RunRequest("a", StarFilterText.Parse(filter), new DbscanParameters { Features = "sphere" });
        foreach (
            var ask in new Func<Task>[]
            {
                () => new DiscoveryService(test.Ledger).SubmitAsync(request, CancellationToken),
                () => new DiscoveryService(test.Ledger).PreviewAsync(request, null, CancellationToken),
            }
        )
        {
            var refused = await Assert.ThrowsAsync<LedgerException>(ask);
            Assert.Equal((LedgerErrorKind.Invalid, field, remedy), (refused.Kind, refused.Field, refused.Remedy));
        }
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_runs"));
    }
}
