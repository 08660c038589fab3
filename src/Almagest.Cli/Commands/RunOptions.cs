using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Discovery.Features;

namespace Almagest.Cli.Commands;

/// <summary>The options of every run.</summary>
internal sealed class RunOptions
{
    public const int DefaultTop = 10;

    public Option<string[]> Dataset { get; } = Datasets();

    public Option<string?> Filter { get; } =
        OptionFactory.Text(
            "--filter",
            "TERMS",
            "Which of its stars, e.g. 'cone=56.75,24.1,2 magnitude=..15 parallax=5..10 pmra=-25..-15', or the JSON of the API",
            "-f"
        );

    public Option<string?> Quality { get; } =
        OptionFactory.Text(
            "--quality",
            "gaia",
            "Only stars that pass the published quality cuts of their release: RUWE, BP/RP excess factor, parallax / error of at least 5; "
                + "gaia, or gaia_dr2, gaia_dr3"
        );

    /// <summary>Flagged stars of one kind, of another run.</summary>
    public Option<string?> WithoutKind { get; } =
        OptionFactory.Text(
            "--without-kind",
            "RUN:KIND[,RUN:KIND…]",
            "Leave out the stars of these kinds of flagged stars ('runs kinds' lists them): look for what else there is"
        );

    public Option<string?> Features { get; }

    public Option<bool> NoSave { get; } = OptionFactory.Flag("--no-save", "Only print what is found; nothing is kept");

    /// <summary>Of a dataset that is read where it lies.</summary>
    public Option<string?> Output { get; } =
        new("--output", "-o")
        {
            Description =
                "With --no-save, of a dataset that is read where it lies: write what is found of every star to this folder, as a HATS "
                + "catalogue",
            HelpName = "FOLDER",
        };

    public Option<long?> Top { get; } =
        OptionFactory.Whole("--top", "N", $"How many stars or clusters to print (default {DefaultTop})", 0, 10_000);

    public Option<long?> Threads { get; } =
        OptionFactory.Whole("--threads", "N", "Threads to use; never changes a result (default: one per core)", 1, 1024);

    public Option<bool> Queue { get; } = OptionFactory.Flag("--queue", "Leave it to a server's worker, and return at once");

    public Option<bool> Distributed { get; } =
        OptionFactory.Flag(
            "--distributed",
            "Split it into tasks, which this command shares with all workers on the database (almagest worker, almagest serve); "
                + "the same results, to the last bit"
        );

    public Option<bool> Follow { get; } =
        OptionFactory.Flag("--follow", "Say stage by stage how far it is, also where there is no terminal; with --queue, wait for its end");

    /// <summary>One dataset, or several by repeating the option.</summary>
    public static Option<string[]> Datasets() =>
        new("--dataset", "-d")
        {
            Description = "The dataset, by name or number; may be left out where there is just one; repeated, the stars of all of them",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrMore,
            AllowMultipleArgumentsPerToken = false,
        };

    /// <param name="order">the recipes that a run takes where none is named: the first whose columns the stars have</param>
    public RunOptions(IReadOnlyList<string> order) =>
        Features = OptionFactory.Text(
            "--features",
            "RECIPE",
            $"Feature recipe, or several joined by '+': {string.Join(", ", FeatureRecipes.All.Select(r => r.Name))} "
                + $"(default: the first of {string.Join(", ", order)} whose columns the stars have)"
        );

    public void AddTo(Command command)
    {
        foreach (
            var option in new Option[] { Dataset, Filter, Quality, WithoutKind, Features, NoSave, Queue, Distributed, Follow, Top, Threads }
        )
            command.Add(option);
    }
}
