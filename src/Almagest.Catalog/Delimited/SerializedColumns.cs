using System.Globalization;
using Almagest.Sky;
using YamlDotNet.RepresentationModel;

namespace Almagest.Catalog.Delimited;

/// <summary>
/// Columns that are parts of one object of astropy's, as its <c>__serialized_columns__</c> say: those of a SkyCoord are positions and
/// motions in its frame, whatever their names (astropy, "Table serialization methods", and <c>astropy.io.misc.yaml</c>).
/// </summary>
internal sealed class SerializedColumns
{
    private readonly Dictionary<string, (string? Ucd, CoordinateSystem System)> _parts = new(StringComparer.Ordinal);

    private SerializedColumns() { }

    public static SerializedColumns Of(YamlMappingNode header)
    {
        var found = new SerializedColumns();
        var entries = EcsvHeader.Child(header, "meta") switch
        {
            YamlMappingNode mapping => [mapping],
            YamlSequenceNode list => list.Children.OfType<YamlMappingNode>(),
            _ => [],
        };
        foreach (var entry in entries)
            if (EcsvHeader.Child(entry, "__serialized_columns__") is YamlMappingNode objects)
                foreach (var (_, value) in objects.Children)
                    if (
                        value is YamlMappingNode about
                        && EcsvHeader.Scalar(about, "__class__")?.EndsWith(".SkyCoord", StringComparison.Ordinal) == true
                    )
                        found.AddPosition(about);
        return found;
    }

    public TextColumn[] Apply(TextColumn[] columns) =>
        _parts.Count == 0
            ? columns
            : columns
                .Select(c => _parts.TryGetValue(c.Name, out var part) ? c with { Ucd = c.Ucd ?? part.Ucd, System = part.System } : c)
                .ToArray();

    private void AddPosition(YamlMappingNode about)
    {
        var frame = EcsvHeader.Scalar(about, "frame") ?? "icrs";
        // Only the first position of a table is its stars'.
        var main = _parts.Count == 0 ? ";meta.main" : "";
        var system = new CoordinateSystem(frame, Time(about, "equinox"), Time(about, "obstime"));
        foreach (var (key, value) in about.Children)
        {
            if (key is not YamlScalarNode { Value: { } part } || ColumnOf(value) is not { } column)
                continue;
            var ucd = part switch
            {
                "ra" => "pos.eq.ra" + main,
                "dec" => "pos.eq.dec" + main,
                "l" => "pos.galactic.lon",
                "b" => "pos.galactic.lat",
                "pm_ra_cosdec" => "pos.pm;pos.eq.ra",
                "pm_dec" => "pos.pm;pos.eq.dec",
                "pm_l_cosb" => "pos.pm;pos.galactic.lon",
                "pm_b" => "pos.pm;pos.galactic.lat",
                "radial_velocity" => "spect.dopplerVeloc",
                _ => null,
            };
            _parts[column] = (ucd, system);
        }
    }

    /// <summary>The column that holds a part: <c>!SerializedColumn {name: …}</c>, or the <c>value</c> of one.</summary>
    private static string? ColumnOf(YamlNode node)
    {
        for (var depth = 0; depth < 4 && node is YamlMappingNode mapping; depth++)
        {
            if (EcsvHeader.Scalar(mapping, "name") is { } name)
                return name;
            if (EcsvHeader.Child(mapping, "value") is not { } value)
                return null;
            node = value;
        }
        return null;
    }

    /// <summary>A moment that astropy wrote as two parts of a Julian date: <c>J1975</c>, <c>B1950</c>.</summary>
    private static string? Time(YamlMappingNode about, string key)
    {
        if (EcsvHeader.Child(about, key) is not YamlMappingNode time)
            return EcsvHeader.Scalar(about, key);
        double Part(string name) =>
            double.TryParse(EcsvHeader.Scalar(time, name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                ? value
                : double.NaN;
        var day = Part("jd1") + Part("jd2");
        if (!double.IsFinite(day))
            return null;
        var besselian = EcsvHeader.Scalar(time, "format")?.StartsWith("byear", StringComparison.Ordinal) == true;
        return besselian
            ? string.Create(CultureInfo.InvariantCulture, $"B{1900 + (day - 2415020.31352) / 365.242198781:0.######}")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"J{2000 + (day - Constants.J2000JulianDate) / Constants.JulianYearDays:0.######}"
            );
    }
}
