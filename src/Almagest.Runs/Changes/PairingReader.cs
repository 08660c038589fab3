using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.CrossMatching;
using Almagest.Sky;
using Npgsql;

namespace Almagest.Runs.Changes;

/// <summary>Finds which stars of two datasets are the same: by the links of a cross-match, or by ids of one kind.</summary>
/// <remarks>
/// Ids are taken by themselves only where they can be of one kind: not of two releases, not Gaia's without a word of which release they
/// are, and at the same places. Whoever knows better may say so, and is told what the datasets say.
/// </remarks>
internal sealed class PairingReader(LedgerDatabase ledger)
{
    /// <summary>Equal ids farther apart than this, arc seconds, are not one star; proper motion is allowed for.</summary>
    private const double Apart = 10;

    /// <summary>Where epochs are not known, motion over so many years is allowed for.</summary>
    private const double Years = 30;

    /// <summary>Ids of which more than this share is elsewhere are not of one kind.</summary>
    private const double MostElsewhere = 0.1;

    private const int Looked = 50;

    /// <summary>The choice as it is carried out: the newest match by name, where none is named and ids are not asked for.</summary>
    /// <exception cref="LedgerException">the match joins other datasets, or there is no such match</exception>
    public async Task<(CrossMatch? Match, bool Reversed)> ResolveAsync(
        Dataset dataset1,
        Dataset dataset2,
        PairingChoice choice,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(dataset1);
        ArgumentNullException.ThrowIfNull(dataset2);
        ArgumentNullException.ThrowIfNull(choice);
        if (dataset1.DatasetId == dataset2.DatasetId)
            throw LedgerException.Invalid(
                "dataset_2",
                $"both datasets are '{dataset1.Name}': nothing changed between them",
                "Name two datasets."
            );
        if (choice.BySourceId)
            return (null, false);
        var matches = new CrossMatchRepository(ledger);
        bool Joins(CrossMatch m, Dataset a, Dataset b) => m.Dataset1Id == a.DatasetId && m.Dataset2Id == b.DatasetId;
        if (choice.MatchId is { } id)
        {
            var match = await matches.GetAsync(id, cancellationToken);
            return Joins(match, dataset1, dataset2) ? (match, false)
                : Joins(match, dataset2, dataset1) ? (match, true)
                : throw LedgerException.Invalid(
                    "match_id",
                    $"cross-match {id} joins datasets {match.Dataset1Id} and {match.Dataset2Id}, not {dataset1.DatasetId} and "
                        + $"{dataset2.DatasetId}",
                    "Name a cross-match of these two."
                );
        }
        var newest = (await matches.ListAsync(cancellationToken)).FirstOrDefault(m =>
            Joins(m, dataset1, dataset2) || Joins(m, dataset2, dataset1)
        );
        return (newest, newest is not null && Joins(newest, dataset2, dataset1));
    }

    /// <exception cref="LedgerException">nothing says which stars are the same</exception>
    public async Task<StarPairing> ReadAsync(
        Dataset dataset1,
        Dataset dataset2,
        PairingChoice choice,
        CancellationToken cancellationToken = default
    )
    {
        var (match, reversed) = await ResolveAsync(dataset1, dataset2, choice, cancellationToken);
        return match is null
            ? await ByIdsAsync(dataset1, dataset2, choice.BySourceId, cancellationToken)
            : await ByLinksAsync(dataset1, dataset2, match, reversed, cancellationToken);
    }

