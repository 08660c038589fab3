using System.CommandLine;

namespace Almagest.Cli.Completion;

/// <summary>What can be written after a command, as the help has it: of one tree come help, completion and manual.</summary>
/// <param name="Path">from <c>almagest</c> on</param>
/// <param name="TakesFiles">whether an argument of it is a file</param>
internal sealed record CommandNode(
    string Path,
    Command Command,
    IReadOnlyList<CommandNode> Commands,
    IReadOnlyList<OptionNode> Options,
    bool TakesFiles
)
{
    private static readonly string[] s_files = ["FILE", "FILES", "F", "FOLDER", "PATH"];

    public string Name => Command.Name;

    public string Description => Command.Description ?? "";

    public static CommandNode Of(RootCommand root) => Of(root, "almagest", []);

    /// <summary>It and all below it, parents first.</summary>
    public IEnumerable<CommandNode> All() => Commands.SelectMany(c => c.All()).Prepend(this);

    /// <summary>Whether a value of that name is a file.</summary>
    public static bool IsFile(string? name) => name is not null && s_files.Contains(name.TrimEnd('…', '.'));

    private static CommandNode Of(Command command, string path, IReadOnlyList<Option> above)
    {
        var own = command.Options.Where(o => !o.Hidden).ToList();
        var all = own.Concat(above.Where(a => !own.Contains(a))).ToList();
        var recursive = all.Where(o => o.Recursive).ToList();
        return new CommandNode(
            path,
            command,
            [.. command.Subcommands.Where(c => !c.Hidden).Select(c => Of(c, $"{path} {c.Name}", recursive))],
            [.. all.Select(OptionNode.Of)],
            command.Arguments.Any(a => !a.Hidden && IsFile(a.Name))
        );
    }
}

/// <summary>An option with all its names.</summary>
/// <param name="Names">with their dashes, short ones first</param>
/// <param name="Value">what its value is called in the help; null where it takes none</param>
/// <param name="Choices">where its value is one of a few</param>
internal sealed record OptionNode(IReadOnlyList<string> Names, string? Value, IReadOnlyList<string> Choices, string Description)
{
    public bool TakesFile => CommandNode.IsFile(Value);

    // Help also answers to the /h and -? of other systems.
    private static bool IsTyped(string name) => name[0] == '-' && char.IsLetter(name.TrimStart('-')[0]);

    public static OptionNode Of(Option option)
    {
        var names = option.Aliases.Append(option.Name).Where(IsTyped).Distinct().OrderBy(n => n.Length > 2);
        var value = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) ? option.HelpName ?? "VALUE" : null;
        // Words in capitals stand for a value.
        var choices =
            value?.Split('|') is { Length: > 1 } parts && parts.All(p => p.Length > 0 && p.All(c => char.IsLower(c) || c is '-' or '_'))
                ? parts
                : [];
        return new OptionNode([.. names], value, choices, option.Description ?? "");
    }
}
