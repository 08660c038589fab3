using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Almagest.Discovery;

namespace Almagest.Cli.Shell;

/// <summary>What the parser did not understand, as one line and a hint.</summary>
internal static partial class UsageErrors
{
    /// <summary>
    /// An option that no command has, which the parser took for a value or an argument because one was due: the <c>--datset</c> of
    /// <c>ingest a.csv --datset x</c>. Null where there is none. What stands behind <c>--</c> may begin as it likes.
    /// </summary>
    public static string? MistakenOption(ParseResult parsed) =>
        parsed
            .Tokens.TakeWhile(t => t.Type != TokenType.DoubleDash)
            .FirstOrDefault(t => t.Type == TokenType.Argument && LongOption().IsMatch(t.Value))
            ?.Value;

    /// <param name="mistaken">an option that the parser took for a value</param>
    public static int Report(ParseResult parsed, CommandShell shell, string? mistaken = null)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        var unknown = mistaken ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
        var option = unknown is not null && unknown.StartsWith('-');
        // A value may be joined to its option.
        if (option)
            unknown = unknown!.Split('=', 2)[0];
        // A command without its subcommand reports the rest as unmatched too: the unknown word is the better message.
        var message = unknown switch
        {
            null when command.Subcommands.Count > 0 && parsed.Errors.All(e => e.SymbolResult is null or CommandResult) =>
                $"'{path}' needs a command after it",
            null => Sentence(parsed.Errors[0]),
            _ when option => $"'{path}' has no option {unknown}",
            _ when command.Subcommands.Count > 0 => $"'{path}' has no command '{unknown}'",
            _ => $"'{path}' does not expect '{unknown}'",
        };
        var hint =
            unknown is not null && NearestName.Of(unknown, Candidates(parsed.CommandResult, option)) is { } near
                ? $"Did you mean {near}? See: {path} --help"
            : option && Owners(parsed.RootCommandResult.Command, unknown!) is { Count: > 0 } owners
                ? $"It is an option of {string.Join(" and ", owners.Take(3).Select(o => $"'{o}'"))}. See: {path} --help"
            : command.Subcommands.Count > 0 && !option
                ? $"The commands are {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}; see: {path} --help"
            : $"See: {path} --help";
        var field = mistaken ?? FieldOf(parsed, unknown);
        return new ErrorReport(ErrorReport.BadUsage, message, hint, field, ExitCodes.BadUsage).Write(shell);
    }

    private static string? FieldOf(ParseResult parsed, string? unknown) =>
        parsed.Errors[0].SymbolResult switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult { Parent: OptionResult option } => option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => unknown,
        };

    private static string Sentence(ParseError error) =>
        RequiredOption().Match(error.Message) is { Success: true } missing ? $"{missing.Groups[1].Value} is missing" : SentenceOf(error);

    private static string SentenceOf(ParseError error) =>
        error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option when error.Message.StartsWith("Required", StringComparison.Ordinal) =>
                $"{option.Option.Name} needs a value",
            ArgumentResult { Tokens.Count: 0 } argument when argument.Parent is CommandResult => $"{argument.Argument.Name} is missing",
            _ => error.Message.TrimEnd('.'),
        };

    private static string PathOf(CommandResult result)
    {
        var names = new Stack<string>();
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
            names.Push(at.Parent is null ? "almagest" : command.Command.Name);
        return string.Join(' ', names);
    }

    private static IEnumerable<string> Candidates(CommandResult result, bool options)
    {
        if (!options)
            return result.Command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name);
        var names = new List<string>();
        for (SymbolResult? at = result; at is CommandResult { Command: var command }; at = at.Parent)
        {
            foreach (var option in command.Options.Where(o => !o.Hidden && (at == result || o.Recursive)))
            {
                names.Add(option.Name);
                names.AddRange(option.Aliases.Where(a => a.StartsWith("--", StringComparison.Ordinal)));
            }
        }
        return names;
    }

    /// <summary>The commands that have an option of this name.</summary>
    private static List<string> Owners(Command command, string option, string path = "almagest")
    {
        var owners = command.Options.Any(o => !o.Hidden && (o.Name == option || o.Aliases.Contains(option)))
            ? new List<string> { path }
            : [];
        foreach (var sub in command.Subcommands.Where(c => !c.Hidden))
            owners.AddRange(Owners(sub, option, $"{path} {sub.Name}"));
        return owners;
    }

    [GeneratedRegex("^Option '(--[a-z-]+)' is required")]
    private static partial Regex RequiredOption();

    [GeneratedRegex("^--[a-z][a-z0-9]*(-[a-z0-9]+)*(=.*)?$", RegexOptions.Singleline)]
    private static partial Regex LongOption();
}
