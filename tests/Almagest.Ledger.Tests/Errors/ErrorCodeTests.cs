using System.Reflection;
using System.Text.RegularExpressions;
using Almagest.Catalog;
using Almagest.Contract.Errors;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Errors;

public sealed partial class ErrorCodeTests
{
    private static readonly string[] s_belowTheEdges =
    [
        "Almagest.Sky",
        "Almagest.Catalog",
        "Almagest.Discovery",
        "Almagest.Adql",
        "Almagest.Postgres",
        "Almagest.Contract",
        "Almagest.Ledger",
        "Almagest.Runs",
        "Almagest.Charts",
    ];

    [Fact]
    public void Each_code_has_a_name_of_its_own_in_lower_case()
    {
        Assert.NotEmpty(ErrorCode.All);
        Assert.All(ErrorCode.All, code => Assert.Matches("^[a-z]+(_[a-z]+)*$", code.Name));
        Assert.Equal(ErrorCode.All.Count, ErrorCode.All.Select(code => code.Name).Distinct().Count());
        Assert.All(ErrorCode.All, code => Assert.Same(code, ErrorCode.Find(code.Name)));
    }

    [Fact]
    public void Each_code_is_documented_with_its_status()
    {
        var documented = File.ReadLines(Path.Combine(SourceTree.Root, "docs", "errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => string.Join(' ', line.Split('|').Skip(1).Take(2).Select(cell => cell.Trim(' ', '`'))));
        Assert.Equal(ErrorCode.All.Select(code => $"{code.Name} {Status(code.Kind)}"), documented);

        static int Status(LedgerErrorKind kind) =>
            kind switch
            {
                LedgerErrorKind.Invalid => 400,
                LedgerErrorKind.NotFound => 404,
                LedgerErrorKind.Conflict => 409,
                LedgerErrorKind.Forbidden => 403,
                _ => 503,
            };
    }

    [Fact]
    public void Each_code_of_the_readers_is_one_of_the_ledgers()
    {
        var codes = typeof(CatalogFormatException)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetValue(null)!);
        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.Equal(code, ErrorCode.Find(code)?.Name));
    }

    [Fact]
    public void What_a_reader_found_is_kept_by_the_ledgers_error()
    {
        var found = new CatalogFormatException("No column.")
        {
            Code = CatalogFormatException.PositionsMissing,
            Facts = new Dictionary<string, object?> { ["fields"] = new[] { "ra_deg" } },
        };
        var error = LedgerException.Of(found, "Nothing was stored.", "file").Of("upload");
        Assert.Equal(
            (ErrorCode.PositionsMissing, LedgerErrorKind.Invalid, "No column.", "Nothing was stored.", "upload"),
            (error.Code, error.Kind, error.Message, error.Remedy, error.Field)
        );
        Assert.Equal(["ra_deg"], (string[])error.Facts["fields"]!);
    }

    [Fact]
    public void Below_the_edges_no_text_names_an_option_a_command_or_a_route()
    {
        var named = s_belowTheEdges
            .SelectMany(project => SourceTree.Files(project))
            // Scripts of the shell and of initdb have options of their own.
            .Where(file => !file.Name.StartsWith("Almagest.Postgres/Server", StringComparison.Ordinal))
            .Where(file => !file.Name.Contains("/Migrations/", StringComparison.Ordinal))
            // A view's descriptor describes its command, too.
            .Where(file =>
                !file.Name.EndsWith("View.cs", StringComparison.Ordinal) && !file.Name.EndsWith("/ViewFilter.cs", StringComparison.Ordinal)
            )
            .SelectMany(file => file.Text.Split('\n').Select((line, i) => (Place: $"{file.Name}:{i + 1}", Line: line.TrimStart())))
            .Where(line =>
                !line.Line.StartsWith("//", StringComparison.Ordinal) && !line.Line.Contains("HostProcess.Start", StringComparison.Ordinal)
            )
            .Where(line => EdgeWords().IsMatch(line.Line))
            .Select(line => $"{line.Place}: {line.Line}");
        Assert.Empty(named);
    }

    [Theory]
    [InlineData("\"Choose another name with --dataset.\"")]
    [InlineData("\"Run: almagest db migrate\"")]
    [InlineData("\"GET /discovery/runs lists them.\"")]
    [InlineData("\"Add with_runs=true.\"")]
    public void Such_words_would_be_found(string line) => Assert.Matches(EdgeWords(), line);

    [GeneratedRegex(
        "\"[^\"]*((?<![\\w-])--[a-z]|\\balmagest "
            + "(ingest|runs|db|views|discover|labels|links|datasets|sweep|serve|plot)\\b|\\b(GET|POST|DELETE|PUT) /|=true\\b)"
    )]
    private static partial Regex EdgeWords();
}
