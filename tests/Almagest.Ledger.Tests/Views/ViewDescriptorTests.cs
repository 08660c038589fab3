using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>What a descriptor says of its view is so in the database, and its rows can be read by every filter and in every
/// order.</summary>
public sealed class ViewDescriptorTests
{
    private static readonly Dictionary<ColumnKind, string[]> s_types = new()
    {
        [ColumnKind.Integer] = ["bigint", "integer"],
        [ColumnKind.Double] = ["double precision"],
        [ColumnKind.Boolean] = ["boolean"],
        [ColumnKind.Flag] = ["integer"],
        [ColumnKind.Text] = ["text"],
        [ColumnKind.UnicodeText] = ["text"],
        [ColumnKind.Json] = ["jsonb"],
        [ColumnKind.Uuid] = ["uuid"],
        [ColumnKind.Timestamp] = ["timestamp with time zone"],
        [ColumnKind.Date] = ["date"],
        [ColumnKind.Integers] = ["bigint[]"],
        [ColumnKind.Uuids] = ["uuid[]"],
    };

    private static readonly Dictionary<ColumnKind, Type[]> s_rowTypes = new()
    {
        [ColumnKind.Integer] = [typeof(long), typeof(int)],
        [ColumnKind.Double] = [typeof(double)],
        [ColumnKind.Boolean] = [typeof(bool)],
        [ColumnKind.Flag] = [typeof(int)],
        [ColumnKind.Text] = [typeof(string)],
        [ColumnKind.UnicodeText] = [typeof(string)],
        [ColumnKind.Json] = [typeof(RawJson)],
        [ColumnKind.Uuid] = [typeof(Guid)],
        [ColumnKind.Timestamp] = [typeof(DateTime)],
        [ColumnKind.Date] = [typeof(DateOnly)],
        [ColumnKind.Integers] = [typeof(long[])],
        [ColumnKind.Uuids] = [typeof(Guid[])],
    };

    public static TheoryData<string> Views => [.. AnalyticsViews.All.Select(v => v.Name)];

    [Fact]
    public async Task The_columns_of_every_view_are_those_of_its_descriptor()
    {
        await using var test = await TestLedger.CreateAsync();
        foreach (var view in AnalyticsViews.All)
        {
            var found = await test.StringsAsync(
                $"select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'public.{view.Name}'::regclass "
                    + $"and attnum > 0 order by attnum"
            );
            Assert.Equal(view.Columns.Select(c => c.Name), found.Select(f => f.Split(" | ")[0]));
            Assert.All(view.Columns.Zip(found), c => Assert.Contains(c.Second.Split(" | ")[1], s_types[c.First.Kind]));
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void The_properties_of_a_row_are_the_columns_in_their_order_and_types(string name)
    {
        var view = AnalyticsViews.Get(name);
        var stored = view.RowType.GetProperties().Where(p => p.CanWrite).ToList();
        Assert.Equal(view.Columns.Select(c => c.Name), stored.Select(p => ViewRow.ColumnOf(view, p.Name).Name));
        Assert.Equal(
            view.Computed.Select(c => c.Name),
            view.RowType.GetProperties().Where(p => !p.CanWrite).Select(p => ViewRow.ColumnOf(view, p.Name).Name)
        );
        Assert.All(
            stored,
            p =>
                Assert.Contains(
                    Nullable.GetUnderlyingType(p.PropertyType) ?? p.PropertyType,
                    s_rowTypes[ViewRow.ColumnOf(view, p.Name).Kind]
                )
        );
    }

    [Theory]
    [MemberData(nameof(Views))]
    public void The_key_and_the_columns_to_sort_by_are_columns_and_the_filters_have_different_names(string name)
    {
        var view = AnalyticsViews.Get(name);
        Assert.Subset(view.Columns.Select(c => c.Name).ToHashSet(), view.SortColumns.Concat(view.Key).ToHashSet());
        Assert.Equal(view.Filters.Count, view.Filters.Select(f => f.Name).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task A_view_can_be_read_by_each_of_its_filters_and_in_each_of_its_orders_as_rows_and_as_a_table(string name)
    {
        await using var test = await TestLedger.CreateAsync();
        var view = AnalyticsViews.Get(name);
        var questions = view
            .Filters.Select(f => new ViewRows { Limit = 3 }.Where(f, SampleOf(f)))
            .Concat(view.SortColumns.Select(column => new ViewRows { Sort = column }))
            .Append(new ViewRows());
        foreach (var rows in questions)
        {
            Assert.Equal(0, await view.Accept(new Reader(test, rows)));
            Assert.Equal(
                0,
                await (await new ViewExport(test.Ledger).TableAsync(view, rows)).Batches.CountAsync(TestContext.Current.CancellationToken)
            );
        }
    }

    private static object SampleOf(ViewFilter filter) =>
        filter switch
        {
            ChoiceFilter choice => choice.Choices[0],
            NumberFilter number => number.Most,
            WholeFilter whole => whole.Least,
            RunFilter => Guid.NewGuid(),
            DatasetFilter => 1L,
            ConeFilter => new long[] { 1, 2 },
            _ => "x",
        };

    private sealed class Reader(TestLedger test, ViewRows rows) : IViewVisitor<Task<int>>
    {
        public async Task<int> Visit<TRow>(AnalyticsView<TRow> view)
            where TRow : class => (await new AnalyticsQueries(test.Ledger).ReadAsync(view, rows)).Count;
    }

    [Fact]
    public async Task A_view_refuses_what_it_does_not_have()
    {
        await using var test = await TestLedger.CreateAsync();
        var queries = new AnalyticsQueries(test.Ledger);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            queries.ReadAsync(AnalyticsViews.Timeline, new ViewRows().Where(ViewFilters.Run, Guid.NewGuid()))
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            queries.ReadAsync(AnalyticsViews.Quality, new ViewRows { Sort = "run_id; drop table stars" })
        );
        Assert.Equal("sort", error.Field);
    }

    [Fact]
    public void The_parts_of_the_views_make_one_schema_without_a_place_left_open()
    {
        var sql = IncrementalSql.Install();
        Assert.DoesNotContain("{{", sql, StringComparison.Ordinal);
        Assert.All(
            AnalyticsViews.All.SelectMany(v => v.SummaryTables),
            table => Assert.Contains(table, IncrementalSql.Clear(), StringComparison.Ordinal)
        );
        Assert.All(
            typeof(AnalyticsView)
                .Assembly.GetManifestResourceNames()
                .Where(n => n.EndsWith(".sql", StringComparison.Ordinal) && n.Contains(".Views.", StringComparison.Ordinal)),
            name =>
                Assert.True(
                    name.Contains(".Incremental.", StringComparison.Ordinal)
                        || s_known.Any(k => name.EndsWith($".{k}.sql", StringComparison.Ordinal)),
                    $"nothing reads {name}"
                )
        );
    }

    private static readonly string[] s_known =
    [
        "definition",
        "incremental",
        "incremental.distributed",
        "tables",
        "functions",
        "apply",
        "apply.first",
        "undo",
        "set",
        "set.undo",
        "watch",
        "unwatch",
    ];
}
