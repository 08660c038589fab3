using System.CommandLine;
using System.CommandLine.Parsing;

namespace Almagest.Cli.Shell;

/// <summary>What the parser did not understand, as one line and a hint.</summary>
internal static class UsageErrors
{
    public static int Report(ParseResult parsed, CommandShell shell)
    {
        var command = parsed.CommandResult.Command;
        var path = PathOf(parsed.CommandResult);
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        // A command without its subcommand reports the rest as unmatched too: the unknown word is the better message.
        var message = unknown switch
        {
            null when command.Subcommands.Count > 0 && parsed.Errors.All(e => e.SymbolResult is null or CommandResult) =>
                $"'{path}' needs a command after it",
            null => Sentence(parsed.Errors[0]),
            _ when unknown.StartsWith('-') => $"'{path}' has no option {unknown}",
            _ when command.Subcommands.Count > 0 => $"'{path}' has no command '{unknown}'",
            _ => $"'{path}' does not expect '{unknown}'",
        };
        var hint =
            unknown is not null && Nearest(unknown, Candidates(parsed.CommandResult)) is { } near
                ? $"Did you mean {near}? See: {path} --help"
            : command.Subcommands.Count > 0 && (unknown is null || !unknown.StartsWith('-'))
                ? $"The commands are {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}; see: {path} --help"
            : $"See: {path} --help";
        var field = parsed.Errors[0].SymbolResult switch
        {
            OptionResult option => option.Option.Name,
            ArgumentResult { Parent: OptionResult option } => option.Option.Name,
            ArgumentResult argument => argument.Argument.Name,
            _ => unknown,
        };
        return new ErrorReport(ErrorReport.BadUsage, message, hint, field, ExitCodes.BadUsage).Write(shell);
    }

    private static string Sentence(ParseError error) =>
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

    private static IEnumerable<string> Candidates(CommandResult result)
    {
        for (SymbolResult? at = result; at is CommandResult { Command: var command }; at = at.Parent)
        {
            foreach (var option in command.Options.Where(o => !o.Hidden && (at == result || o.Recursive)))
                yield return option.Name;
            if (at != result)
                continue;
            foreach (var sub in command.Subcommands.Where(c => !c.Hidden))
                yield return sub.Name;
        }
    }

    private static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var best = candidates.Select(c => (Name: c, Distance: Distance(word, c))).OrderBy(c => c.Distance).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Max(1, word.TrimStart('-').Length / 3) ? best.Name : null;
    }

    /// <summary>Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
