using System.Globalization;
using Almagest.Discovery.Features;

namespace Almagest.Bench.Forest;

/// <summary>
/// Reads the few columns that the comparisons need from a CSV table with Gaia's column names. Not a catalogue reader: no quotes, no
/// aliases.
/// </summary>
internal static class GaiaTable
{
    /// <summary>The stars in ascending order of source id.</summary>
    /// <exception cref="InvalidDataException">a column is not there</exception>
    public static StarColumns Read(string path)
    {
        using var reader = new StreamReader(path);
        var header = reader.ReadLine()?.Split(',') ?? throw new InvalidDataException($"{path} is empty");
        var rows = new List<string[]>();
        while (reader.ReadLine() is { } line)
            rows.Add(line.Split(','));
        int Index(string name) =>
            Array.IndexOf(header, name) is >= 0 and var i ? i : throw new InvalidDataException($"{path} has no column {name}");
        var id = Index("source_id");
        rows.Sort((a, b) => long.Parse(a[id], CultureInfo.InvariantCulture).CompareTo(long.Parse(b[id], CultureInfo.InvariantCulture)));
        double[] Column(string name)
        {
            var i = Index(name);
            return [.. rows.Select(r => double.TryParse(r[i], CultureInfo.InvariantCulture, out var v) ? v : double.NaN)];
        }
        return new StarColumns
        {
            StarId = [.. rows.Select(r => long.Parse(r[id], CultureInfo.InvariantCulture))],
            RaDeg = Column("ra"),
            DecDeg = Column("dec"),
            ParallaxMas = Column("parallax"),
            PmraMasYr = Column("pmra"),
            PmdecMasYr = Column("pmdec"),
            Magnitude = Column("phot_g_mean_mag"),
            Color = Column("bp_rp"),
        };
    }
}
