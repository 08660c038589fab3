using System.Globalization;
using System.Text.Json;
using Almagest.Catalog.Mapping;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Identification;

/// <summary>
/// Which columns of a catalogue of clusters say what, beside those that are fields of a star: by the names of Cantat-Gaudin et al. 2018 and
/// 2020, Dias et al. 2021, Kharchenko et al. 2013, Hunt and Reffert 2023, and common habits.
/// </summary>
internal sealed class CatalogueColumns
{
    private static readonly string[] s_names =
    [
        "name",
        "cluster",
        "cluster_name",
        "clustername",
        "cl_name",
        "clname",
        "oc_name",
        "ocname",
        "oc",
        "cl",
        "object",
        "object_name",
        "main_id",
        "designation",
    ];

    private static readonly string[] s_otherNames = ["allnames", "all_names", "othernames", "other_names", "synonyms", "aliases", "onames"];

    private static readonly string[] s_counts =
    [
        "n",
        "nstars",
        "n_stars",
        "nbstars07",
        "nbstars",
        "nmemb",
        "n_memb",
        "nmembers",
        "n_members",
        "num_members",
        "members",
        "numstars",
        "nc",
        "ns",
        "nber",
        "nmem",
    ];

    /// <summary>Radii, and what part of them stands for the radius within which half of the members lie.</summary>
    private static readonly (string Name, double Share, bool DegreesByCustom)[] s_radii =
    [
        ("r50", 1, true),
        ("r_50", 1, true),
        ("r50_deg", 1, true),
        ("rh", 1, false),
        ("r_h", 1, false),
        ("rhm", 1, false),
        ("r_hm", 1, false),
        ("r_half", 1, false),
        ("rtot", 0.5, true),
        ("r_tot", 0.5, true),
        ("r2", 0.5, true),
        ("theta", 0.5, false),
        ("rj", 0.5, false),
        ("r_j", 0.5, false),
        ("rt", 0.5, false),
        ("r_t", 0.5, false),
        ("radius", 0.5, false),
        ("rad", 0.5, false),
        ("diam", 0.25, false),
        ("diameter", 0.25, false),
        ("majdiam", 0.25, false),
    ];

    /// <summary>No cluster is so large: such numbers are not degrees.</summary>
    private const double MostRadiusDeg = 30;

    private readonly Dictionary<string, string> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string?> _units;
    private readonly Dictionary<string, string> _mapping;
    private readonly List<string> _columns = [];
    private readonly List<string> _notes = [];
    private string? _name,
        _otherNames,
        _count,
        _radius,
        _bothErrors;
    private double _radiusFactor,
        _bothErrorsFactor = 1;
    private bool _radiusIsLength;
    private readonly Dictionary<string, (string Column, double Factor)> _spreads = [];

    /// <param name="extras">the rows' other columns</param>
    public CatalogueColumns(Dataset catalogue, IReadOnlyList<JsonElement?> extras)
    {
        _mapping = JsonSerializer.Deserialize<Dictionary<string, string>>(catalogue.ColumnMapping) ?? [];
        _units = (FileColumns.Of(catalogue) ?? [])
            .GroupBy(c => c.Report.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First().Report.Unit, StringComparer.Ordinal);
        foreach (var column in extras.Take(1000).OfType<JsonElement>().SelectMany(e => e.EnumerateObject()).Select(p => p.Name))
            _byName.TryAdd(column, column);
        FindNames();
        FindSpreads();
        FindRadius(extras);
        AreOfClusters =
            _name is not null
            || (_mapping.TryGetValue(StarField.SourceId, out var id) && s_names.Contains(id.ToLowerInvariant()))
            || s_radii.Any(r => _byName.ContainsKey(r.Name))
            || Find(s_counts) is not null
            || _spreads.Count > 0;
    }

    /// <summary>Whether the identifier of a row is the name of its cluster.</summary>
    public bool IsNamedById { get; private set; }

    /// <summary>Whether a column says what only clusters have: a name, a radius, a number or a dispersion of members.</summary>
    public bool AreOfClusters { get; private set; }

