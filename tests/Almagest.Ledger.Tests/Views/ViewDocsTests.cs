using System.Text;
using Almagest.Contract.Columns;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>The tables of docs/views.md are the descriptors'. With ALMAGEST_UPDATE_DOCS=1 they are written anew.</summary>
public sealed class ViewDocsTests
{
    [Theory]
    [InlineData("views")]
    [InlineData("columns")]
    public async Task The_page_of_the_views_says_what_their_descriptors_say(string part)
    {
        var path = Find("docs/views.md");
        var page = await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken);
        var begin = page.IndexOf("-->\n", page.IndexOf($"<!-- {part} begin", StringComparison.Ordinal), StringComparison.Ordinal) + 4;
        var end = page.IndexOf($"<!-- {part} end -->", StringComparison.Ordinal);
        var expected = part == "views" ? Overview() : Columns();
        if (Environment.GetEnvironmentVariable("ALMAGEST_UPDATE_DOCS") == "1")
        {
            await File.WriteAllTextAsync(path, page[..begin] + expected + page[end..], TestContext.Current.CancellationToken);
            return;
        }
        Assert.Equal(expected, page[begin..end]);
    }

    private static string Overview()
    {
        var text = new StringBuilder(
            "\n| view | unique key | what it holds | route below `/analytics/discovery` |\n| --- | --- | --- | --- |\n"
        );
        foreach (var view in AnalyticsViews.All)
            text.Append(
                $"| [`{view.Name}`](#{view.Name}) | {string.Join(", ", view.Key)} | {view.Description} | "
                    + $"{(view.Route is { } route ? $"`{route.Path}`" : RouteOfItsOwn(view))} |\n"
            );
        return text.Append('\n').ToString();
    }

    private static string RouteOfItsOwn(AnalyticsView view) =>
        view == AnalyticsViews.StarFrequency ? "`stars/{star_id}/frequency`" : "none";

    private static string Columns()
    {
        var text = new StringBuilder();
        foreach (var view in AnalyticsViews.All)
        {
            text.Append($"\n### {view.Name}\n\n{view.Description}.");
            if (view.Filters.Count > 0)
                text.Append($" Rows are chosen by {string.Join(", ", view.Filters.Select(f => $"`{f.Name}` ({f.Description})"))}.");
            text.Append(
                view.SortColumns.Count > 0
                    ? $" Sorted by one of {string.Join(", ", view.SortColumns.Select(c => $"`{c}`"))}, largest or newest first; else"
                    : " Order:"
            );
            text.Append($" `{view.Order}`.\n\n| column | kind | unit | UCD | what it is |\n| --- | --- | --- | --- | --- |\n");
            foreach (var c in view.Columns)
                text.Append($"| `{c.Name}` | {c.Kind.Describe()} | {c.Unit} | `{c.Ucd}` | {c.Description} |\n");
            if (view.Computed.Count > 0)
                text.Append(
                    $"\nJSON answers also have {string.Join(", ", view.Computed.Select(c => $"`{c.Name}` ({c.Unit}: {c.Description})"))}.\n"
                );
        }
        return text.Append('\n').ToString();
    }

    private static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, path)))
                return Path.Combine(folder.FullName, path);
        throw new FileNotFoundException(path);
    }
}
