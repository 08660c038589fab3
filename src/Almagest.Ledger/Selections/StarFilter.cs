using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery;
using Almagest.Discovery.Recovery;
using Almagest.Sky;

namespace Almagest.Ledger.Selections;

/// <summary>A cone on the sky: centre and radius in ICRS degrees, the border included.</summary>
public sealed record Cone(double RaDeg, double DecDeg, double RadiusDeg);

/// <summary>A closed range; null = unbounded on that side. Stars without the value are left out.</summary>
public sealed record Bounds(double? Min = null, double? Max = null);

/// <summary>
/// Which stars of a dataset a run looks at: all that fulfil every condition given. Immutable; its JSON form is stored with the run.
/// <see cref="RaDeg"/> may wrap: min 350, max 10 is the 20° around RA 0.
/// </summary>
public sealed record StarFilter
{
    public Cone? Cone { get; init; }
    public Bounds? RaDeg { get; init; }
    public Bounds? DecDeg { get; init; }
    public Bounds? Magnitude { get; init; }
    public Bounds? Color { get; init; }
    public Bounds? ParallaxMas { get; init; }

    /// <summary>Parallax over its error.</summary>
    public Bounds? ParallaxOverError { get; init; }

    /// <summary>Total proper motion, mas/yr.</summary>
    public Bounds? ProperMotionMasYr { get; init; }
    public Bounds? Ruwe { get; init; }

    /// <summary>Proper motion in right ascension times cos(dec), mas/yr.</summary>
    public Bounds? PmraMasYr { get; init; }

    /// <summary>Proper motion in declination, mas/yr.</summary>
    public Bounds? PmdecMasYr { get; init; }
    public Bounds? ParallaxErrorMas { get; init; }
    public Bounds? RadialVelocityKmS { get; init; }

    // The further fields, by the names and in the order of FurtherField.All.
    public Bounds? RaError { get; init; }
    public Bounds? DecError { get; init; }
    public Bounds? PmraError { get; init; }
    public Bounds? PmdecError { get; init; }
    public Bounds? RaDecCorr { get; init; }
    public Bounds? RaParallaxCorr { get; init; }
    public Bounds? RaPmraCorr { get; init; }
    public Bounds? RaPmdecCorr { get; init; }
    public Bounds? DecParallaxCorr { get; init; }
    public Bounds? DecPmraCorr { get; init; }
    public Bounds? DecPmdecCorr { get; init; }
    public Bounds? ParallaxPmraCorr { get; init; }
    public Bounds? ParallaxPmdecCorr { get; init; }
    public Bounds? PmraPmdecCorr { get; init; }
    public Bounds? PhotBpRpExcessFactor { get; init; }
    public Bounds? RadialVelocityError { get; init; }

    /// <summary>Ranges of other numeric columns of the source table, by their names there; a name that is a further field's means
    /// that field.</summary>
    public ExtraRanges? Extra { get; init; }

    /// <summary>Published quality cuts: <c>gaia</c>, or with the release <c>gaia_dr2</c>, <c>gaia_dr3</c>, as a run stores it.</summary>
    public string? Quality { get; init; }

    /// <summary>Stars that are left out, by their ids in the catalogue: what is known already.</summary>
    public SourceIds? Without { get; init; }

    /// <summary>Only these stars, by their ids in the catalogue, of those that fulfil the other conditions.</summary>
    public SourceIds? Only { get; init; }

    /// <summary>A random sample of the stars that fulfil all the other conditions.</summary>
    public StarSample? Sample { get; init; }

    /// <summary>
    /// Ids of further datasets whose stars are looked at, too; null where there is one dataset. A stored run's are all above its
    /// <c>dataset_id</c>, so that
    /// one set of datasets has one form.
    /// </summary>
    public DatasetIds? AlsoDatasets { get; init; }

