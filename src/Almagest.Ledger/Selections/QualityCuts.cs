using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Which release's quality cuts a selection takes, whether its stars have what they need, and how many stars each takes.</summary>
public sealed class QualityCuts(LedgerDatabase ledger)
{
    private const double Dr2Epoch = 2015.5;

    /// <summary>The fields that the cuts look at.</summary>
    private static readonly string[] s_fields =
    [
        "ruwe",
        "phot_bp_rp_excess_factor",
        "parallax_mas",
        "parallax_error_mas",
        "magnitude",
        "color",
    ];

    /// <summary>Columns that only one release has, by their names in Gaia's archive and in VizieR.</summary>
    private static readonly string[] s_onlyDr2 =
    [
        "priam_flags",
        "teff_val",
        "a_g_val",
        "e_bp_min_rp_val",
        "astrometric_weight_al",
        "frame_rotator_object_type",
        "astrometric_pseudo_colour",
        "chi2AL",
        "NgAL",
    ];

    private static readonly string[] s_onlyDr3 =
    [
        "nu_eff_used_in_astrometry",
        "pseudocolour",
        "ipd_frac_multi_peak",
        "ipd_gof_harmonic_amplitude",
        "phot_bp_n_blended_transits",
        "non_single_star",
        "teff_gspphot",
        "IPDfmp",
        "nueff",
    ];

