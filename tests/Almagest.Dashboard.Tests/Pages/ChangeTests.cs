using System.Text.RegularExpressions;
using Almagest.Testing;
using Xunit;

namespace Almagest.Dashboard.Tests.Pages;

/// <summary>Pages change the ledger in one place alone, which asks who wants it.</summary>
public sealed partial class ChangeTests
{
    [GeneratedRegex(
        @"\.(Set|Remove|AddTags|RemoveTags|SetTags|AddNote|RemoveNote|Submit|Retry|Cancel|Delete|Rethreshold|Refresh|Ingest|Copy|Convert|"
            + @"Correct|Run|ChooseAndSubmit|Match|Create)Async\("
    )]
    private static partial Regex Change { get; }

    [GeneratedRegex(@"Changes\.|ChangeAsync\(c => c\.")]
    private static partial Regex Asks { get; }

    [Fact]
    public void No_page_changes_the_ledger_but_through_what_asks_for_the_scope()
    {
        var folder = Path.Combine(SourceTree.Root, "src", "Almagest.Dashboard");
        var lines = new[] { "Pages", "Shared", "Uploads" }
            .SelectMany(f => Directory.EnumerateFiles(Path.Combine(folder, f)))
            .SelectMany(file => File.ReadLines(file).Select(line => $"{Path.GetFileName(file)}: {line.Trim()}"))
            .ToList();
        Assert.True(lines.Count > 1000);
        Assert.DoesNotContain(lines, l => Change.IsMatch(l) && !Asks.IsMatch(l));
    }
}
