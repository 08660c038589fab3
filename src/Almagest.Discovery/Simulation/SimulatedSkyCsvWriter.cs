using System.Globalization;

namespace Almagest.Discovery.Simulation;

/// <summary>Writes a simulated sky as CSV with Gaia's column names and the truth behind them; missing values are empty fields.</summary>
public static class SimulatedSkyCsvWriter
{
    public const string Header =
        "source_id,ra,ra_error,dec,dec_error,parallax,parallax_error,pmra,pmra_error,pmdec,pmdec_error,"
        + "phot_g_mean_mag,bp_rp,phot_bp_rp_excess_factor,radial_velocity,ruwe,label_outlier,label_kind,label_cluster";

    private const int LongestLine = 320;

    /// <summary>Writes the header and every star, lines ending in LF: the same bytes for the same options on any number of
    /// threads.</summary>
    /// <param name="maxThreads">0 = one a processor</param>
    /// <param name="progress">stars written so far</param>
    public static void Write(
        SkySimulator simulator,
        TextWriter writer,
        int maxThreads = 0,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(simulator);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Header);
        writer.Write('\n');
        var written = 0L;
        foreach (var (text, length, stars) in simulator.MapBatches(Format, maxThreads, cancellationToken))
        {
            writer.Write(text, 0, length);
            written += stars;
            progress?.Report(written);
        }
    }

    private static (char[] Text, int Length, int Stars) Format(SimulatedStar[] batch)
    {
        var text = new char[batch.Length * LongestLine];
        var at = 0;
        foreach (var star in batch)
        {
            Integer(star.SourceId);
            Number(star.RaDeg, "F10");
            Number(star.RaErrorMas, "F5");
            Number(star.DecDeg, "F10");
            Number(star.DecErrorMas, "F5");
            Number(star.ParallaxMas, "F5");
            Number(star.ParallaxErrorMas, "F5");
            Number(star.PmraMasYr, "F4");
            Number(star.PmraErrorMasYr, "F5");
            Number(star.PmdecMasYr, "F4");
            Number(star.PmdecErrorMasYr, "F5");
            Number(star.PhotGMeanMag, "F5");
            Number(star.BpRp, "F5");
            Number(star.BpRpExcessFactor, "F5");
            Number(star.RadialVelocityKmS, "F3");
            Number(star.Ruwe, "F4");
            Integer(star.IsOutlier ? 1 : 0);
            Word(star.Kind.Name(), ',');
            Word(star.Cluster, '\n');
        }

        return (text, at, batch.Length);

        void Integer(long value)
        {
            value.TryFormat(text.AsSpan(at), out var length, default, CultureInfo.InvariantCulture);
            at += length;
            text[at++] = ',';
        }

        void Number(double value, string format)
        {
            if (!double.IsNaN(value))
            {
                value.TryFormat(text.AsSpan(at), out var length, format, CultureInfo.InvariantCulture);
                at += length;
            }

            text[at++] = ',';
        }

        void Word(string? word, char end)
        {
            word.AsSpan().CopyTo(text.AsSpan(at));
            at += word?.Length ?? 0;
            text[at++] = end;
        }
    }
}