    /// <summary>The whole dataset.</summary>
    public static StarFilter All { get; } = new();

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        // A cone without its centre is a mistake, not a cone around 0.
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The names of the conditions that are ranges, with how each is written in SQL.</summary>
    internal static readonly IReadOnlyDictionary<string, (Func<StarFilter, Bounds?> Get, string Sql, string Label)> Ranges = new Dictionary<
        string,
        (Func<StarFilter, Bounds?>, string, string)
    >
    {
        ["dec_deg"] = (f => f.DecDeg, "dec_deg", "Dec (deg)"),
        ["magnitude"] = (f => f.Magnitude, "magnitude", "magnitude"),
        ["color"] = (f => f.Color, "color", "colour"),
        ["parallax_mas"] = (f => f.ParallaxMas, "parallax_mas", "parallax (mas)"),
        ["parallax_over_error"] = (f => f.ParallaxOverError, "parallax_mas / nullif(parallax_error_mas, 0)", "parallax / error"),
        ["proper_motion_mas_yr"] = (
            f => f.ProperMotionMasYr,
            "sqrt(pmra_mas_yr * pmra_mas_yr + pmdec_mas_yr * pmdec_mas_yr)",
            "proper motion (mas/yr)"
        ),
        ["ruwe"] = (f => f.Ruwe, "ruwe", "RUWE"),
        ["pmra_mas_yr"] = (f => f.PmraMasYr, "pmra_mas_yr", "pmRA (mas/yr)"),
        ["pmdec_mas_yr"] = (f => f.PmdecMasYr, "pmdec_mas_yr", "pmDec (mas/yr)"),
        ["parallax_error_mas"] = (f => f.ParallaxErrorMas, "parallax_error_mas", "parallax error (mas)"),
        ["radial_velocity_km_s"] = (f => f.RadialVelocityKmS, "radial_velocity_km_s", "radial velocity (km/s)"),
    }
        .Concat(FurtherField.All.Select(f => KeyValuePair.Create(f.Name, (Property(f.Name), f.Name, f.Label))))
        .ToDictionary();

    /// <summary>The names of all conditions.</summary>
    internal static IEnumerable<string> Names => ["cone", "ra_deg", .. Ranges.Keys, "extra", "quality", "sample"];