    /// <summary>Whether the rows have what a catalogue of stars has, and few ones of clusters.</summary>
    public bool HavePhotometry => _mapping.ContainsKey(StarField.Magnitude) || _mapping.ContainsKey(StarField.Ruwe);

    /// <summary>The column of the radii; null where there is none.</summary>
    public string? Radius => _radius;

    /// <summary>Whether the unit of the radii is in the file.</summary>
    public bool IsRadiusUnitKnown => _radius is not null && _units.GetValueOrDefault(_radius) is not null;

    /// <summary>What was taken from which column.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>What was not taken, and why.</summary>
    public IReadOnlyList<string> Notes => _notes;

    public string? Name(JsonElement? extra) => Text(extra, _name);

    public IReadOnlyList<string> OtherNames(JsonElement? extra) =>
        Text(extra, _otherNames)?.Split([',', ';', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <param name="field">a field of a star</param>
    public double? Spread(JsonElement? extra, string field) =>
        _spreads.TryGetValue(field, out var from) && Number(extra, from.Column) * from.Factor is > 0 and var spread ? spread : null;

    /// <summary>Whether what was taken for the error of a field is a spread by its name.</summary>
    public bool ErrorIsSpread(string errorField) =>
        _mapping.TryGetValue(errorField, out var column)
        && (column.StartsWith("sigma_", StringComparison.OrdinalIgnoreCase) || column.StartsWith("s_", StringComparison.OrdinalIgnoreCase));

    public double? Members(JsonElement? extra) => Number(extra, _count) is >= 1 and var n ? n : null;

    /// <summary>An error that both components of a motion have, mas/yr.</summary>
    public double? MotionError(JsonElement? extra) => Number(extra, _bothErrors) * _bothErrorsFactor is > 0 and var e ? e : null;

    public double? RadiusDeg(JsonElement? extra, double? parallaxMas)
    {
        if (Number(extra, _radius) is not (> 0 and var value))
            return null;
        var radius = value * _radiusFactor;
        // Parsecs at a distance of 1000 / parallax.
        if (_radiusIsLength)
            radius *= parallaxMas is > 0 and var parallax ? parallax / 1000 * (180 / Math.PI) : double.NaN;
        return radius is > 0 and <= MostRadiusDeg ? radius : null;
    }

    /// <summary>The radii turned out to be in another unit: they are not what was taken.</summary>
    public void DropRadius() => _columns.RemoveAll(c => c.StartsWith("radius: ", StringComparison.Ordinal));

    private void FindNames()
    {
        _mapping.TryGetValue(StarField.SourceId, out var id);
        var idRank = id is null ? -1 : Array.IndexOf(s_names, id.ToLowerInvariant());
        var found = s_names
            .Select((n, rank) => (Rank: rank, Column: _byName.GetValueOrDefault(n)))
            .FirstOrDefault(n => n.Column is not null);
        if (found.Column is { } column && (idRank < 0 || found.Rank < idRank))
            _name = column;
        else
            IsNamedById = id is not null;
        _columns.Add(
            _name is { } name ? $"names: {name}"
            : id is not null ? $"names: {id}"
            : "names: the number of the row, for no column has names"
        );
        _otherNames = Find(s_otherNames);
        if (_otherNames is not null)
            _columns.Add($"other names: {_otherNames}");
    }

    private void FindSpreads()
    {
        foreach (
            var (field, generic) in new[] { (StarField.PmraMasYr, "pmRA"), (StarField.PmdecMasYr, "pmDE"), (StarField.ParallaxMas, "Plx") }
        )
        {
            if (!_mapping.TryGetValue(field, out var measured))
                continue;
            string[] bases = [measured, generic];
            var column = Find([
                .. bases.SelectMany(b =>
                    (string[])
                        [
                            $"s_{b}",
                            $"sigma_{b}",
                            $"sig_{b}",
                            $"disp_{b}",
                            $"sd_{b}",
                            $"std_{b}",
                            $"{b}_std",
                            $"{b}_sigma",
                            $"{b}_disp",
                            $"{b}_dispersion",
                        ]
                ),
            ]);
            if (column is not null && FieldUnit.Of(field, _units.GetValueOrDefault(column)) is { } unit)
                _spreads[field] = (column, unit.Factor);
        }
        foreach (
            var (what, fields) in new[]
            {
                ("proper motions", new[] { StarField.PmraMasYr, StarField.PmdecMasYr, StarField.PmraError, StarField.PmdecError }),
                ("parallaxes", [StarField.ParallaxMas, StarField.ParallaxErrorMas]),
            }
        )
        {
            string[] named =
            [
                .. fields.Select(f => _mapping.GetValueOrDefault(f)).OfType<string>(),
                .. fields.Select(f => _spreads.GetValueOrDefault(f).Column).OfType<string>(),
            ];
            if (_mapping.ContainsKey(fields[0]))
                _columns.Add($"{what}: {string.Join(", ", named)}");
        }
        _bothErrors = _mapping.ContainsKey(StarField.PmraError) ? null : Find(["e_pm", "pm_error", "epm"]);
        if (_bothErrors is not null && FieldUnit.Of(StarField.PmraError, _units.GetValueOrDefault(_bothErrors)) is { } ofErrors)
        {
            _bothErrorsFactor = ofErrors.Factor;
            _columns.Add($"error of both components of the motion: {_bothErrors}");
        }
        else if (_bothErrors is not null)
        {
            _notes.Add($"The errors of motions in '{_bothErrors}' are in '{_units.GetValueOrDefault(_bothErrors)}' and were not used.");
            _bothErrors = null;
        }
        if (_spreads.Count > 0 && Find(s_counts) is { } count)
        {
            _count = count;
            _columns.Add($"members: {count}");
        }
    }

    private void FindRadius(IReadOnlyList<JsonElement?> extras)
    {
        foreach (var (name, share, degrees) in s_radii)
        {
            if (!_byName.TryGetValue(name, out var column))
                continue;
            var unit = _units.GetValueOrDefault(column);
            var isLength = unit?.Trim().ToLowerInvariant() is "pc" or "parsec";
            var factor = isLength ? 1 : FieldUnit.Of(StarField.DecDeg, unit)?.Factor;
            if (factor is null || (unit is null && !degrees))
            {
                _notes.Add(
                    unit is null
                        ? $"The radii in '{column}' have no unit and were not used."
                        : $"The radii in '{column}' are in '{unit}' and were not used."
                );
                continue;
            }
            var middle = extras.Select(e => Number(e, column)).OfType<double>().Order().ToList();
            if (middle.Count == 0)
                continue;
            if (!isLength && middle[middle.Count / 2] * factor.Value > MostRadiusDeg)
            {
                _notes.Add($"The radii in '{column}' are too large to be in degrees and were not used.");
                continue;
            }
            (_radius, _radiusFactor, _radiusIsLength) = (column, factor.Value * share, isLength);
            var part = share switch
            {
                1 => "",
                0.5 => ", half of it for the radius within which half of the members lie",
                _ => ", a quarter of it for the radius within which half of the members lie",
            };
            _columns.Add($"radius: {column} ({unit ?? "deg, by custom"}{(isLength ? ", at the distance of the parallax" : "")}{part})");
            return;
        }
    }

    private string? Find(IEnumerable<string> names) => names.Select(n => _byName.GetValueOrDefault(n)).FirstOrDefault(c => c is not null);

    private static string? Text(JsonElement? extra, string? column)
    {
        if (column is null || extra is not { } row || !row.TryGetProperty(column, out var value))
            return null;
        var text =
            value.ValueKind == JsonValueKind.String ? value.GetString()!
            : value.ValueKind == JsonValueKind.Null ? ""
            : value.ToString();
        return text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }

    private static double? Number(JsonElement? extra, string? column)
    {
        if (column is null || extra is not { } row || !row.TryGetProperty(column, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number))
            return double.IsFinite(number) ? number : null;
        return
            value.ValueKind == JsonValueKind.String
            && double.TryParse(value.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed)
            && double.IsFinite(parsed)
            ? parsed
            : null;
    }
}
