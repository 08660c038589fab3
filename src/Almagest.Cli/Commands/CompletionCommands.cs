using System.CommandLine;
using Almagest.Cli.Completion;
using Almagest.Cli.Configuration;
using Almagest.Cli.Shell;
using Almagest.Contract;

namespace Almagest.Cli.Commands;

/// <summary><c>completion</c>: scripts for shells, and the manual page, of the same tree of commands as the help.</summary>
internal static class CompletionCommands
{
    public const string Name = "completion";

    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            Name,
            "Print the script by which a shell completes commands and options, or the manual page",
            "almagest completion bash > ~/.local/share/bash-completion/completions/almagest",
            "almagest completion zsh > ~/.zfunc/_almagest",
            "almagest completion fish > ~/.config/fish/completions/almagest.fish",
            "almagest completion man | man -l -"
        )
        {
            Of(shell, "bash", "Completion for bash", ShellScripts.Bash),
            Of(shell, "zsh", "Completion for zsh", ShellScripts.Zsh),
            Of(shell, "fish", "Completion for fish", ShellScripts.Fish),
            Of(
                shell,
                "man",
                "The manual page almagest(1)",
                root => ManualPage.Of(root, SettingCatalogue.Of((RootCommand)root.Command), ProgramVersion.Current)
            ),
        };

    private static DescribedCommand Of(CommandShell shell, string name, string description, Func<CommandNode, string> write)
    {
        var command = new DescribedCommand(name, description, $"almagest completion {name}");
        command.SetAction(
            (parsed, _) =>
            {
                var script = write(CommandNode.Of((RootCommand)parsed.RootCommandResult.Command));
                if (shell.Json)
                    shell.Write(new { name, script });
                else
                    shell.Output.Write(script);
                return Task.FromResult(ExitCodes.Done);
            }
        );
        return command;
    }
}
