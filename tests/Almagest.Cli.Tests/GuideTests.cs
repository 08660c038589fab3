using System.CommandLine;
using Almagest.Cli.Shell;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class GuideTests
{
    [Fact]
    public void The_guide_names_every_command_and_every_option()
    {
        var guide = File.ReadAllText(Find("docs/guide/command-line.md"));
        var root = CommandLine.Build(new CommandShell(TextWriter.Null, TextWriter.Null, TerminalInfo.None, false, CancellationToken.None));

        Assert.All(root.Subcommands, command => Assert.Matches($"(?m)^## .*\\b{command.Name}\\b", guide));
        var missing = Walk(root)
            .SelectMany(c => c.Options.Where(o => !o.Hidden).Select(o => o.Name).Concat(c.Subcommands.Select(s => s.Name)))
            .Distinct()
            .Except(["--help", "--version", "--output"])
            .Where(name => !guide.Contains(name, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static IEnumerable<Command> Walk(Command command) => command.Subcommands.SelectMany(Walk).Prepend(command);

    private static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        }
        throw new FileNotFoundException($"{path} is not above the tests");
    }
}
