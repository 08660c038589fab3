using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Runs.CrossMatching;

/// <summary>The stored cross-matches and their links.</summary>
public sealed class CrossMatchRepository(LedgerDatabase ledger)
{
    private static readonly string[] s_ofEachStar =
    [
        "star_{0}_id",
        "source_id_{0}",
        "ra_deg_{0}",
        "dec_deg_{0}",
        "pmra_mas_yr_{0}",
        "pmdec_mas_yr_{0}",
        "magnitude_{0}",
    ];

    /// <summary>Newest first.</summary>
    public Task<List<CrossMatch>> ListAsync(CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(context => context.CrossMatches.AsNoTracking().OrderByDescending(m => m.MatchId), cancellationToken);

    /// <exception cref="LedgerException">no such match</exception>
    public async Task<CrossMatch> GetAsync(long matchId, CancellationToken cancellationToken = default) =>
        (
            await ledger.ReadAsync(context => context.CrossMatches.AsNoTracking().Where(m => m.MatchId == matchId), cancellationToken)
        ).FirstOrDefault()
        ?? throw LedgerException
            .Of(ErrorCode.CrossMatchNotFound, $"there is no cross-match {matchId}", "The list of cross-matches has those that there are.")
            .With("match_id", matchId);

    /// <summary>Deletes a match with its links.</summary>
    /// <exception cref="LedgerException">no such match</exception>
    public async Task DeleteAsync(long matchId, CancellationToken cancellationToken = default)
    {
        await GetAsync(matchId, cancellationToken);
        await using var context = ledger.CreateContext();
        await context.CrossMatches.Where(m => m.MatchId == matchId).ExecuteDeleteAsync(cancellationToken);
    }

    /// <summary>The pairs of a match with the catalogues' columns of both stars, as a table to be written, streamed.</summary>
    public async Task<ExportTable> TableAsync(CrossMatch match, long? limit = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(match);
        var datasets = new DatasetRepository(ledger);
        var (first, second) = (
            await datasets.GetAsync(match.Dataset1Id, cancellationToken),
            await datasets.GetAsync(match.Dataset2Id, cancellationToken)
        );
        var provenance = Provenance.Begin(
            $"Stars of {first.Name} (1) and {second.Name} (2) at the same place",
            $"{(limit is { } n ? $"the first {n} of " : "")}all pairs, by star_1_id, star_2_id"
        );
        foreach (var (name, value) in Provenance.Describe(match, first, second))
            provenance[name] = value?.DeepClone();
        var columns = s_ofEachStar
            .Select(c => ColumnDictionary.Side(c, "1"))
            .Concat(s_ofEachStar.Select(c => ColumnDictionary.Side(c, "2")))
            .Append(StarColumns.SeparationArcsec)
            .ToList();
        return ColumnTable.Of(
            "links",
            columns,
            provenance,
            QueryRows.ReadAsync(
                ledger,
                command =>
                {
                    command.CommandText = """
                        -- A step for each side: of a distributed ledger, the stars of the two lie on different machines.
                        with firsts as materialized (
                          select a.star_id, a.source_id, a.ra_deg, a.dec_deg, a.pmra_mas_yr, a.pmdec_mas_yr, a.magnitude, l.star_2_id,
                                 l.separation_arcsec
                          from public.star_links l
                          join public.stars a on a.star_id = l.star_1_id
                          where l.match_id = $1
                        )
                        select f.star_id, f.source_id, f.ra_deg, f.dec_deg, f.pmra_mas_yr, f.pmdec_mas_yr, f.magnitude,
                               b.star_id, b.source_id, b.ra_deg, b.dec_deg, b.pmra_mas_yr, b.pmdec_mas_yr, b.magnitude, f.separation_arcsec
                        from firsts f
                        join public.stars b on b.star_id = f.star_2_id
                        order by f.star_id, f.star_2_id
                        """;
                    command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = match.MatchId });
                    if (limit is not { } most)
                        return;
                    command.CommandText += " limit $2";
                    command.Parameters.Add(new Npgsql.NpgsqlParameter { Value = most });
                },
                cancellationToken
            )
        ) with
        {
            IntegerIds = new HashSet<string>([
                .. await IntegerIds.ColumnsAsync(ledger, [first.DatasetId], cancellationToken, "source_id_1"),
                .. await IntegerIds.ColumnsAsync(ledger, [second.DatasetId], cancellationToken, "source_id_2"),
            ]),
        };
    }
}
