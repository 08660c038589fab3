using System.CommandLine;
using System.Text;

namespace Almagest.Cli.Shell;

/// <summary>
/// The help of a command in so many columns. Lines break between words alone: what is wider than the page, such as a list of choices
/// without spaces, stands out of it whole, so that it can be copied.
/// </summary>
internal sealed class HelpText(Command command, int width)
{
    private const int Indent = 2;
    private const int Gap = 2;

    // Descriptions begin here at the latest; a longer name has a line of its own.
    private const int WidestNames = 34;

    private readonly StringBuilder _text = new();

    public static string Of(Command command, int width) => new HelpText(command, Math.Max(width, 20)).Write();

    private string Write()
    {
        Section("Description:", () => Paragraph(command.Description ?? "", Indent, Indent));
        Section("Usage:", () => Paragraph(Usage(), Indent, Indent + 4));
        Table("Arguments:", [.. command.Arguments.Where(a => !a.Hidden).Select(a => ($"<{a.Name}>", a.Description ?? ""))]);
        Table("Options:", [.. Options().Select(o => (NameOf(o), o.Description ?? ""))]);
        Table("Commands:", [.. command.Subcommands.Where(c => !c.Hidden).Select(c => (NameOf(c), c.Description ?? ""))]);
        return _text.ToString();
    }

    private IEnumerable<Option> Options()
    {
        foreach (var option in command.Options.Where(o => !o.Hidden))
            yield return option;
        foreach (var above in Above())
        foreach (var option in above.Options.Where(o => o.Recursive && !o.Hidden && !command.Options.Contains(o)))
            yield return option;
    }

    private IEnumerable<Command> Above()
    {
        for (
            var at = command.Parents.OfType<Command>().FirstOrDefault();
            at is not null;
            at = at.Parents.OfType<Command>().FirstOrDefault()
        )
            yield return at;
    }

    private string Usage()
    {
        var words = new List<string>();
        words.AddRange(Above().Reverse().Append(command).Select(c => c is RootCommand ? "almagest" : c.Name));
        if (command.Subcommands.Any(c => !c.Hidden))
            words.Add("<command>");
        words.AddRange(command.Arguments.Where(a => !a.Hidden).Select(Usage));
        if (Options().Any())
            words.Add("[options]");
        return string.Join(' ', words);
    }

    private static string Usage(Argument argument)
    {
        var name = $"<{argument.Name}>" + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
        return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
    }

    private static string NameOf(Symbol symbol) =>
        symbol switch
        {
            Option option => string.Join(
                ", ",
                // The parser also takes the /h of Windows, and keeps it to itself.
                option
                    .Aliases.Append(option.Name)
                    .Where(a => a[0] == '-')
                    .OrderBy(a => a.Length > 2)
                    .ThenBy(a => a, StringComparer.Ordinal)
            )
                + (option.HelpName is { } value && option.Arity.MaximumNumberOfValues > 0 ? $" <{value}>" : "")
                + (option.Required ? " (required)" : ""),
            Command sub => string.Join(
                ' ',
                sub.Arguments.Where(a => !a.Hidden).Select(a => $"<{a.Name}>").Prepend(string.Join(", ", sub.Aliases.Prepend(sub.Name)))
            ),
            _ => symbol.Name,
        };

    private void Section(string heading, Action content)
    {
        _text.Append(heading).Append('\n');
        content();
        _text.Append('\n');
    }

    private void Table(string heading, List<(string Name, string Description)> rows)
    {
        if (rows.Count == 0)
            return;
        var most = Math.Min(WidestNames, width / 2);
        var names = rows.Select(r => r.Name.Length).Where(n => n <= most).DefaultIfEmpty(0).Max();
        // Names that are all longer leave the column narrow.
        var column = Indent + Math.Max(names, Math.Min(most, 8)) + Gap;
        Section(
            heading,
            () =>
            {
                foreach (var (name, description) in rows)
                {
                    if (Indent + name.Length + Gap > column)
                    {
                        Paragraph(name, Indent, Indent + 4);
                        if (description.Length > 0)
                            Paragraph(description, column, column);
                    }
                    else
                    {
                        Paragraph(description, column, column, new string(' ', Indent) + name);
                    }
                }
            }
        );
    }

    /// <summary>Text, broken between its words.</summary>
    /// <param name="first">column of the first line</param>
    /// <param name="rest">column of the others</param>
    /// <param name="before">what stands before the first line</param>
    private void Paragraph(string text, int first, int rest, string before = "")
    {
        var line = new StringBuilder(before.PadRight(first));
        var start = line.Length;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > start && line.Length + 1 + word.Length > width)
            {
                _text.Append(line).Append('\n');
                line.Clear().Append(' ', rest);
                start = line.Length;
            }
            if (line.Length > start)
                line.Append(' ');
            line.Append(word);
        }
        _text.Append(line.ToString().TrimEnd()).Append('\n');
    }
}
