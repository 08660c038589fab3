using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Selections;

/// <summary>Refuses selections that cannot be analysed, before anything starts, and says what may be wrong with them.</summary>
public sealed class SelectionCheck(LedgerDatabase ledger)
{
    private const int NamesShown = 5;

    /// <returns>how many stars there are</returns>
    /// <param name="datasets">ascending</param>
    /// <param name="filter">as <see cref="Datasets.DatasetRepository.SelectedAsync"/> gives it</param>
    /// <exception cref="LedgerException">too few stars for any algorithm, or for the sample that is asked for</exception>
    public async Task<long> RequireAsync(IReadOnlyList<Dataset> datasets, StarFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentNullException.ThrowIfNull(filter);
        var stars = await new SelectionLoader(ledger).CountAsync(datasets[0].DatasetId, filter, cancellationToken);
        if (stars < Algorithm.MinStars)
        {
            foreach (var column in (filter.Extra ?? []).Keys.Where(name => FurtherField.IndexOf(name) < 0))
                await RequireColumnAsync(datasets, column, cancellationToken);
            var of = string.Join(" and ", datasets.Select(d => $"'{d.Name}'"));
            throw LedgerException.Of(
                ErrorCode.SelectionTooSmall,
                $"the selection ({filter.Describe()}) holds {stars} of the {datasets.Sum(d => d.StarCount)} stars of {of}",
                await EmptyAsync(datasets, filter, cancellationToken)
                    ?? $"Widen the filter: a run needs at least {Algorithm.MinStars} stars.",
                "filter"
            );
        }
        if (filter.Sample is { } sample && stars < sample.N)
        {
            throw LedgerException.Invalid(
                "filter.sample.n",
                $"a sample of {sample.N} stars is asked for, and the selection without it holds {stars}",
                "Take fewer, or leave the sample out."
            );
        }
        return stars;
    }

    private async Task RequireColumnAsync(IReadOnlyList<Dataset> datasets, string column, CancellationToken cancellationToken)
    {
        var names = await ColumnsAsync(datasets, cancellationToken);
        if (names.Contains(column))
            return;
        var near = NearestName.All(column, names).Take(3).ToList();
        throw LedgerException.Of(
            ErrorCode.UnknownName,
            $"no star has a column '{column}'",
            FurtherField.OfColumn(column) is { } field ? $"It is the field {field.Name}."
                : near.Count > 0 ? $"Did you mean {string.Join(" or ", near)}?"
                : names.Count == 0 ? "These stars have no columns but those that a filter knows by name."
                : $"There {(names.Count == 1 ? "is" : "are")} "
                    + string.Join(", ", names.Take(NamesShown))
                    + (names.Count > NamesShown ? $" and {names.Count - NamesShown} more." : "."),
            $"filter.extra.{column}"
        );
    }

    /// <summary>The other columns of the source tables, as far as the first stars have them.</summary>
    private async Task<SortedSet<string>> ColumnsAsync(IReadOnlyList<Dataset> datasets, CancellationToken cancellationToken)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await ledger.AskAsync(
            async connection =>
            {
                foreach (var dataset in datasets)
                    names.UnionWith(
                        await connection.ListAsync<string>(
                            """
                            select distinct k
                            from (select extra from public.stars where dataset_id = $1 and extra is not null limit 1000) s,
                              lateral jsonb_object_keys(s.extra) k
                            """,
                            cancellationToken,
                            dataset.DatasetId
                        )
                    );
            },
            cancellationToken
        );
        return names;
    }

    /// <summary>The condition that no star fulfils by itself, in words; null where each has its stars.</summary>
    private async Task<string?> EmptyAsync(IReadOnlyList<Dataset> datasets, StarFilter filter, CancellationToken cancellationToken)
    {
        foreach (var (name, one) in Conditions(filter))
        {
            if (
                await new SelectionLoader(ledger).CountAsync(
                    datasets[0].DatasetId,
                    one with
                    {
                        AlsoDatasets = filter.AlsoDatasets,
                    },
                    cancellationToken
                ) > 0
            )
                continue;
            return $"No star has {one.Describe()}: leave {name} out, or widen it.".Replace(
                "has within",
                "is within",
                StringComparison.Ordinal
            );
        }
        return null;
    }

    private static IEnumerable<(string Name, StarFilter One)> Conditions(StarFilter f)
    {
        if (f.Cone is not null)
            yield return ("cone", new StarFilter { Cone = f.Cone });
        if (f.RaDeg is not null)
            yield return ("ra_deg", new StarFilter { RaDeg = f.RaDeg });
        foreach (var (name, (get, _, _)) in StarFilter.Ranges)
            if (get(f) is { } range)
                yield return (
                    name,
                    StarFilter.FromJson(
                        FormattableString.Invariant(
                            $$"""{"{{name}}": {{System.Text.Json.JsonSerializer.Serialize(new { min = range.Min, max = range.Max })}}}"""
                        )
                    )
                );
        foreach (var (column, range) in f.Extra ?? [])
            yield return ($"extra.{column}", new StarFilter { Extra = new ExtraRanges { [column] = range } });
    }
}
