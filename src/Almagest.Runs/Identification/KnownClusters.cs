using System.Globalization;
using System.Text.Json;
using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Discovery.Identification;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Identification;

/// <summary>A dataset read as a catalogue of clusters, one a row.</summary>
/// <param name="Clusters">in the order of the rows</param>
/// <param name="StarIds">of the rows</param>
/// <param name="OtherNames">of the rows; empty where there are none</param>
/// <param name="Columns">what was taken from which column</param>
/// <param name="Notes">what it lacks</param>
/// <param name="IsOfStars">its rows look like stars, and not like clusters</param>
internal sealed record KnownClusters(
    IReadOnlyList<KnownCluster> Clusters,
    IReadOnlyList<long> StarIds,
    IReadOnlyList<IReadOnlyList<string>> OtherNames,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> Notes,
    bool IsOfStars
)
{
    /// <summary>All clusters that are known are some ten thousand.</summary>
    public const int Most = 100_000;

    /// <summary>Of rows without anything that clusters have; fewer where they have magnitudes.</summary>
    private const int ManyRows = 1000,
        SomeRows = 100;

    /// <summary>Rows of one name, on average, that a catalogue of clusters does not have.</summary>
    private const int RowsOfName = 3;

    private const double RoughMotionMasYr = 2,
        RoughParallaxMas = 0.2;

    /// <exception cref="LedgerException">it has too many rows for a catalogue of clusters, or none</exception>
    public static async Task<KnownClusters> ReadAsync(LedgerDatabase ledger, Dataset catalogue, CancellationToken cancellationToken)
    {
        if (catalogue.StarCount is 0 or > Most)
            throw LedgerException
                .Invalid(
                    "dataset",
                    catalogue.StarCount == 0
                        ? $"dataset '{catalogue.Name}' has no rows"
                        : $"dataset '{catalogue.Name}' has {catalogue.StarCount} rows: it is not a catalogue of clusters",
                    $"Name a dataset with one row a cluster, at most {Most} of them."
                )
                .With("dataset", catalogue.Name);
        var rows = await ledger.AskAsync(connection => RowsAsync(connection, catalogue.DatasetId, cancellationToken), cancellationToken);
        var columns = new CatalogueColumns(catalogue, rows.ConvertAll(r => r.Extra));
        var (clusters, radii) = BelievedRadii.Of([.. rows.Select((r, i) => Of(r, i, columns))], columns);
        var stars = OfStars(clusters, columns);
        return new KnownClusters(
            clusters,
            rows.ConvertAll(r => r.StarId),
            rows.ConvertAll(r => columns.OtherNames(r.Extra)),
            columns.Columns,
            [.. ((string?[])[stars, .. columns.Notes, radii]).OfType<string>(), .. Lacks(clusters), .. Rough(clusters)],
            stars is not null
        );
    }

    // Why the rows look like stars; null where they do not.
    private static string? OfStars(IReadOnlyList<KnownCluster> clusters, CatalogueColumns columns)
    {
        if (!columns.AreOfClusters && (clusters.Count >= ManyRows || (clusters.Count >= SomeRows && columns.HavePhotometry)))
            return "This looks like a table of stars: its rows have no names, radii or numbers of members. Each was taken for a cluster.";
        return clusters.Count >= SomeRows && RowsOfName * clusters.DistinctBy(c => c.Name).Count() <= clusters.Count
            ? "This looks like a table of the members of clusters: many rows have the same name. Each was taken for a cluster."
            : null;
    }

    // Errors in another unit make everything agree.
    private static IEnumerable<string> Rough(IReadOnlyList<KnownCluster> clusters)
    {
        static bool IsRough(ClusterMean? mean, double least) =>
            mean is { Error: { } error, Value: var value } && error > Math.Max(least, Math.Abs(value));
        foreach (
            var (what, all, rough) in new[]
            {
                (
                    "motions",
                    clusters.Count(c => c.Pmra is not null && c.Pmdec is not null),
                    clusters.Count(c => IsRough(c.Pmra, RoughMotionMasYr) || IsRough(c.Pmdec, RoughMotionMasYr))
                ),
                ("parallaxes", clusters.Count(c => c.Parallax is not null), clusters.Count(c => IsRough(c.Parallax, RoughParallaxMas))),
            }
        )
            if (rough > 0 && 2 * rough >= all)
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rough} of the {all} {what} of the catalogue have errors larger than themselves, too rough to compare: errors in another "
                        + $"unit than that of the {what}?"
                );
    }

    private static KnownCluster Of(Row row, int place, CatalogueColumns columns)
    {
        var members = columns.Members(row.Extra);
        var parallax = Mean(StarField.ParallaxMas, StarField.ParallaxErrorMas, row.Parallax, row.ParallaxError);
        ClusterMean? Mean(string field, string errorField, double? value, double? error)
        {
            if (value is not { } mean)
                return null;
            var spread = columns.Spread(row.Extra, field);
            if (columns.ErrorIsSpread(errorField))
                (spread, error) = (spread ?? error, null);
            return new ClusterMean(mean, error ?? (members is { } n ? spread / Math.Sqrt(n) : null), spread);
        }
        var both = columns.MotionError(row.Extra);
        return new KnownCluster(
            place,
            columns.Name(row.Extra) ?? (columns.IsNamedById ? row.SourceId : FormattableString.Invariant($"row {place + 1}")),
            row.Ra,
            row.Dec
        )
        {
            RadiusDeg = columns.RadiusDeg(row.Extra, row.Parallax),
            Pmra = Mean(StarField.PmraMasYr, StarField.PmraError, row.Pmra, row.PmraError ?? both),
            Pmdec = Mean(StarField.PmdecMasYr, StarField.PmdecError, row.Pmdec, row.PmdecError ?? both),
            Parallax = parallax,
            RadialVelocityKmS = row.RadialVelocity,
        };
    }

    private static IEnumerable<string> Lacks(IReadOnlyList<KnownCluster> clusters)
    {
        int Without(Func<KnownCluster, bool> has) => clusters.Count(c => !has(c));
        string Having(int without, string what) =>
            without == clusters.Count
                ? $"The catalogue has no {what}."
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{clusters.Count - without} of the {clusters.Count} clusters of the catalogue have {what}."
                );
        var (motions, parallaxes, radii) = (
            Without(c => c.Pmra is not null && c.Pmdec is not null),
            Without(c => c.Parallax is not null),
            Without(c => c.RadiusDeg is not null)
        );
        if (motions == clusters.Count && parallaxes == clusters.Count)
            yield return "The catalogue has neither proper motions nor parallaxes: it says what lies at a place, and not that this is the "
                + "cluster that was found.";
        else
        {
            if (motions > 0)
                yield return Having(motions, "proper motions");
            if (parallaxes > 0)
                yield return Having(parallaxes, "parallaxes");
        }
        if (radii == clusters.Count)
            yield return "The catalogue has no radii: positions are compared within the radii of the clusters that were found.";
        if (clusters.Any(c => c.Pmra is not null) && clusters.All(c => c.Pmra is not { Error: not null } and not { Spread: not null }))
            yield return "The catalogue has no errors of its motions: they are taken as exact but for Gaia's systematic errors.";
        if (
            clusters.Any(c => c.Parallax is not null)
            && clusters.All(c => c.Parallax is not { Error: not null } and not { Spread: not null })
        )
            yield return "The catalogue has no errors of its parallaxes: they are taken as exact but for Gaia's systematic errors.";
    }

    private static async Task<List<Row>> RowsAsync(NpgsqlConnection connection, long datasetId, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            select star_id, source_id, ra_deg, dec_deg, parallax_mas, parallax_error_mas, pmra_mas_yr, pmra_error, pmdec_mas_yr,
              pmdec_error, radial_velocity_km_s, extra::text
            from public.stars where dataset_id = $1 order by star_id
            """,
            connection
        )
        {
            Parameters = { new() { Value = datasetId } },
            CommandTimeout = 120,
        };
        var rows = new List<Row>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        double? Number(int i) => reader.IsDBNull(i) || !double.IsFinite(reader.GetDouble(i)) ? null : reader.GetDouble(i);
        while (await reader.ReadAsync(cancellationToken))
        {
            JsonElement? extra = null;
            if (!reader.IsDBNull(11))
            {
                using var document = JsonDocument.Parse(reader.GetString(11));
                extra = document.RootElement.Clone();
            }
            rows.Add(
                new Row(
                    reader.GetInt64(0),
                    reader.GetString(1),
                    reader.GetDouble(2),
                    reader.GetDouble(3),
                    Number(4),
                    Number(5),
                    Number(6),
                    Number(7),
                    Number(8),
                    Number(9),
                    Number(10),
                    extra
                )
            );
        }
        return rows;
    }

    private sealed record Row(
        long StarId,
        string SourceId,
        double Ra,
        double Dec,
        double? Parallax,
        double? ParallaxError,
        double? Pmra,
        double? PmraError,
        double? Pmdec,
        double? PmdecError,
        double? RadialVelocity,
        JsonElement? Extra
    );
}
