using System.CommandLine;
using Almagest.Cli.Commands;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Testing.Ledgers;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>The options of an algorithm are its parameters, whatever the algorithm.</summary>
public sealed class AlgorithmOptionsTests
{
    private static IReadOnlyList<RunParameters> Read(IReadOnlyList<Algorithm> algorithms, string line)
    {
        var (command, options) = Made(algorithms);
        var parsed = command.Parse(line);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, "sphere");
    }

    private static (Command, AlgorithmOptions) Made(IReadOnlyList<Algorithm> algorithms)
    {
        var options = new AlgorithmOptions(algorithms);
        var command = new RootCommand("test");
        options.AddTo(command);
        return (command, options);
    }

    [Fact]
    public void Each_parameter_has_an_option_with_its_range_and_default_in_the_help()
    {
        var (command, _) = Made([MadeUpAlgorithm.Instance]);
        var options = command.Options.Where(o => o.Name is not ("--help" or "--version")).ToDictionary(o => o.Name);
        Assert.Equal(
            [
                "--both",
                "--cut",
                "--distance-without-errors",
                "--half",
                "--least",
                "--min-parallax-over-error",
                "--missing",
                "--most-stars",
                "--seed",
            ],
            options.Keys.Order()
        );
        Assert.Equal(["--least-stars"], options["--least"].Aliases);
        Assert.Equal("Where the stars are cut in two, in (0, 10] (default 1)", options["--cut"].Description);
        Assert.Equal(
            "Least stars of a half, 2 or more (default 3); a list makes one run each, all from one sort where --cut is given",
            options["--least"].Description
        );
        Assert.Equal("Most stars of a half, 2 or more (default all)", options["--most-stars"].Description);
        Assert.Equal("low|high", options["--half"].HelpName);
    }

    [Fact]
    public void What_is_given_is_the_parameters_and_a_list_makes_one_run_each() =>
        Assert.Equal(
            [
                new MadeUpParameters
                {
                    Cut = 0.5,
                    LeastStars = 2,
                    Half = "high",
                    Both = true,
                    RandomState = 9,
                    Features = "sphere",
                },
                new MadeUpParameters
                {
                    Cut = 0.5,
                    LeastStars = 4,
                    Half = "high",
                    Both = true,
                    RandomState = 9,
                    Features = "sphere",
                },
            ],
            Read([MadeUpAlgorithm.Instance], "--cut 0.5 --least 2,4 --half high --both --random-state 9")
        );

    [Fact]
    public void Of_several_algorithms_the_first_is_taken_unless_another_is_named()
    {
        Algorithm[] both = [DbscanAlgorithm.Instance, MadeUpAlgorithm.Instance];
        Assert.IsType<DbscanParameters>(Assert.Single(Read(both, "--eps 0.1")));
        Assert.IsType<MadeUpParameters>(Assert.Single(Read(both, "--algorithm made_up --cut 2")));
        Assert.Contains(
            "--eps means nothing to made_up",
            Assert.Throws<LedgerException>(() => Read(both, "--algorithm made_up --eps 1")).Message
        );
        Assert.Contains("there is no algorithm 'third'", Assert.Throws<LedgerException>(() => Read(both, "--algorithm third")).Message);
        var cut = Made(both).Item1.Options.Single(o => o.Name == "--cut");
        Assert.StartsWith("made_up: Where", cut.Description);
    }

    [Fact]
    public void A_value_out_of_range_is_refused_by_the_name_that_is_stored() =>
        Assert.Equal("parameters.cut", Assert.Throws<LedgerException>(() => Read([MadeUpAlgorithm.Instance], "--cut 11")).Field);
}
