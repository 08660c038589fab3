using System.Text.RegularExpressions;

namespace Almagest.Charts.Drawing;

/// <summary>
/// What a catalogue's magnitudes and colours are, for axes: the band where the name of the column is one by which catalogues publish it (G,
/// BP − RP, V, B − V, K<sub>s</sub>), else the column's own name. Nothing is guessed: a plain <c>mag</c> is "magnitude".
/// </summary>
/// <param name="Color">with a minus sign between two bands, subscripts as <see cref="SvgCanvas.Text"/> takes them</param>
/// <param name="Magnitude">likewise</param>
public sealed partial record Bands(string Color, string Magnitude)
{
    public const string AnyColor = "colour",
        AnyMagnitude = "magnitude";

    /// <summary>Where nothing is known of the columns.</summary>
    public static Bands Unknown { get; } = new(AnyColor, AnyMagnitude);

    // As they are printed, by their names in lower case; those of one letter that systems share by case are below.
    private static readonly Dictionary<string, string> s_bands = new()
    {
        ["bp"] = "BP",
        ["rp"] = "RP",
        ["bt"] = "B_{T}",
        ["vt"] = "V_{T}",
        ["hp"] = "H_{p}",
        ["kp"] = "K_{p}",
        ["kep"] = "K_{p}",
        ["j"] = "J",
        ["h"] = "H",
        ["k"] = "K",
        ["ks"] = "K_{s}",
        ["w1"] = "W1",
        ["w2"] = "W2",
        ["w3"] = "W3",
        ["w4"] = "W4",
        ["nuv"] = "NUV",
        ["fuv"] = "FUV",
    };

    /// <param name="mapping">field to the column, or difference of columns, that it was loaded from; a unit may follow a colon</param>
    public static Bands Of(IReadOnlyDictionary<string, string> mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        var color = mapping.GetValueOrDefault("color") is { } c ? ColorOf(Bare(c)) : AnyColor;
        var column = mapping.GetValueOrDefault("magnitude") is { } m ? Bare(m) : null;
        var magnitude =
            column is null ? AnyMagnitude
            : Generic().IsMatch(column) ? AnyMagnitude
            : BandOf(column) is not { } band ? column
            // A table of Gaia's whose names were written small has G, not the g of the surveys.
            : band == "g" && (color.Contains("BP", StringComparison.Ordinal) || color.Contains("RP", StringComparison.Ordinal)) ? "G"
            : band;
        return new Bands(color, magnitude);
    }

    /// <summary>The name of the axis of colours.</summary>
    public string ColorAxis => $"{Color} (mag)";

    /// <summary>The name of the axis of magnitudes.</summary>
    public string MagnitudeAxis(bool isAbsolute) =>
        !isAbsolute ? $"{Magnitude} (mag)"
        : Magnitude == AnyMagnitude ? "absolute magnitude (mag)"
        : IsBand().IsMatch(Magnitude) ? $"M_{{{TextWidth.Plain(Magnitude)}}} (mag)"
        : $"absolute {Magnitude} (mag)";

    // The unit that the user gave: magnitude=mag_x:mmag.
    private static string Bare(string formula) =>
        formula.LastIndexOf(':') is > 0 and var colon && Unit().IsMatch(formula[(colon + 1)..]) ? formula[..colon].Trim() : formula.Trim();

    private static string ColorOf(string formula)
    {
        if (GenericColor().IsMatch(formula))
            return AnyColor;
        if (formula.Split(" - ") is [var blue, var red])
            return BandOf(blue) is { } b && BandOf(red) is { } r ? Pair(b, r) : $"{blue} − {red}";
        // BP-RP, b_v, (B-V), bp_rp0; a name like bv has no sign between.
        if (
            Two().Match(formula) is { Success: true } two
            && Known(two.Groups[1].Value) is { } first
            && Known(two.Groups[2].Value) is { } last
        )
            return Pair(first, last);
        return formula.ToLowerInvariant() switch
        {
            "bprp" => "BP − RP",
            "bv" => "B − V",
            _ => formula,
        };
    }

    private static string Pair(string blue, string red)
    {
        // Johnson's bands, written small: b_v, v_i. B and V are of no system that writes them small; the others follow them.
        if (blue is "b" or "v" || red is "b" or "v")
            (blue, red) = (Upper(blue), Upper(red));
        if (blue is "BP" or "RP" || red is "BP" or "RP")
            (blue, red) = (blue == "g" ? "G" : blue, red == "g" ? "G" : red);
        return $"{blue} − {red}";
    }

    private static string Upper(string band) => band.Length == 1 ? band.ToUpperInvariant() : band;

    private static string? BandOf(string column)
    {
        if (Gaia().Match(column) is { Success: true } gaia && Known(gaia.Groups[1].Value + gaia.Groups[2].Value) is { } own)
            return own.Length == 1 ? own.ToUpperInvariant() : own;
        foreach (var form in new[] { Ending(), Beginning(), Psf(), Twomass() })
        {
            if (form.Match(column) is { Success: true } match && Known(match.Groups[1].Value) is { } band)
                return band is "v" or "b" ? band.ToUpperInvariant() : band;
        }
        return column.Length <= 2 ? Known(column) : null;
    }

    private static string? Known(string name) =>
        s_bands.GetValueOrDefault(name.ToLowerInvariant())
        ?? (name.Length == 1 && "UBVRIGugrizybv".Contains(name[0], StringComparison.Ordinal) ? name : null);

    [GeneratedRegex(@"^(?:mag|magnitude|mags|mean_?mag|median_?mag|m)$", RegexOptions.IgnoreCase)]
    private static partial Regex Generic();

    [GeneratedRegex(@"^(?:colou?r|colou?r_index|ci)$", RegexOptions.IgnoreCase)]
    private static partial Regex GenericColor();

    [GeneratedRegex(@"^[A-Za-z]+$")]
    private static partial Regex Unit();

    [GeneratedRegex(@"^[A-Z][A-Z0-9]{0,2}(?:_\{[A-Za-z]+\})?$|^[ugrizy]$")]
    private static partial Regex IsBand();

    [GeneratedRegex(@"^\(?([A-Za-z][A-Za-z0-9]{0,2})[-_]([A-Za-z][A-Za-z0-9]{0,2})\)?$")]
    private static partial Regex Two();

    // phot_g_mean_mag, g_mean_mag, gaia_g: written small, and capitals in print
    [GeneratedRegex(@"^(?:gaia_(g|bp|rp)|(?:phot_)?(g|bp|rp)_mean_mag)$", RegexOptions.IgnoreCase)]
    private static partial Regex Gaia();

    // Gmag, BPmag, Ksmag, g_mag, phot_v_mag
    [GeneratedRegex(@"^(?:phot_)?([A-Za-z]{1,3}|[Ww][1-4])_?mag$")]
    private static partial Regex Ending();

    // mag_v
    [GeneratedRegex(@"^mag_([A-Za-z]{1,2})$", RegexOptions.IgnoreCase)]
    private static partial Regex Beginning();

    // rMeanPSFMag, psfMag_r, MAG_AUTO_R, WAVG_MAG_PSF_R
    [GeneratedRegex(@"^(?:[pP]sfMag_|[mM]odelMag_)?([ugrizy])(?:MeanPSFMag|MeanKronMag)?$")]
    private static partial Regex Psf();

    // j_m, k_m, w1mpro
    [GeneratedRegex(@"^([jhkJHK]|[Ww][1-4])(?:_m|mpro|mpro_pm)$")]
    private static partial Regex Twomass();
}
