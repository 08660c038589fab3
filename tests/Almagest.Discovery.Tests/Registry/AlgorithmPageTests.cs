using System.Text;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;
using Xunit;

namespace Almagest.Discovery.Tests.Registry;

/// <summary>The tables of docs/algorithms.md are the descriptions'. With ALMAGEST_UPDATE_DOCS=1 they are written anew.</summary>
public sealed class AlgorithmPageTests
{
    private const string Begin = "<!-- algorithms begin",
        End = "<!-- algorithms end -->";

    [Fact]
    public void The_page_of_the_algorithms_says_what_their_descriptions_say()
    {
        var path = Find("docs/algorithms.md");
        var page = File.ReadAllText(path);
        var begin = page.IndexOf("-->\n", page.IndexOf(Begin, StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("ALMAGEST_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, page[..begin] + Tables() + page[end..]);
            return;
        }
        Assert.Equal(Tables(), page[begin..end]);
    }

    private static string Tables()
    {
        var text = new StringBuilder();
        foreach (var algorithm in Algorithms.All)
        {
            text.Append(
                $"\n## {algorithm.Name}\n\n{Capital(algorithm.Title)} ({algorithm.Reference}): {algorithm.Finds}. Run type "
                    + $"`{algorithm.RunType}`.\n\n"
            );
            text.Append("| parameter | option | type | range | default | what it is |\n| --- | --- | --- | --- | --- | --- |\n");
            foreach (var p in algorithm.Parameters)
                text.Append($"| `{p.Name}` | {(algorithm.IsOffered ? Options(p) : "")} | ").Append($"{Type(p)} | {Range(p)} | {Default(p)} | {What(p)} |\n");
        }
        return text.Append('\n').ToString();
    }

    private static string Options(Parameter p) => $"`--{p.Option}`" + (p.OptionAlias is { } alias ? $", `--{alias}`" : "");

    private static string Type(Parameter p) =>
        p.Kind switch
        {
            ParameterKind.Real => "number",
            ParameterKind.Whole => p.IsLong ? "64-bit integer" : "integer",
            ParameterKind.Flag => "true or false",
            _ => "text",
        };

    private static string Range(Parameter p) =>
        p.Kind == ParameterKind.Choice ? string.Join(", ", p.Choices.Select(c => $"`{c}`")) : p.Range ?? "";

    private static string Default(Parameter p) => p.Default is { } value ? $"`{value}`" : $"null: {p.WhenNull}";

    private static string What(Parameter p) => p.Help + "." + (p.Advice is { } advice ? $" {advice}" : "");

    private static string Capital(string words) => char.ToUpperInvariant(words[0]) + words[1..];

    private static string Find(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Almagest.slnx")))
            folder = folder.Parent;
        return Path.Combine(folder!.FullName, file);
    }
}
