using System.Text;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Completion;

/// <summary>The manual page <c>almagest(1)</c>, in the language of man(7).</summary>
internal static class ManualPage
{
    public static string Of(CommandNode root, IReadOnlyList<Setting> settings, string version)
    {
        var text = new StringBuilder();
        text.Append($".\\\" Written by 'almagest completion man'.\n.TH ALMAGEST 1 \"\" \"Almagest {version}\" \"User Commands\"\n");
        // Names are neither hyphenated nor torn apart.
        text.Append(".nh\n.ad l\n");
        text.Append(".SH NAME\nalmagest \\- a discovery ledger for star catalogues\n");
        text.Append(".SH SYNOPSIS\n.B almagest\n.I COMMAND\n.RI [ OPTION ...]\n");
        text.Append(".SH DESCRIPTION\n").Append(Line(root.Description));
        text.Append(
            Line(
                "Without --database the ledger is in an embedded PostgreSQL under ALMAGEST_HOME, which is created, started and stopped as "
                    + "needed. Every command has --help with examples."
            )
        );
        text.Append(".SH OPTIONS\nThese are options of every command.\n");
        foreach (var option in root.Options)
            text.Append(Entry(option));
        text.Append(".SH COMMANDS\n");
        var everywhere = root.Options.SelectMany(o => o.Names).ToHashSet();
        foreach (var node in root.All().Skip(1))
        {
            var arguments = node.Command.Arguments.Where(a => !a.Hidden).ToList();
            text.Append($".SS \"{Plain(node.Path)}{string.Concat(arguments.Select(a => $" {Plain(a.Name)}"))}\"\n");
            text.Append(Line(node.Description + "."));
            foreach (var argument in arguments)
                text.Append($".TP\n.I {Plain(argument.Name)}\n").Append(Line(argument.Description ?? ""));
            foreach (var option in node.Options.Where(o => !o.Names.Any(everywhere.Contains)))
                text.Append(Entry(option));
            if (node.Command is DescribedCommand { Examples.Count: > 0 } described)
            {
                text.Append(".PP\nExamples:\n.PP\n.nf\n");
                foreach (var example in described.Examples)
                    text.Append(Line($"    {example}"));
                text.Append(".fi\n");
            }
        }
        text.Append(".SH FILES\n");
        text.Append($".TP\n.I {Plain(SettingSources.UsualSystemFile)}\nSettings of everybody on the machine, in TOML.\n");
        text.Append(".TP\n.I $ALMAGEST_HOME/config.toml\nOne's own, which win over those. See\n.BR \"almagest config show\" .\n");
        text.Append(".SH ENVIRONMENT\nThe environment wins over files, options win over both.\n");
        foreach (var setting in settings)
            text.Append($".TP\n.B {Plain(setting.Variable)}\n").Append(Line(setting.Description + "."));
        text.Append(".SH EXIT STATUS\n");
        foreach (
            var (code, meaning) in new[]
            {
                ("0", "done"),
                ("1", "failed, or a check found a difference"),
                ("2", "not understood: nothing was done"),
                ("130", "ended by Ctrl-C"),
            }
        )
            text.Append($".TP\n.B {code}\n{meaning}\n");
        return text.ToString();
    }

    private static string Entry(OptionNode option) =>
        $".TP\n.BR {string.Join(" \", \" ", option.Names.Select(Plain))}"
        + (option.Value is { } value ? $" \" {Plain(value).Replace("\"", "\\(dq", StringComparison.Ordinal)}\"" : "")
        + $"\n{Line(option.Description)}";

    private static string Line(string text)
    {
        var plain = Plain(text);
        return (plain.StartsWith('.') || plain.StartsWith('\'') ? "\\&" : "") + plain + "\n";
    }

    private static string Plain(string text) =>
        text.Replace("\\", "\\e", StringComparison.Ordinal)
            .Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("'", "\\(aq", StringComparison.Ordinal)
            .ReplaceLineEndings(" ");
}