    private static Func<StarFilter, Bounds?> Property(string name) =>
        typeof(StarFilter)
            .GetProperty(string.Concat(name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])))!
            .GetMethod!.CreateDelegate<Func<StarFilter, Bounds?>>();

    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>Reads the JSON form, e.g. <c>{"cone": {"ra_deg": 56.75, "dec_deg": 24.1, "radius_deg": 2}, "magnitude": {"max":
    /// 15}}</c>.</summary>
    /// <exception cref="LedgerException">it is no such JSON, or a value is out of range; the message names the field</exception>
    public static StarFilter FromJson(string json)
    {
        try
        {
            var filter = JsonSerializer.Deserialize<StarFilter>(Named(json), s_json) ?? All;
            filter.Validate();
            return filter;
        }
        catch (JsonException e)
        {
            var path = string.IsNullOrEmpty(e.Path) ? "" : e.Path.TrimStart('$', '.');
            var meant = path.Length == 0 || Names.Contains(path) ? null : NearestName.Of(path, Names);
            throw LedgerException.Of(
                ErrorCode.UnreadableFilter,
                "the filter cannot be read" + (path.Length == 0 ? "" : $" at {path}: no such condition, or not its whole form"),
                (meant is null ? "" : $"Did you mean {meant}? ")
                    + $"A filter is a JSON object with cone {{ra_deg, dec_deg, radius_deg}} and ranges {{min, max}} of ra_deg, "
                    + $"{string.Join(", ", Ranges.Keys)}; extra {{COLUMN: {{min, max}}}} of other columns; "
                    + $"quality \"gaia\"; without [source_id, …]; only [source_id, …]; sample {{n, seed}}.",
                path.Length == 0 ? "filter" : $"filter.{path}"
            );
        }
    }

    // As archives call them; the unit is that of the field.
    private static readonly Dictionary<string, string> s_short = new(StringComparer.Ordinal)
    {
        ["ra"] = "ra_deg",
        ["dec"] = "dec_deg",
        ["mag"] = "magnitude",
        ["colour"] = "color",
        ["parallax"] = "parallax_mas",
        ["plx"] = "parallax_mas",
        ["e_plx"] = "parallax_error_mas",
        ["plx_error"] = "parallax_error_mas",
        ["snr_plx"] = "parallax_over_error",
        ["plx_over_error"] = "parallax_over_error",
        ["rv"] = "radial_velocity_km_s",
        ["pm"] = "proper_motion_mas_yr",
        ["pmra"] = "pmra_mas_yr",
        ["pmdec"] = "pmdec_mas_yr",
    };

    // Of a condition that is given twice the last one would count.
    private static readonly JsonDocumentOptions s_once = new() { AllowDuplicateProperties = false };

    /// <summary>The condition that a name means: some have a shorter name, too, or one without their unit.</summary>
    internal static string NameOf(string name) => s_short.GetValueOrDefault(name) ?? StarField.Named(name);

    /// <summary>The same with the names of fields, where other names stand that are accepted for them.</summary>
    private static string Named(string json)
    {
        if (JsonNode.Parse(json, null, s_once) is not JsonObject filter || filter.All(c => NameOf(c.Key) == c.Key))
            return json;
        foreach (var (name, _) in filter.ToList())
        {
            var field = NameOf(name);
            if (field == name)
                continue;
            if (filter.ContainsKey(field))
                throw LedgerException.Invalid($"filter.{name}", $"the filter has {name} and {field}, which are one condition", "Give one.");
            var range = filter[name];
            filter.Remove(name);
            filter[field] = range;
        }
        return filter.ToJsonString();
    }

    /// <exception cref="LedgerException">a value is out of range</exception>
    public void Validate()
    {
        if (Cone is { } c)
        {
            Require(c.RaDeg is >= 0 and < 360, "filter.cone.ra_deg", c.RaDeg, "in [0, 360)");
            Require(c.DecDeg is >= -90 and <= 90, "filter.cone.dec_deg", c.DecDeg, "in [-90, 90]");
            Require(c.RadiusDeg is > 0 and <= 180, "filter.cone.radius_deg", c.RadiusDeg, "in (0, 180]");
        }
        if (RaDeg is { } ra)
        {
            foreach (var edge in new[] { ra.Min, ra.Max })
                Require(edge is null or (>= 0 and <= 360), "filter.ra_deg", edge ?? 0, "in [0, 360]");
        }
        if (Quality is { } quality && !GaiaQuality.All.Contains(quality))
            throw LedgerException.Invalid(
                "filter.quality",
                $"filter.quality is '{quality}', expected {string.Join(" or ", GaiaQuality.All)}"
            );
        Validate("without", Without, "Leave them out by a range of a column instead.");
        Validate("only", Only, "Choose them by ranges of columns instead.");
        if (Sample is { } sample)
            Require(sample.N >= 1, "filter.sample.n", sample.N, "at least 1");
        if (Extra?.FirstOrDefault(e => e.Value is null) is { Key: { } column })
            throw LedgerException.Invalid($"filter.extra.{column}", $"the range of {column} is null", "Give {min, max}.");
        var ranges = Ranges
            .Select(r => (r.Key, r.Value.Get(this)))
            .Concat(Extra is null ? [] : Extra.Select(e => ($"extra.{e.Key}", (Bounds?)e.Value)));
        foreach (var (name, given) in ranges)
        {
            if (given is not { } range)
                continue;
            Require(range.Min is null || double.IsFinite(range.Min.Value), $"filter.{name}.min", range.Min ?? 0, "a finite number");
            Require(range.Max is null || double.IsFinite(range.Max.Value), $"filter.{name}.max", range.Max ?? 0, "a finite number");
            if (range is { Min: { } low, Max: { } high } && low > high)
                throw LedgerException.Invalid($"filter.{name}", $"the range of {name} is empty: min {low} is above max {high}");
        }
    }

    /// <summary>In words, e.g. <c>within 2° of (56.75, 24.1), magnitude ≤ 15</c>.</summary>
    public string Describe()
    {
        var parts = new List<string>();
        if (Cone is { } c)
            parts.Add($"within {c.RadiusDeg}° of ({c.RaDeg}, {c.DecDeg})");
        if (RaDeg is { } ra)
            parts.Add(Describe("RA (deg)", ra));
        parts.AddRange(Ranges.Values.Where(r => r.Get(this) is not null).Select(r => Describe(r.Label, r.Get(this)!)));
        if (Extra is not null)
            parts.AddRange(Extra.Select(e => Describe(e.Key, e.Value)));
        if (Quality is { } quality)
            parts.Add(GaiaQuality.Describe(quality));
        if (Without is { Count: > 0 } without)
            parts.Add(without.Count == 1 ? "without 1 named star" : $"without {without.Count} named stars");
        if (Only is { } only)
            parts.Add(only.Count == 1 ? "1 named star" : $"{only.Count} named stars");
        var conditions = parts.Count == 0 ? AnalysedText.WholeSelection : string.Join(", ", parts);
        return Sample is { } sample ? $"{sample.N} of {conditions}, chosen at random by seed {sample.Seed}" : conditions;
    }

    private static void Validate(string name, SourceIds? ids, string instead)
    {
        if (ids is { Count: > SourceIds.Most })
            throw LedgerException.Invalid(
                $"filter.{name}",
                $"filter.{name} names {ids.Count} stars, expected at most {SourceIds.Most}",
                instead
            );
        if (name == "only" && ids is { Count: 0 })
            throw LedgerException.Invalid(
                $"filter.{name}",
                $"filter.{name} names no star",
                "Name stars by their ids in the catalogue, or leave it out."
            );
        if (ids?.Contains(null!) == true)
            throw LedgerException.Invalid($"filter.{name}", $"filter.{name} holds a null, expected ids of stars");
    }

    /// <summary>
    /// Whether the filter would let such a star through. Conditions on columns that it does not have (RUWE, radial velocity, other columns
    /// of the source table, the random sample) are taken as fulfilled.
    /// </summary>
    public bool Admits(CatalogStar star) =>
        (Cone is not { } c || SkyCoordinates.SeparationDeg(c.RaDeg, c.DecDeg, star.RaDeg, star.DecDeg) <= c.RadiusDeg)
        && (
            RaDeg is not { } ra
            || (ra is { Min: { } low, Max: { } high } && low > high ? star.RaDeg >= low || star.RaDeg <= high : Holds(ra, star.RaDeg))
        )
        && Holds(DecDeg, star.DecDeg)
        && Holds(Magnitude, star.Magnitude)
        && Holds(Color, star.Color)
        && Holds(ParallaxMas, star.ParallaxMas)
        && Holds(ParallaxErrorMas, star.ParallaxErrorMas)
        && Holds(ParallaxOverError, star.ParallaxMas / star.ParallaxErrorMas)
        && (Quality is null || star.ParallaxMas / star.ParallaxErrorMas >= GaiaQuality.LeastParallaxOverError)
        && Holds(PmraMasYr, star.PmraMasYr)
        && Holds(PmdecMasYr, star.PmdecMasYr)
        && Holds(ProperMotionMasYr, Math.Sqrt(star.PmraMasYr * star.PmraMasYr + star.PmdecMasYr * star.PmdecMasYr));

    // As in SQL, nothing is known of a value that is missing: no condition on it holds.
    private static bool Holds(Bounds? bounds, double value) =>
        bounds is null or { Min: null, Max: null }
        || (!double.IsNaN(value) && (bounds.Min is not { } min || value >= min) && (bounds.Max is not { } max || value <= max));

    private static string Describe(string name, Bounds b) =>
        b switch
        {
            { Min: null } => $"{name} ≤ {b.Max}",
            { Max: null } => $"{name} ≥ {b.Min}",
            _ => $"{name} {b.Min} to {b.Max}",
        };

    private static void Require(bool holds, string field, double found, string expected)
    {
        if (!holds)
            throw LedgerException.Invalid(field, $"{field} is {found}, expected {expected}");
    }
}
