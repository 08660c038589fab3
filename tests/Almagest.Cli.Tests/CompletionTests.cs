using System.Diagnostics;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>Completion, asked as the shells ask; the manual page, as man reads it.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("almagest ru", "runs")]
    [InlineData("almagest runs sh", "show")]
    [InlineData("almagest discover clusters --min-cluster-s", "--min-cluster-size")]
    [InlineData("almagest runs list --type a", "anomaly")]
    [InlineData("almagest --json tokens create x --scope w", "write")]
    [InlineData("almagest views mo", "mode")]
    [InlineData("almagest ingest cat", "catalogue.csv")]
    [InlineData("almagest plot run 1 -o cat", "catalogue.csv")]
    public async Task Bash_and_fish_complete_commands_options_choices_and_files(string line, string completed)
    {
        using var folder = await FolderAsync();
        var words = line.Split(' ');
        var quoted = string.Join(' ', words.Select(w => $"'{w}'"));

        var bash = await RunAsync(
            folder.Path,
            "bash",
            "-c",
            $"source almagest.bash; COMP_WORDS=({quoted}) COMP_CWORD={words.Length - 1}; _almagest; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        Assert.Equal([completed], bash.Split('\n', StringSplitOptions.RemoveEmptyEntries));

        if (Has("fish"))
        {
            var fish = await RunAsync(folder.Path, "fish", "--no-config", "-c", $"source almagest.fish; complete -C '{line}'");
            Assert.Contains(completed, fish.Split('\n').Select(l => l.Split('\t')[0]));
        }
    }

    [Theory]
    [InlineData("almagest ru", "runs")]
    [InlineData("almagest runs sh", "show")]
    [InlineData("almagest runs list --type a", "anomaly")]
    [InlineData("almagest discover clusters --min-cluster-s", "--min-cluster-size")]
    [InlineData("almagest ingest cat", "FILES")]
    public async Task Zsh_is_offered_the_same(string line, string offered)
    {
        Assert.SkipUnless(Has("zsh"), "zsh is not installed");
        using var folder = await FolderAsync();
        var words = line.Split(' ');

        // The functions of its completion system say what they are given.
        var zsh = await RunAsync(
            folder.Path,
            "zsh",
            "-f",
            "-c",
            "compdef() {}; _describe() { print -l -- ${(P)2} }; compadd() { shift; print -l -- $@ }; "
                + "_files() { print FILES }; _message() {}; "
                + $"source ./almagest.zsh; words=({string.Join(' ', words.Select(w => $"'{w}'"))}); CURRENT={words.Length}; _almagest"
        );

        Assert.Contains(offered, zsh.Split('\n').Select(l => l.Split(':')[0]));
    }

    [Fact]
    public async Task The_manual_page_has_every_command_and_man_finds_nothing_wrong_with_it()
    {
        using var folder = await FolderAsync();
        var page = (await Cli.RunAsync("completion", "man")).Ok().Out;
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "almagest.1"), page, TestContext.Current.CancellationToken);

        foreach (var part in new[] { "NAME", "SYNOPSIS", "COMMANDS", "ENVIRONMENT", "FILES", "EXIT STATUS" })
            Assert.Contains($".SH {part}", page);
        Assert.Contains(".SS \"almagest runs list\"", page);
        if (Has("groff"))
        {
            var shown = await RunAsync(folder.Path, "groff", "-man", "-Tutf8", "-ww", "-Wbreak", "-Kutf8", "-P-cbou", "almagest.1");
            Assert.Contains("almagest runs compare", shown);
            Assert.Contains("--min-cluster-size", shown);
        }
    }

    private static async Task<TestFolder> FolderAsync()
    {
        var folder = TestFolder.Create("completion");
        foreach (var shell in new[] { "bash", "zsh", "fish" })
            await File.WriteAllTextAsync(
                Path.Combine(folder.Path, $"almagest.{shell}"),
                (await Cli.RunAsync("completion", shell)).Ok().Out,
                TestContext.Current.CancellationToken
            );
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "catalogue.csv"), "", TestContext.Current.CancellationToken);
        return folder;
    }

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    // What is said on standard error is wrong, too.
    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("", await error);
        return output;
    }
}
