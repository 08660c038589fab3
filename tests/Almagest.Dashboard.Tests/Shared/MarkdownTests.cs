using Almagest.Dashboard.Shared;
using CsCheck;
using Xunit;

namespace Almagest.Dashboard.Tests.Shared;

/// <summary>Notes are shown as Markdown, and nothing that somebody writes becomes a tag or a script.</summary>
public sealed class MarkdownTests
{
    [Theory]
    [InlineData("plain", "<p>plain</p>")]
    [InlineData("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>")]
    [InlineData(
        "**bold** and *slanted* and _too_ and `code *x*`",
        "<p><strong>bold</strong> and <em>slanted</em> and <em>too</em> and <code>code *x*</code></p>"
    )]
    [InlineData("a_b_c and 2*3*4", "<p>a_b_c and 2*3*4</p>")]
    [InlineData("- one\n- two", "<ul><li>one</li><li>two</li></ul>")]
    [InlineData("3. three\n4. four", "<ol start=\"3\"><li>three</li><li>four</li></ol>")]
    [InlineData("> said\n> so", "<blockquote>said<br>so</blockquote>")]
    [InlineData("# Title", "<p><strong>Title</strong></p>")]
    [InlineData("```\n<b>\n```", "<pre>&lt;b&gt;</pre>")]
    [InlineData(
        "[paper](https://ui.adsabs.harvard.edu/abs/2021)",
        "<p><a href=\"https://ui.adsabs.harvard.edu/abs/2021\" target=\"_blank\" rel=\"noreferrer noopener\">paper</a></p>"
    )]
    [InlineData("[run](runs/1b540a1c)", "<p><a href=\"runs/1b540a1c\">run</a></p>")]
    [InlineData(
        "see https://example.org/a_b.",
        "<p>see <a href=\"https://example.org/a_b\" target=\"_blank\" rel=\"noreferrer noopener\">https://example.org/a_b</a>.</p>"
    )]
    public void It_is_written_as_Markdown_says(string text, string html) => Assert.Equal(html, Markdown.ToHtml(text));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1))")]
    [InlineData("[x](JaVaScRiPt:alert(1))")]
    [InlineData("[x](data:text/html,<script>)")]
    [InlineData("[x](//evil.example)")]
    [InlineData("[x](\\evil.example)")]
    [InlineData("[x](java\tscript:alert(1))")]
    [InlineData("[x](https://a\"onmouseover=alert(1))")]
    [InlineData("[<b>](https://a.example)")]
    [InlineData("**<b>**")]
    [InlineData("- <iframe>")]
    [InlineData("`<b>`")]
    public void Nothing_of_it_becomes_a_tag_a_script_or_an_attribute(string text) => RequireSafe(Markdown.ToHtml(text));

    [Fact]
    public void Whatever_is_written_only_known_tags_come_out() =>
        Gen.String[Gen.OneOf(Gen.Char["<>&\"'`*_[]()#-+.!:/\\ \n\tjavscriptx1https"], Gen.Char), 0, 80]
            .Sample(text => RequireSafe(Markdown.ToHtml(text)), iter: 20_000);

    [Theory]
    [InlineData("**a ")]
    [InlineData("[a](b")]
    [InlineData("`")]
    [InlineData("_a *b ")]
    [InlineData("http://")]
    [InlineData("# ")]
    [InlineData("> - 1. ")]
    public void Marks_that_never_end_cost_no_page_its_answer(string mark)
    {
        // As long as a note may be.
        var note = string.Concat(Enumerable.Repeat(mark, 10_000 / mark.Length));
        RequireSafe(Markdown.ToHtml(note));
        Assert.InRange(Markdown.Gist(note).Length, 1, 100);
    }

    private static void RequireSafe(string html)
    {
        const string Tag =
            "</?(p|strong|em|code|pre|ul|li|blockquote)>|<br>|<ol( start=\"[0-9]+\")?>|</ol>|</a>"
            + "|<a href=\"(https?://[^\"<>]*\" target=\"_blank\" rel=\"noreferrer noopener\"|[a-zA-Z][^\":<>\\\\]*\")>";
        var rest = System.Text.RegularExpressions.Regex.Replace(html, Tag, "", System.Text.RegularExpressions.RegexOptions.IgnoreCase);
        Assert.DoesNotContain('<', rest);
        Assert.DoesNotContain('>', rest);
        Assert.DoesNotContain("\"", rest, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_show_the_first_line_without_its_marks() =>
        Assert.Equal("Compare with the survey", Markdown.Gist("\n## **Compare** with [the survey](https://a.example)\nmore"));
}
