using System.CommandLine;
using Almagest.Cli.Shell;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.DatasetCoverage;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Commands;

/// <summary>The option by which rows of a view are chosen, made from the filter.</summary>
/// <param name="Option">with the value as it is written</param>
/// <param name="Check">refuses, before any work, what cannot be read</param>
/// <param name="ReadAsync">the value that the filter means; null where none is given</param>
internal sealed record FilterOption(
    ViewFilter Filter,
    Option Option,
    Action<ParseResult> Check,
    Func<ParseResult, LedgerDatabase, CancellationToken, Task<object?>> ReadAsync
)
{
    public static FilterOption Of(ViewFilter filter)
    {
        var (name, description) = (filter.Option!, char.ToUpperInvariant(filter.Description[0]) + filter.Description[1..]);
        switch (filter)
        {
            case ChoiceFilter choice:
                return Plain(OptionFactory.Choice(name, description, [.. choice.Choices]));
            case WholeFilter whole:
                return Plain(OptionFactory.Whole(name, "N", description, whole.Least, whole.Most));
            case NumberFilter number:
                var real = OptionFactory.Real(
                    name,
                    "X",
                    $"{description}, {FormattableString.Invariant($"{number.Least} to {number.Most}")}"
                );
                return Plain(real) with { Check = parsed => RequireRange(number, parsed.GetValue(real)) };
            case RunFilter:
                var run = OptionFactory.Text(name, "ID", description);
                return new FilterOption(
                    filter,
                    run,
                    Nothing,
                    async (parsed, ledger, token) =>
                        parsed.GetValue(run) is { } id ? (await new RunRepository(ledger).FindAsync(id, token)).RunId : null
                );
            case DatasetFilter:
                var dataset = OptionFactory.Text(name, "NAME", description, "-d");
                return new FilterOption(
                    filter,
                    dataset,
                    Nothing,
                    async (parsed, ledger, token) =>
                        parsed.GetValue(dataset) is { } given
                            ? (await new DatasetRepository(ledger).FindAnyAsync(given, token)).DatasetId
                            : null
                );
            case ConeFilter:
                var cone = OptionFactory.Text(name, "RA,DEC,RADIUS", description);
                return new FilterOption(
                    filter,
                    cone,
                    parsed => Cells(parsed.GetValue(cone)),
                    (parsed, _, _) => Task.FromResult<object?>(Cells(parsed.GetValue(cone)))
                );
            default:
                return Plain(OptionFactory.Text(name, "NAME", description));
        }

        FilterOption Plain<T>(Option<T> option) =>
            new(filter, option, Nothing, (parsed, _, _) => Task.FromResult<object?>(parsed.GetValue(option)));
    }

    private static void Nothing(ParseResult parsed) { }

    private static void RequireRange(NumberFilter filter, double? value)
    {
        if (value is { } number && !(number >= filter.Least && number <= filter.Most))
            throw new UsageException(
                FormattableString.Invariant($"{filter.Option} is {number}"),
                FormattableString.Invariant($"Give a number from {filter.Least} to {filter.Most}."),
                filter.Option!
            );
    }

    // The rules of a cone are those of a selection.
    private static long[]? Cells(string? text) =>
        text is not null && StarFilterText.Parse($"cone={text}").Cone is { } round
            ? SkyCell.InCone(round.RaDeg, round.DecDeg, round.RadiusDeg)
            : null;
}
