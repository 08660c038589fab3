using System.Text;

namespace Almagest.Cli.Completion;

/// <summary>Scripts by which a shell completes commands, options and their choices. They hold all they need: no program is started for
/// it.</summary>
internal static class ShellScripts
{
    public static string Bash(CommandNode root)
    {
        var text = new StringBuilder(
            """
            # Completion of almagest for bash; written by 'almagest completion bash'.
            _almagest() {
              local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} at=almagest words='' files='' i
              COMPREPLY=()
              for ((i = 1; i < COMP_CWORD; i++)); do
                case "$at ${COMP_WORDS[i]}" in

            """
        );
        text.Append($"      {Paths(root)}) at+=\" ${{COMP_WORDS[i]}}\" ;;\n    esac\n  done\n  case \"$at:$prev\" in\n");
        foreach (var (pattern, option) in Values(root))
        {
            var reply =
                option.Choices.Count > 0 ? $"mapfile -t COMPREPLY < <(compgen -W {Quoted(string.Join(' ', option.Choices))} -- \"$cur\")"
                : option.TakesFile ? "compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")"
                : ":";
            text.Append($"    {pattern}) {reply}; return ;;\n");
        }
        text.Append("  esac\n  case \"$at\" in\n");
        foreach (var node in root.All())
            text.Append(
                $"    {Quoted(node.Path)}) words={Quoted(string.Join(' ', Words(node)))}{(node.TakesFiles ? " files=1" : "")} ;;\n"
            );
        return text.Append(
                """
                  esac
                  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
                  if [[ -n $files && $cur != -* ]]; then
                    compopt -o filenames 2>/dev/null
                    mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur")
                  fi
                }
                complete -F _almagest almagest

                """
            )
            .ToString();
    }

    public static string Zsh(CommandNode root)
    {
        var text = new StringBuilder(
            """
            #compdef almagest
            # Completion of almagest for zsh; written by 'almagest completion zsh'.
            _almagest() {
              local at=almagest files=''
              local -a commands options
              integer i
              for ((i = 2; i < CURRENT; i++)); do
                case "$at $words[i]" in

            """
        );
        text.Append($"      ({Paths(root)}) at+=\" $words[i]\" ;;\n    esac\n  done\n  case \"$at:$words[CURRENT-1]\" in\n");
        foreach (var (pattern, option) in Values(root))
        {
            var reply =
                option.Choices.Count > 0 ? $"compadd -- {string.Join(' ', option.Choices)}"
                : option.TakesFile ? "_files"
                : $"_message {Quoted(option.Value!)}";
            text.Append($"    ({pattern}) {reply}; return ;;\n");
        }
        text.Append("  esac\n  case \"$at\" in\n");
        foreach (var node in root.All())
        {
            text.Append($"    ({Quoted(node.Path)})\n      commands=(");
            text.AppendJoin(' ', node.Commands.Select(c => Quoted($"{c.Name}:{c.Description}")));
            text.Append(")\n      options=(");
            text.AppendJoin(' ', node.Options.SelectMany(o => o.Names.Select(n => Quoted($"{n}:{First(o.Description)}"))));
            text.Append($")\n{(node.TakesFiles ? "      files=1\n" : "")}      ;;\n");
        }
        return text.Append(
                """
                  esac
                  if [[ $words[CURRENT] == -* ]]; then
                    _describe option options
                  else
                    (($#commands)) && _describe command commands
                    [[ -n $files ]] && _files
                    (($#commands)) || [[ -n $files ]] || _describe option options
                  fi
                }
                # Read from a file of completions it is the function itself.
                if [[ $funcstack[1] == _almagest ]]; then _almagest "$@"; else compdef _almagest almagest; fi

                """
            )
            .ToString();
    }

    public static string Fish(CommandNode root)
    {
        var text = new StringBuilder(
            """
            # Completion of almagest for fish; written by 'almagest completion fish'.
            function __almagest_at
              set -l at almagest
              for word in (commandline -opc)[2..-1]
                switch "$at $word"

            """
        );
        text.Append($"      case {string.Join(' ', Below(root).Select(n => Quoted(n.Path)))}\n");
        text.Append(
            """
                    set at "$at $word"
                end
              end
              test "$at" = "$argv"
            end
            complete -c almagest -f

            """
        );
        foreach (var node in root.All())
        {
            var here = $"complete -c almagest -n {Quoted($"__almagest_at {node.Path}")}";
            foreach (var command in node.Commands)
                text.Append($"{here} -a {Quoted(command.Name)} -d {Quoted(First(command.Description))}\n");
            if (node.TakesFiles)
                text.Append($"{here} -F\n");
            foreach (var option in node.Options)
            {
                text.Append(here);
                foreach (var name in option.Names)
                    text.Append(name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}");
                if (option.Value is not null)
                    text.Append(option.TakesFile ? " -r -F" : " -x");
                if (option.Choices.Count > 0)
                    text.Append($" -a {Quoted(string.Join(' ', option.Choices))}");
                text.Append($" -d {Quoted(First(option.Description))}\n");
            }
        }
        return text.ToString();
    }

    private static IEnumerable<CommandNode> Below(CommandNode root) => root.All().Skip(1);

    private static string Paths(CommandNode root) => string.Join(" | ", Below(root).Select(n => Quoted(n.Path)));

    private static IEnumerable<string> Words(CommandNode node) =>
        node.Commands.Select(c => c.Name).Concat(node.Options.SelectMany(o => o.Names));

    /// <summary>Options that need a value, as patterns of the command and the option.</summary>
    private static IEnumerable<(string Pattern, OptionNode Option)> Values(CommandNode root) =>
        root.All()
            .SelectMany(
                node => node.Options.Where(o => o.Value is not null),
                (node, option) => (string.Join(" | ", option.Names.Select(n => Quoted($"{node.Path}:{n}"))), option)
            );

    // What fits beside a name; the help has the rest.
    private static string First(string description)
    {
        var end = description.IndexOfAny([';', '(', ':']);
        var first = (end > 0 ? description[..end] : description).Trim();
        return first.Length <= 70 ? first : first[..first.LastIndexOf(' ', 69)] + " …";
    }

    // The shells agree on text between single quotes, but for the quote itself.
    private static string Quoted(string text) => $"'{text.Replace("'", "’", StringComparison.Ordinal)}'";
}