    /// <summary>The filter with the release whose cuts it takes.</summary>
    /// <exception cref="LedgerException">the stars lack what a cut needs; the message names the columns</exception>
    public async Task<StarFilter> ResolveAsync(
        IReadOnlyList<Dataset> datasets,
        StarFilter filter,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(datasets);
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Quality is not { } quality)
            return filter;
        var releases = new List<string>();
        foreach (var dataset in datasets)
        {
            var (columns, known) = await ColumnsAsync(dataset, cancellationToken);
            var release = quality == GaiaQuality.Gaia ? Release(dataset, columns, known) : quality;
            releases.Add(release);
            Require(dataset, release, columns, known);
        }
        if (releases.Distinct().Count() > 1)
        {
            throw LedgerException.Invalid(
                "filter.quality",
                $"the datasets are of several releases: {string.Join(", ", datasets.Zip(releases, (d, r) => $"{d.Name} {r}"))}",
                $"Look at one of them, or name {GaiaQuality.Dr2} or {GaiaQuality.Dr3} for all."
            );
        }
        return filter with { Quality = releases[0] };
    }

    /// <summary>How many stars each cut takes from what the rest of the filter selects, one after the other; null without cuts.</summary>
    public async Task<QualitySummary?> CountAsync(long datasetId, StarFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Quality is not { } quality || quality == GaiaQuality.Gaia)
            return null;
        var cuts = GaiaQuality.Cuts(quality);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                var before = "true";
                var counts = new List<string>();
                foreach (var cut in cuts)
                {
                    var holds = cut.Sql(value => GaiaQuality.Bind(command, value));
                    counts.Add($"count(*) filter (where {before} and not coalesce({holds}, false))");
                    before += $" and coalesce({holds}, false)";
                }
                command.CommandText = $"""
                    select count(*), {string.Join(", ", counts)}
                    from public.stars where {StarFilterSql.Where(command, datasetId, filter with { Quality = null, Sample = null })}
                    """;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                return new QualitySummary(
                    quality,
                    reader.GetInt64(0),
                    [.. cuts.Select((cut, i) => new QualityCutCount(cut.Name, cut.Words, reader.GetInt64(i + 1)))]
                );
            },
            cancellationToken
        );
    }

    /// <summary>The release that the dataset is of; <see cref="GaiaQuality.Gaia"/> where nothing says that it is of any.</summary>
    private static string Release(Dataset dataset, HashSet<string> columns, HashSet<string> known)
    {
        // The epoch is the release's own; then the columns that it alone has; then what the file is called.
        if (dataset.ReferenceEpoch is { } epoch && Math.Abs(epoch - Dr2Epoch) < 0.01)
            return GaiaQuality.Dr2;
        if (dataset.ReferenceEpoch is { } later && Math.Abs(later - 2016) < 0.01)
            return GaiaQuality.Dr3;
        if (s_onlyDr3.Any(columns.Contains))
            return GaiaQuality.Dr3;
        if (s_onlyDr2.Any(columns.Contains))
            return GaiaQuality.Dr2;
        var name = $"{dataset.Name} {dataset.Source}";
        if (Has(name, "dr2"))
            return GaiaQuality.Dr2;
        // DR2's own table has no RUWE, and the columns of the fit instead.
        if (!known.Contains("ruwe") && GaiaQuality.Chi2Names.Any(columns.Contains))
            return GaiaQuality.Dr2;
        var isGaia = known.Contains("ruwe") || known.Contains("phot_bp_rp_excess_factor") || Has(name, "dr3") || Has(name, "gaia");
        return isGaia ? GaiaQuality.Dr3 : GaiaQuality.Gaia;
    }

    private static void Require(Dataset dataset, string release, HashSet<string> columns, HashSet<string> known)
    {
        var lacking = new List<string>();
        if (!known.Contains("ruwe"))
        {
            if (release != GaiaQuality.Dr2)
                lacking.Add("ruwe");
            else if (!GaiaQuality.Chi2Names.Any(columns.Contains) || !GaiaQuality.ObservationNames.Any(columns.Contains))
                lacking.Add("ruwe (or astrometric_chi2_al and astrometric_n_good_obs_al)");
        }
        lacking.AddRange(s_fields.Where(c => c != "ruwe" && !known.Contains(c)));
        // The cuts are written for Gaia's own bands.
        var mapping = JsonNode.Parse(dataset.ColumnMapping) as JsonObject ?? [];
        var color = mapping["color"]?.ToString();
        var isOther = color is not null && !(Has(color, "bp") && Has(color, "rp"));
        if (release == GaiaQuality.Gaia)
        {
            throw LedgerException.Invalid(
                "filter.quality",
                $"nothing says that '{dataset.Name}' is a table of Gaia's, whose quality cuts need {string.Join(", ", lacking)}, "
                    + $"which no star of it has{(isOther ? $"; its colour is {color}, not BP-RP" : "")}",
                $"Load a table of Gaia's with these columns{OwnCuts(known)}."
            );
        }
        if (lacking.Count > 0)
        {
            throw LedgerException.Invalid(
                "filter.quality",
                $"the cuts of {release} need {string.Join(", ", lacking)}, which no star of '{dataset.Name}' has",
                $"Load a table with these columns{OwnCuts(known)}."
            );
        }
        if (isOther)
        {
            throw LedgerException.Invalid(
                "filter.quality",
                $"the cuts of {release} are for the colour BP-RP, and the colour of '{dataset.Name}' is {color}",
                HasGaiaColor(columns)
                    ? "Load it with BP-RP as its colour."
                    : $"None of its other columns is BP-RP: load a table that has it{OwnCuts(known)}."
            );
        }
    }

    /// <summary>Cuts that a table with these fields can be given; empty where there are none.</summary>
    private static string OwnCuts(HashSet<string> known)
    {
        var cuts = new List<string>();
        if (known.Contains("ruwe"))
            cuts.Add("ruwe=..1.4");
        if (known.Contains("parallax_mas") && known.Contains("parallax_error_mas"))
            cuts.Add("parallax_over_error=5..");
        if (cuts.Count == 0 && known.Contains("magnitude"))
            cuts.Add("magnitude=..15");
        return cuts.Count == 0 ? "" : $", or write cuts that this one can give as a filter, such as '{string.Join(' ', cuts)}'";
    }

    private static bool HasGaiaColor(HashSet<string> columns)
    {
        var letters = columns.Select(c => string.Concat(c.Where(char.IsAsciiLetter)).ToUpperInvariant()).ToHashSet();
        return letters.Contains("BPRP")
            || (letters.Contains("PHOTBPMEANMAG") && letters.Contains("PHOTRPMEANMAG"))
            || (letters.Contains("BPMAG") && letters.Contains("RPMAG"));
    }

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>The further columns of the source table, and the fields that some star has.</summary>
    private async Task<(HashSet<string> Columns, HashSet<string> Known)> ColumnsAsync(Dataset dataset, CancellationToken cancellationToken)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select 0, k from (select extra from public.stars where dataset_id = $1 and extra is not null limit 1000) s,
                      lateral jsonb_object_keys(s.extra) k
                    union
                    {string.Join(
                        " union all ",
                        s_fields.Select(f =>
                            $"select 1, '{f}' where exists (select 1 from public.stars where dataset_id = $1 and {f} is not null)"
                        )
                    )}
                    """,
                    connection
                )
                {
                    Parameters = { new() { Value = dataset.DatasetId } },
                    CommandTimeout = 600,
                };
                var (columns, known) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    (reader.GetInt32(0) == 0 ? columns : known).Add(reader.GetString(1));
                return (columns, known);
            },
            cancellationToken
        );
    }
}
