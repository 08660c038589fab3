using System.Globalization;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Features;

/// <summary>The real stars within 100 pc, where the folder of real tables is at hand.</summary>
internal static class GaiaSample
{
    /// <summary>Skips the calling test where the table is absent.</summary>
    public static StarColumns Load()
    {
        var path = Find("gaia-100pc.csv");
        Assert.SkipUnless(path is not null, "shared/data/gaia-100pc.csv is not there; set ALMAGEST_TEST_DATA to the folder of real tables");
        var lines = File.ReadAllLines(path!);
        var header = lines[0].Split(',');
        var rows = lines.Skip(1).Select(l => l.Split(',')).OrderBy(r => long.Parse(r[0], CultureInfo.InvariantCulture)).ToArray();
        double[] Column(string name) =>
            [
                .. rows.Select(r =>
                    double.TryParse(r[Array.IndexOf(header, name)], CultureInfo.InvariantCulture, out var v) ? v : double.NaN
                ),
            ];
        return new StarColumns
        {
            StarId = [.. rows.Select(r => long.Parse(r[0], CultureInfo.InvariantCulture))],
            RaDeg = Column("ra"),
            DecDeg = Column("dec"),
            ParallaxMas = Column("parallax"),
            PmraMasYr = Column("pmra"),
            PmdecMasYr = Column("pmdec"),
            Magnitude = Column("phot_g_mean_mag"),
            Color = Column("bp_rp"),
        };
    }

    private static string? Find(string name)
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA") is { Length: > 0 } folder)
            return File.Exists(Path.Combine(folder, name)) ? Path.Combine(folder, name) : null;
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "shared", "data", name);
            if (File.Exists(candidate))
                return candidate;
        }
        return null;
    }
}
