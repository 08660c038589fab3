using Almagest.Contract.Errors;
using Almagest.Dashboard.Pages;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Discovery.Registry;
using Almagest.Runs.Requests;
using Xunit;

namespace Almagest.Dashboard.Tests.Pages;

/// <summary>What is written in the form that starts runs, and the runs that it means.</summary>
public sealed class RunFormTests
{
    [Fact]
    public void Values_with_commas_between_mean_every_combination_in_the_order_of_the_form()
    {
        var form = new RunForm
        {
            Algorithm = DbscanParameters.Name,
            ["eps"] = "0.1, 0.2",
            ["min_samples"] = "5,10",
            Features = "cluster5d",
        };
        Assert.Equal([(0.1, 5), (0.1, 10), (0.2, 5), (0.2, 10)], form.Expand().Cast<DbscanParameters>().Select(p => (p.Eps, p.MinSamples)));
        Assert.All(form.Expand(), p => Assert.Equal("cluster5d", p.Features));
    }

    [Fact]
    public void A_range_of_seeds_means_each_of_them()
    {
        var form = new RunForm { ["random_state"] = "1-3, 7" };
        Assert.Equal([1, 2, 3, 7], form.Expand().Select(p => p.Seed!.Value));
    }

    [Fact]
    public void A_form_as_it_begins_means_one_run_with_the_defaults_of_its_algorithm()
    {
        foreach (var algorithm in Algorithms.All.Where(a => a.IsOffered).Select(a => a.Name))
            Assert.Equal(ParameterReader.Read(algorithm, "{}"), Assert.Single(new RunForm { Algorithm = algorithm }.Expand()));
    }

    [Theory]
    [InlineData("contamination", "0,05x", "expected a number")]
    [InlineData("contamination", "0.7", "contamination is 0.7")]
    [InlineData("contamination", "", "0 values")]
    [InlineData("contamination", "0.1, 0.1", "twice")]
    [InlineData("n_estimators", "1.5", "expected a whole number")]
    [InlineData("random_state", "9-2", "expected a whole number")]
    [InlineData("random_state", "1-100000", "expected a whole number")]
    public void What_is_wrong_is_said(string field, string text, string words)
    {
        var form = new RunForm { [field] = text };
        Assert.Contains(words, Assert.Throws<LedgerException>(() => form.Expand()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_restores_the_form_and_says_only_what_differs()
    {
        var form = new RunForm
        {
            Algorithm = HdbscanParameters.Name,
            ["min_cluster_size"] = "10, 20",
            ["cluster_selection_method"] = "leaf",
            ["allow_single_cluster"] = "false",
            Features = "population",
        };
        var address = form.Address();
        Assert.Equal(
            ["algorithm", "cluster_selection_method", "features", "min_cluster_size"],
            address.Where(p => p.Value is not null).Select(p => p.Key).Order()
        );
        var again = RunForm.Of(name => (string?)address.GetValueOrDefault(name));
        Assert.Equal(form.Expand(), again.Expand());
    }

    [Fact]
    public void What_an_address_says_of_unknown_things_is_left_out()
    {
        var form = RunForm.Of(name => name is "algorithm" or "features" or "cluster_selection_method" ? "nonsense" : null);
        Assert.Equal(new IsolationForestParameters(), Assert.Single(form.Expand()));
    }
}
