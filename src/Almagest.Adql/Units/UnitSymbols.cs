namespace Almagest.Adql.Units;

/// <summary>Symbols of units (VOUnit 1.1, tables 1 to 6), with what catalogues write besides.</summary>
internal static class UnitSymbols
{
    private const double Degree = Math.PI / 180;
    private const double Year = 365.25 * 86_400;
    private const double AstronomicalUnit = 149_597_870_700;
    private const double Parsec = AstronomicalUnit * 648_000 / Math.PI;

    private static readonly (string Prefix, double Scale)[] s_prefixes =
    [
        ("da", 1e1),
        ("y", 1e-24),
        ("z", 1e-21),
        ("a", 1e-18),
        ("f", 1e-15),
        ("p", 1e-12),
        ("n", 1e-9),
        ("u", 1e-6),
        ("µ", 1e-6),
        ("m", 1e-3),
        ("c", 1e-2),
        ("d", 1e-1),
        ("h", 1e2),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
        ("P", 1e15),
        ("E", 1e18),
        ("Z", 1e21),
        ("Y", 1e24),
    ];

    // Those that take prefixes, and those that do not.
    private static readonly Dictionary<string, Unit> s_prefixed = new(StringComparer.Ordinal)
    {
        ["rad"] = Of(1, "rad"),
        ["arcsec"] = Of(Degree / 3600, "rad"),
        ["as"] = Of(Degree / 3600, "rad"),
        ["s"] = Of(1, "s"),
        ["a"] = Of(Year, "s"),
        ["yr"] = Of(Year, "s"),
        ["m"] = Of(1, "m"),
        ["pc"] = Of(Parsec, "m"),
        ["lyr"] = Of(299_792_458 * Year, "m"),
        ["g"] = Of(1e-3, "kg"),
        ["K"] = Of(1, "K"),
        ["A"] = Of(1, "A"),
        ["mol"] = Of(1, "mol"),
        ["cd"] = Of(1, "cd"),
        ["mag"] = Of(1, "mag"),
        ["sr"] = Of(1, "rad", 2),
        ["Hz"] = Of(1, "s", -1),
        ["N"] = Mechanical(1, 1, 1, -2),
        ["J"] = Mechanical(1, 1, 2, -2),
        ["W"] = Mechanical(1, 1, 2, -3),
        ["Pa"] = Mechanical(1, 1, -1, -2),
        ["eV"] = Mechanical(1.602176634e-19, 1, 2, -2),
        ["erg"] = Mechanical(1e-7, 1, 2, -2),
        ["Jy"] = Mechanical(1e-26, 1, 0, -2),
        ["V"] = Mechanical(1, 1, 2, -3).Times(Of(1, "A"), -1),
        ["T"] = Mechanical(1, 1, 0, -2).Times(Of(1, "A"), -1),
        ["G"] = Mechanical(1e-4, 1, 0, -2).Times(Of(1, "A"), -1),
        ["adu"] = Of(1, "adu"),
        ["ct"] = Of(1, "ct"),
        ["count"] = Of(1, "ct"),
        ["photon"] = Of(1, "ph"),
        ["ph"] = Of(1, "ph"),
        ["pix"] = Of(1, "pix"),
        ["pixel"] = Of(1, "pix"),
        ["bit"] = Of(1, "bit"),
        ["byte"] = Of(8, "bit"),
        ["B"] = Of(8, "bit"),
    };

    private static readonly Dictionary<string, Unit> s_plain = new(StringComparer.Ordinal)
    {
        ["deg"] = Of(Degree, "rad"),
        ["arcmin"] = Of(Degree / 60, "rad"),
        ["mas"] = Of(Degree / 3.6e6, "rad"),
        ["uas"] = Of(Degree / 3.6e9, "rad"),
        ["hourangle"] = Of(15 * Degree, "rad"),
        ["min"] = Of(60, "s"),
        ["h"] = Of(3600, "s"),
        ["d"] = Of(86_400, "s"),
        ["day"] = Of(86_400, "s"),
        ["year"] = Of(Year, "s"),
        ["cy"] = Of(100 * Year, "s"),
        ["AU"] = Of(AstronomicalUnit, "m"),
        ["au"] = Of(AstronomicalUnit, "m"),
        ["Angstrom"] = Of(1e-10, "m"),
        ["angstrom"] = Of(1e-10, "m"),
        ["micron"] = Of(1e-6, "m"),
        ["solMass"] = Of(1.98841e30, "kg"),
        ["Msun"] = Of(1.98841e30, "kg"),
        ["solRad"] = Of(6.957e8, "m"),
        ["Rsun"] = Of(6.957e8, "m"),
        ["solLum"] = Mechanical(3.828e26, 1, 2, -3),
        ["Lsun"] = Mechanical(3.828e26, 1, 2, -3),
        ["electron"] = Of(1, "electron"),
        ["beam"] = Of(1, "beam"),
        ["%"] = Unit.One with { Scale = 0.01 },
    };

    public static Unit? Find(string symbol)
    {
        if (s_plain.TryGetValue(symbol, out var plain) || s_prefixed.TryGetValue(symbol, out plain))
            return plain;
        foreach (var (prefix, scale) in s_prefixes)
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal) && s_prefixed.TryGetValue(symbol[prefix.Length..], out var of))
                return of with { Scale = of.Scale * scale };
        }
        return null;
    }

    private static Unit Of(double scale, string symbol, double power = 1) =>
        new(scale, new Dictionary<string, double> { [symbol] = power });

    private static Unit Mechanical(double scale, double kilograms, double metres, double seconds) =>
        new Unit(scale, Unit.One.Powers).Times(Of(1, "kg"), kilograms).Times(Of(1, "m"), metres).Times(Of(1, "s"), seconds);
}
