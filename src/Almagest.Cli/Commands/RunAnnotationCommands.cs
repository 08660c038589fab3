using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Annotations;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs tag</c> and <c>runs note</c>: what users write beside runs.</summary>
internal static class RunAnnotationCommands
{
    /// <summary>Who writes: as said, else the account.</summary>
    public static Option<string?> By() => OptionFactory.Text("--by", "NAME", "Who writes (default: your account's name)");

    public static string Who(ParseResult parsed, Option<string?> by) => parsed.GetValue(by) ?? Environment.UserName;

    public static Command Tag(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var action = new Argument<string?>("ACTION")
        {
            Description = "add or remove; left out: list the tags",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var tags = new Argument<string[]>("TAG")
        {
            Description = "Words of letters, digits and . _ - : / +",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var by = By();
        var command = new DescribedCommand(
            "tag",
            "Tag a run, to find it again with runs list --tag",
            "almagest runs tag 1f0c2a9e add paper hyades",
            "almagest runs tag 1f0c2a9e remove hyades"
        )
        {
            id,
            action,
            tags,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (what, words) = (parsed.GetValue(action), parsed.GetValue(tags) ?? []);
                if (what is not (null or "add" or "remove"))
                    throw new UsageException($"'{what}' is not an action on tags", "Write add or remove, then the tags.", "ACTION");
                if (what is not null && words.Length == 0)
                    throw new UsageException($"no tag to {what} is given", $"Write: almagest runs tag ID {what} TAG", "TAG");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var annotations = new RunAnnotations(session.Ledger);
                if (what == "add")
                    await annotations.AddTagsAsync(run.RunId, words, Who(parsed, by), shell.CancellationToken);
                if (what == "remove")
                    await annotations.RemoveTagsAsync(run.RunId, words, shell.CancellationToken);
                var found = await annotations.TagsAsync(run.RunId, shell.CancellationToken);
                shell.Answer(
                    RunResources.ListOf(run.RunId, found),
                    console =>
                        console.Say(
                            found.Count == 0
                                ? $"Run {ConsoleText.Short(run.RunId)} has no tags."
                                : $"Run {ConsoleText.Short(run.RunId)}: {string.Join(", ", found.Select(t => t.Tag))}"
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    public static Command Note(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var text = new Argument<string?>("TEXT")
        {
            Description = "What to note; left out: list the notes",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var remove = OptionFactory.Whole("--remove", "N", "Take note N away", 1, long.MaxValue);
        var by = By();
        var command = new DescribedCommand(
            "note",
            "Note something about a run",
            "almagest runs note 1f0c2a9e \"eps too large: joins the Hyades and the field\"",
            "almagest runs note 1f0c2a9e"
        )
        {
            id,
            text,
            remove,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var (words, gone) = (parsed.GetValue(text), parsed.GetValue(remove));
                if (words is not null && gone is not null)
                    throw new UsageException("both TEXT and --remove are given", "Give one of them.", "--remove");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var annotations = new RunAnnotations(session.Ledger);
                if (words is not null)
                    await annotations.AddNoteAsync(run.RunId, words, Who(parsed, by), shell.CancellationToken);
                if (gone is { } note)
                    await annotations.RemoveNoteAsync(run.RunId, note, Environment.UserName, shell.CancellationToken);
                var found = await annotations.NotesAsync(run.RunId, shell.CancellationToken);
                shell.Answer(
                    RunResources.ListOf(run.RunId, found),
                    console =>
                    {
                        if (found.Count == 0)
                            console.Say($"There is no note about run {ConsoleText.Short(run.RunId)}.");
                        foreach (var n in found)
                            console.Say($"{n.NoteId}  {n.WrittenAt:yyyy-MM-dd HH:mm}  {n.WrittenBy ?? "?"}: {n.Text}");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
