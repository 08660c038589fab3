using System.Globalization;
using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Export;

/// <summary>The stars that either run of a pair marks, as a table to be written.</summary>
public sealed class PairExport(LedgerDatabase ledger)
{
    private static readonly IReadOnlyList<Column> s_columns = [.. ExportColumns.Star, .. ComparisonColumns.OfPair];

    private static readonly (PairSide Side, string Name)[] s_sides =
    [
        (PairSide.Common, "common"),
        (PairSide.OnlyIn1, "only_1"),
        (PairSide.OnlyIn2, "only_2"),
    ];

    /// <param name="side">null = the common stars, then those of each run alone</param>
    /// <param name="reason">only stars that flipped for this <see cref="FlipReason"/></param>
    public async Task<ExportTable> TableAsync(
        RunAgreement pair,
        PairSide? side = null,
        string? reason = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(pair);
        PairStarReader.RequireListed(pair);
        var wanted = s_sides.Where(s => (side is null || s.Side == side) && (reason is null || s.Side != PairSide.Common)).ToArray();
        var rows = $"{string.Join(", ", wanted.Select(s => s.Name))}{(reason is null ? "" : $", reason {reason}")}, each by star_id";
        var provenance = await new Provenance(ledger).OfAsync(
            $"Stars that runs {pair.Run1.RunId} (1) and {pair.Run2.RunId} (2) mark",
            rows,
            [pair.Run1, pair.Run2],
            cancellationToken
        );
        return ColumnTable.Of("pair", s_columns, provenance, BatchesAsync(pair, wanted, reason, cancellationToken)) with
        {
            IntegerIds = await IntegerIds.ColumnsAsync(
                ledger,
                RunDatasets.Ids(pair.Run1).Concat(RunDatasets.Ids(pair.Run2)),
                cancellationToken
            ),
        };
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        RunAgreement pair,
        (PairSide Side, string Name)[] sides,
        string? reason,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var reader = new PairStarReader(ledger);
        foreach (var (side, name) in sides)
        {
            var after = long.MinValue;
            string? next;
            do
            {
                var page = await reader.PageAsync(pair, new PairStarQuery(side, reason, PairStarReader.MostRows, after), cancellationToken);
                yield return
                [
                    .. page.Items.Select(s =>
                        new object?[]
                        {
                            s.StarId,
                            s.SourceId,
                            s.RaDeg,
                            s.DecDeg,
                            s.ParallaxMas,
                            s.PmraMasYr,
                            s.PmdecMasYr,
                            s.Magnitude,
                            s.Color,
                            name,
                            s.Score1,
                            s.Score2,
                            (long?)s.Cluster1,
                            (long?)s.Cluster2,
                            s.Reason,
                            s.NearThreshold,
                            s.Analysed1,
                            s.Analysed2,
                        }
                    ),
                ];
                next = page.Next;
                if (next is not null)
                    after = long.Parse(next, CultureInfo.InvariantCulture);
            } while (next is not null);
        }
    }
}