    private async Task<StarPairing> ByLinksAsync(
        Dataset dataset1,
        Dataset dataset2,
        CrossMatch match,
        bool reversed,
        CancellationToken cancellationToken
    )
    {
        var (stars1, stars2) = (new List<long>(), new List<long>());
        var (seen1, seen2) = (new HashSet<long>(), new HashSet<long>());
        var (twice1, twice2) = (new HashSet<long>(), new HashSet<long>());
        await ledger.AskAsync(
            async connection =>
            {
                var (first, second) = reversed ? ("star_2_id", "star_1_id") : ("star_1_id", "star_2_id");
                await using var command = new NpgsqlCommand(
                    $"select {first}, {second} from public.star_links where match_id = $1 order by 1, 2",
                    connection
                )
                {
                    Parameters = { new() { Value = match.MatchId } },
                    CommandTimeout = 600,
                };
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (star1, star2) = (reader.GetInt64(0), reader.GetInt64(1));
                    stars1.Add(star1);
                    stars2.Add(star2);
                    if (!seen1.Add(star1))
                        twice1.Add(star1);
                    if (!seen2.Add(star2))
                        twice2.Add(star2);
                }
            },
            cancellationToken
        );
        var kept = Enumerable.Range(0, stars1.Count).Where(i => !twice1.Contains(stars1[i]) && !twice2.Contains(stars2[i])).ToArray();
        // Who is linked to an ambiguous star has no partner either, and is not new.
        for (var i = 0; i < stars1.Count; i++)
        {
            if (twice1.Contains(stars1[i]) || twice2.Contains(stars2[i]))
            {
                seen1.Remove(stars1[i]);
                seen2.Remove(stars2[i]);
            }
        }
        var notes = new List<string>();
        var (epoch1, epoch2) = (dataset1.ReferenceEpoch, dataset2.ReferenceEpoch);
        if (match.Epoch is null && epoch1 is { } a && epoch2 is { } b && a != b)
            notes.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Cross-match {match.MatchId} compared positions of {a:0.0##} with those of {b:0.0##} as they stand: fast stars may "
                        + $"have been missed, or matched with others."
                )
            );
        return new StarPairing(dataset1, dataset2, [.. kept.Select(i => stars1[i])], [.. kept.Select(i => stars2[i])])
        {
            Match = match,
            Ambiguous1 = stars1.Where(s => !seen1.Contains(s)).ToHashSet(),
            Ambiguous2 = stars2.Where(s => !seen2.Contains(s)).ToHashSet(),
            Epoch1 = epoch1 ?? (reversed ? match.Epoch2 : match.Epoch1),
            Epoch2 = epoch2 ?? (reversed ? match.Epoch1 : match.Epoch2),
            Release1 = CatalogueRelease.Of(dataset1, null),
            Release2 = CatalogueRelease.Of(dataset2, null),
            Notes = notes,
        };
    }

    private async Task<StarPairing> ByIdsAsync(Dataset dataset1, Dataset dataset2, bool isAsked, CancellationToken cancellationToken)
    {
        var (first, second) = (await IdsOfAsync(dataset1, cancellationToken), await IdsOfAsync(dataset2, cancellationToken));
        var (release1, release2) = (
            CatalogueRelease.Of(dataset1, first.FirstOrDefault().SourceId),
            CatalogueRelease.Of(dataset2, second.FirstOrDefault().SourceId)
        );
        var differ = release1 is not null && release2 is not null && release1 != release2;
        var notes = new List<string>();
        if (differ && !isAsked)
            throw NotMatched(
                $"'{dataset1.Name}' is of {release1} and '{dataset2.Name}' of {release2}: an id of one names another star in the other, "
                    + "or none",
                idsMayHelp: true
            );
        if (differ)
            notes.Add(
                $"Matched by id as asked, although '{dataset1.Name}' is of {release1} and '{dataset2.Name}' of {release2}: ids of two "
                    + "releases are different names, and some of these pairs are of two stars."
            );
        else if (release1 is null || release2 is null)
        {
            var gaia = IsGaia(first) && IsGaia(second);
            var (epoch1, epoch2) = (dataset1.ReferenceEpoch, dataset2.ReferenceEpoch);
            var sameEpoch = epoch1 is not null && epoch1 == epoch2;
            if (gaia && !sameEpoch && !isAsked)
                throw NotMatched(
                    $"the ids of '{dataset1.Name}' and '{dataset2.Name}' are Gaia's, and nothing says that they are of one release: those "
                        + "of DR2 and DR3 are different names",
                    idsMayHelp: true
                );
            if (gaia && !sameEpoch)
                notes.Add("Matched by Gaia's ids as asked; nothing in the datasets says that they are of one release.");
        }
        var (stars1, stars2, elsewhere) = await EqualIdsAsync(dataset1, dataset2, cancellationToken);
        if (stars1.Count + elsewhere == 0)
            throw NotMatched($"'{dataset1.Name}' and '{dataset2.Name}' have no id in common");
        if (elsewhere > MostElsewhere * (stars1.Count + elsewhere))
            throw NotMatched(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"of {stars1.Count + elsewhere:N0} ids that '{dataset1.Name}' and '{dataset2.Name}' have in common {elsewhere:N0} are "
                        + $"of stars more than {Apart:0} arc seconds apart: they are not of one kind"
                )
            );
        return new StarPairing(dataset1, dataset2, [.. stars1], [.. stars2])
        {
            Elsewhere = elsewhere,
            Epoch1 = dataset1.ReferenceEpoch,
            Epoch2 = dataset2.ReferenceEpoch,
            Release1 = release1,
            Release2 = release2,
            Notes = notes,
        };
    }

    private static bool IsGaia(List<(string SourceId, long Healpix29)> stars) =>
        stars.Count > 0 && 2 * stars.Count(s => CatalogueRelease.IsGaia(s.SourceId, s.Healpix29)) > stars.Count;

    private async Task<List<(string SourceId, long Healpix29)>> IdsOfAsync(Dataset dataset, CancellationToken cancellationToken) =>
        (
            await ledger.ReadAsync(
                context =>
                    context
                        .Stars.Where(s => s.DatasetId == dataset.DatasetId)
                        .OrderBy(s => s.StarId)
                        .Take(Looked)
                        .Select(s => new { s.SourceId, s.Healpix29 }),
                cancellationToken
            )
        ).ConvertAll(s => (s.SourceId, s.Healpix29));

    private Task<(List<long>, List<long>, long)> EqualIdsAsync(Dataset dataset1, Dataset dataset2, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    -- A step for each dataset: of a distributed ledger, stars of one source id lie on different machines.
                    with a as materialized (
                      select star_id, source_id, ra_deg, dec_deg, pmra_mas_yr, pmdec_mas_yr from public.stars where dataset_id = $1
                    )
                    select a.star_id, b.star_id, a.ra_deg, a.dec_deg, b.ra_deg, b.dec_deg,
                      coalesce(a.pmra_mas_yr, b.pmra_mas_yr), coalesce(a.pmdec_mas_yr, b.pmdec_mas_yr)
                    from a join public.stars b on b.source_id = a.source_id and b.dataset_id = $2
                    order by a.star_id
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = dataset1.DatasetId },
                        new() { Value = dataset2.DatasetId },
                    },
                    CommandTimeout = 3600,
                };
                var (stars1, stars2) = (new List<long>(), new List<long>());
                long elsewhere = 0;
                var years = dataset1.ReferenceEpoch is { } a && dataset2.ReferenceEpoch is { } b ? Math.Abs(b - a) : Years;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var apart = SkyCoordinates.SeparationDeg(
                        reader.GetDouble(2),
                        reader.GetDouble(3),
                        reader.GetDouble(4),
                        reader.GetDouble(5)
                    );
                    var motion =
                        reader.IsDBNull(6) || reader.IsDBNull(7)
                            ? 0
                            : Math.Sqrt(Math.Pow(reader.GetDouble(6), 2) + Math.Pow(reader.GetDouble(7), 2)) / 1000;
                    if (apart * Constants.ArcsecondsPerDegree > Apart + motion * years)
                    {
                        elsewhere++;
                        continue;
                    }
                    stars1.Add(reader.GetInt64(0));
                    stars2.Add(reader.GetInt64(1));
                }
                return (stars1, stars2, elsewhere);
            },
            cancellationToken
        );

    /// <param name="idsMayHelp">whether to say that the ids are of one kind would</param>
    private static LedgerException NotMatched(string why, bool idsMayHelp = false) =>
        LedgerException
            .Of(
                ErrorCode.StarsNotMatched,
                $"nothing says which stars of the two datasets are the same: {why}",
                "Cross-match the two datasets by position first" + (idsMayHelp ? ", or say that their ids are of one kind." : "."),
                "dataset_2"
            )
            .With("ids_may_help", idsMayHelp);
}
