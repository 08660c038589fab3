using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Discovery.Simulation;

/// <summary>Turns a star as it is into a catalogue entry, with errors that grow towards faint magnitudes as Gaia's do.</summary>
internal static class Observation
{
    private const int RunningBits = 35;

    // Errors over that of the parallax (a year's for motions), as in Gaia's third release: Gaia Collaboration, science performance, 2022.
    private const double OfRa = 0.80,
        OfDec = 0.70,
        OfPmra = 1.03,
        OfPmdec = 0.89;

    // Positions of sources that have nothing else are less well known.
    private const double OfPositionAlone = 10;

    public static SimulatedStar Of(
        ref StarRandom random,
        long index,
        in IntrinsicStar star,
        SkyVector icrsVelocity,
        OutlierKind kind,
        string? cluster
    )
    {
        var (ra, dec) = SkyCoordinates.FromVector(GalacticFrame.ToIcrs(star.Direction));
        var (pmra, pmdec, radialVelocity) = Kinematics.Project(ra, dec, star.DistancePc, icrsVelocity);
        var extinction = Dust.Extinction(star.DistancePc, star.Direction.Z);
        var g = star.AbsoluteMag + 5 * Math.Log10(star.DistancePc / 10) + extinction;
        var parallaxError = ParallaxError(g) * Math.Exp(0.15 * random.Normal());
        var ruwe = random.Chance(0.04) ? random.Between(1.2, 2.5) : Math.Max(0.85, 1.01 + 0.06 * random.Normal());
        var parallax = 1000 / star.DistancePc;
        if (kind == OutlierKind.SpuriousAstrometry)
        {
            // Mostly below five times its error, as in crowded fields.
            var offset = random.Between(3, 20);
            parallax += (random.Chance(0.5) ? 1 : -1) * offset;
            pmra += 2 * offset * random.Normal();
            pmdec += 2 * offset * random.Normal();
            parallaxError = offset / random.Between(1, 6);
            ruwe = random.Between(3, 25);
        }

        parallax += parallaxError * random.Normal();
        pmra += OfPmra * parallaxError * random.Normal();
        pmdec += OfPmdec * parallaxError * random.Normal();
        var colour = star.Colour + Dust.Reddening * extinction + ColourError(g, star.Colour) * random.Normal();
        g += 0.003 * random.Normal();

        // What is planted stays measurable; of the others some lack a solution, more so at the faint end.
        var ordinary = kind == OutlierKind.None;
        var solved = !(random.Chance(0.002 + 0.013 * Math.Pow(g / 17, 8)) && ordinary);
        var coloured = !(random.Chance(0.005) && ordinary);
        var timed = random.Chance(g < 13.5 ? 0.85 : 0) && kind != OutlierKind.WhiteDwarf;
        radialVelocity += (0.2 + 0.3 * Math.Pow(10, 0.2 * (g - 10))) * random.Normal();
        var positionError = solved ? parallaxError : OfPositionAlone * parallaxError;
        (ra, dec) = Shifted(ra, dec, OfRa * positionError * random.Normal(), OfDec * positionError * random.Normal());
        var blend = random.Chance(0.03) ? random.Between(0.05, 0.5) : 0;
        var excess = BpRpExcess.Of(colour) + blend + BpRpExcess.Scatter(g) * random.Normal();
        return new SimulatedStar
        {
            SourceId = SourceId(index, ra, dec),
            RaDeg = ra,
            DecDeg = dec,
            RaErrorMas = OfRa * positionError,
            DecErrorMas = OfDec * positionError,
            ParallaxMas = solved ? parallax : double.NaN,
            ParallaxErrorMas = solved ? parallaxError : double.NaN,
            PmraMasYr = solved ? pmra : double.NaN,
            PmdecMasYr = solved ? pmdec : double.NaN,
            PmraErrorMasYr = solved ? OfPmra * parallaxError : double.NaN,
            PmdecErrorMasYr = solved ? OfPmdec * parallaxError : double.NaN,
            PhotGMeanMag = g,
            BpRp = coloured ? colour : double.NaN,
            RadialVelocityKmS = timed ? radialVelocity : double.NaN,
            Ruwe = solved ? ruwe : double.NaN,
            BpRpExcessFactor = coloured ? excess : double.NaN,
            Kind = kind,
            Cluster = cluster,
        };
    }

    /// <summary>Typical error of a parallax, mas: 0.017 for bright stars, 0.10 at G 17, 0.8 at G 20, which for faint stars is that of
    /// Gaia's second release (Lindegren et al. 2018, A&amp;A 616, A2).</summary>
    public static double ParallaxError(double g)
    {
        var z = Math.Max(Math.Pow(10, 0.4 * (13 - 15)), Math.Pow(10, 0.4 * (g - 15)));
        return 1.3e-3 * Math.Sqrt(40 + 800 * z + 30 * z * z);
    }

    private static (double RaDeg, double DecDeg) Shifted(double ra, double dec, double eastMas, double northMas)
    {
        const double Mas = Constants.Degree / 3_600_000;
        var at = NormalTriad.At(ra, dec);
        (ra, dec) = SkyCoordinates.FromVector(at.Outward + at.East * (eastMas * Mas) + at.North * (northMas * Mas));
        return (SkyCoordinates.NormaliseDegrees(Math.Round(ra, 10)), dec); // as files write it, so that none can say 360
    }

    private static double ColourError(double g, double colour) => 0.005 + 0.02 * Math.Pow(10, 0.3 * (g + 0.5 * colour - 18));

    /// <summary>The position's cell above, a scrambled index below: unique, since the scrambling is one to one.</summary>
    private static long SourceId(long index, double ra, double dec)
    {
        const long Mask = (1L << RunningBits) - 1;
        var running = (index * 0x1B873593 + 0x2545F491) & Mask; // an odd factor
        return (Healpix.AngToPix(12, ra, dec) << RunningBits) | running;
    }
}
