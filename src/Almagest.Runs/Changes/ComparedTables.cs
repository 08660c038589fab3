using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>Two compared tables as tables to be written: their quantities, or star by star.</summary>
public sealed class ComparedTables(LedgerDatabase ledger)
{
    private const int BatchRows = 5_000;

    private static readonly string[] s_ofEachStar = ["star_{0}_id", "source_id_{0}", "ra_deg_{0}", "dec_deg_{0}", "magnitude_{0}"];

    private static readonly IReadOnlyList<Column> s_columns =
    [
        ChangeColumns.In,
        .. s_ofEachStar.Select(c => ColumnDictionary.Side(c, "1")),
        .. s_ofEachStar.Select(c => ColumnDictionary.Side(c, "2")),
        .. Quantity.All.SelectMany(q => new[] { ChangeColumns.Difference(q.Name, q.Unit), ChangeColumns.Sigmas(q.Name) }),
    ];

    /// <summary>One row for each quantity.</summary>
    public static ExportTable Quantities(DatasetComparison compared)
    {
        ArgumentNullException.ThrowIfNull(compared);
        object?[][] rows =
        [
            .. compared.Resource.Quantities.Select(q =>
                new object?[]
                {
                    q.Quantity,
                    q.Unit,
                    q.Pairs,
                    q.Lost,
                    q.Gained,
                    q.Same,
                    q.Shift,
                    q.ShiftError,
                    q.IsSystematic,
                    q.Scatter,
                    q.WithErrors,
                    q.Error1,
                    q.Error2,
                    q.SigmaScatter,
                    q.Beyond3,
                    q.Expected3,
                    q.Beyond5,
                    q.Expected5,
                }
            ),
        ];
        return ColumnTable.Of(
            "quantities",
            ChangeColumns.OfQuantity,
            Begin(compared, "How the quantities of two tables differ", "one for each quantity"),
            new[] { rows }.ToAsyncEnumerable()
        );
    }

    /// <summary>One row for each star of either table: pairs, then those of table 1 alone, then those of table 2.</summary>
    public async Task<ExportTable> StarsAsync(DatasetComparison compared, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(compared);
        var pairing = compared.Pairing;
        return ColumnTable.Of(
            "compared",
            s_columns,
            Begin(compared, "The stars of two tables side by side", "both tables by star_1_id, table_1 alone, table_2 alone"),
            BatchesAsync(compared, cancellationToken)
        ) with
        {
            IntegerIds = new HashSet<string>([
                .. await IntegerIds.ColumnsAsync(ledger, [pairing.Dataset1.DatasetId], cancellationToken, "source_id_1"),
                .. await IntegerIds.ColumnsAsync(ledger, [pairing.Dataset2.DatasetId], cancellationToken, "source_id_2"),
            ]),
        };
    }

    private static JsonObject Begin(DatasetComparison compared, string title, string rows)
    {
        var resource = compared.Resource;
        var provenance = Provenance.Begin($"{title}: {resource.Dataset1} (1) and {resource.Dataset2} (2)", rows);
        provenance["checksums"] = new JsonArray(compared.Pairing.Dataset1.Checksum, compared.Pairing.Dataset2.Checksum);
        provenance["epoch_1"] = resource.Epoch1;
        provenance["epoch_2"] = resource.Epoch2;
        provenance["positions_carried"] = resource.PositionsCarried;
        provenance["matched_by"] = resource.Pairing.By;
        provenance["match_id"] = resource.Pairing.MatchId;
        return provenance;
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        DatasetComparison compared,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var tables = compared.Tables;
        foreach (var pairs in Enumerable.Range(0, tables.Pairs).Chunk(BatchRows))
        {
            var names1 = await NamesAsync([.. pairs.Select(i => tables.Stars1.StarId[tables.Rows1[i]])], cancellationToken);
            var names2 = await NamesAsync([.. pairs.Select(i => tables.Stars2.StarId[tables.Rows2[i]])], cancellationToken);
            yield return [.. pairs.Select(i => Row("both", tables, tables.Rows1[i], tables.Rows2[i], names1, names2, i))];
        }
        foreach (var isFirst in new[] { true, false })
        {
            var (stars, paired) = isFirst ? (tables.Stars1, tables.Rows1) : (tables.Stars2, tables.Rows2);
            var has = paired.ToHashSet();
            foreach (var rows in Enumerable.Range(0, stars.Count).Where(row => !has.Contains(row)).Chunk(BatchRows))
            {
                var names = await NamesAsync([.. rows.Select(row => stars.StarId[row])], cancellationToken);
                yield return
                [
                    .. rows.Select(row =>
                        isFirst ? Row("table_1", tables, row, -1, names, names, -1) : Row("table_2", tables, -1, row, names, names, -1)
                    ),
                ];
            }
        }
    }

    private static object?[] Row(
        string found,
        SideBySide tables,
        int row1,
        int row2,
        Dictionary<long, string> names1,
        Dictionary<long, string> names2,
        int pair
    ) =>
        [
            found,
            .. Star(tables.Stars1, row1, names1),
            .. Star(tables.Stars2, row2, names2),
            .. Quantity.All.SelectMany(q =>
            {
                var difference = pair < 0 ? Difference.None : q.Of(tables, pair);
                return new object?[] { Known(difference.Value), Known(difference.Sigmas) };
            }),
        ];

    private static object?[] Star(Discovery.Features.StarColumns stars, int row, Dictionary<long, string> names) =>
        row < 0
            ? [null, null, null, null, null]
            : [stars.StarId[row], names[stars.StarId[row]], stars.RaDeg[row], stars.DecDeg[row], Known(stars.Magnitude[row])];

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private Task<Dictionary<long, string>> NamesAsync(long[] stars, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select star_id, source_id from public.stars where star_id = any ($1)",
                    connection
                )
                {
                    Parameters = { new() { Value = stars } },
                };
                var names = new Dictionary<long, string>(stars.Length);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    names.Add(reader.GetInt64(0), reader.GetString(1));
                return names;
            },
            cancellationToken
        );
}
