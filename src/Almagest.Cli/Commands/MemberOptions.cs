using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Ledger.Annotations;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary>What a command that loads labels takes where its file is a list of a cluster's members.</summary>
internal sealed class MemberOptions
{
    private readonly Option<string?> _members = OptionFactory.Text(
        "--as",
        "CLUSTER",
        "The labels' file lists members of this cluster: ids are enough, and stars that it does not name count as non-members"
    );

    private readonly Option<bool> _partial = OptionFactory.Flag(
        "--partial",
        "With --as: the list does not name all members, so that nothing is said of the other stars"
    );

    private readonly Option<double?> _least = OptionFactory.Real(
        "--min-probability",
        "P",
        "With --as: only rows whose column of probabilities holds at least this much"
    );

    public void AddTo(Command command)
    {
        command.Add(_members);
        command.Add(_partial);
        command.Add(_least);
    }

    public LabelOptions Apply(ParseResult parsed, LabelOptions options)
    {
        var members = parsed.GetValue(_members);
        if (members is null && parsed.GetValue(_partial))
            throw new UsageException("--partial is of a list of members", "Name their cluster with --as.", "--partial");
        if (members is null && parsed.GetValue(_least) is not null)
            throw new UsageException("--min-probability is of a list of members", "Name their cluster with --as.", "--min-probability");
        return options with { MembersOf = members, Partial = parsed.GetValue(_partial), LeastProbability = parsed.GetValue(_least) };
    }

    public static void Say(IAnsiConsole console, LabelReport report)
    {
        console.Say(
            $"{ConsoleText.Plural(report.Labels, "star", "stars")} of {report.Dataset} labelled in the set {report.LabelSet}"
                + (
                    report.Unknown > 0
                        ? $"; {ConsoleText.Count(report.Unknown)} of the file {(report.Unknown == 1 ? "is" : "are")} not in the dataset"
                        : ""
                )
                + (
                    report.NonMembers > 0
                        ? $"; {ConsoleText.Plural(report.NonMembers, "other counts", "others count")} as members of no cluster"
                        : ""
                )
                + "."
        );
        foreach (var note in report.Notes)
            console.Say(note);
    }
}
