using Almagest.Ledger.Model;
using Almagest.Sky;
using NpgsqlTypes;

namespace Almagest.Runs.Tests.Changes;

/// <summary>What became of a star between two releases.</summary>
internal enum Fate
{
    /// <summary>Ordinary in both, measured twice.</summary>
    Ordinary,

    /// <summary>Unusual in both.</summary>
    Unusual,

    /// <summary>Its proper motion became unusual.</summary>
    MovedAway,

    /// <summary>Its proper motion was unusual.</summary>
    MovedBack,

    /// <summary>Unusual, and its parallax was no distance until its error shrank.</summary>
    ErrorShrank,

    /// <summary>Unusual, and only in the second.</summary>
    Added,

    /// <summary>Unusual, and only in the first.</summary>
    Removed,

    /// <summary>Unusual, and without a colour in the second.</summary>
    ColourLost,
}

/// <summary>One star as a release has it; null = not known.</summary>
internal sealed record ReleasedStar(
    string SourceId,
    double Ra,
    double Dec,
    double? Parallax,
    double? ParallaxError,
    double Pmra,
    double Pmdec,
    double PmError,
    double Magnitude,
    double? Color
);

/// <summary>
/// Two releases of one simulated catalogue, whose truth is known: a cluster-like population 100 pc away, measured twice with independent
/// errors, at 2015.5 and at 2016.0. The second has half the errors, and a parallax zero point of +0.1 mas. Stars keep their ids.
/// </summary>
internal sealed class ReleasePair
{
    public const double Epoch1 = 2015.5,
        Epoch2 = 2016,
        ParallaxShift = 0.1,
        Error1 = 0.2,
        Error2 = 0.1;

    private const double PositionError1 = 0.3,
        PositionError2 = 0.15;

    private readonly Random _random;

    public ReleasePair(int ordinary, int seed, params (Fate Fate, int Count)[] planted)
    {
        _random = new Random(seed);
        var fates = new List<Fate>(Enumerable.Repeat(Fate.Ordinary, ordinary));
        foreach (var (fate, count) in planted)
            fates.AddRange(Enumerable.Repeat(fate, count));
        for (var i = 0; i < fates.Count; i++)
            Add($"s{i}", fates[i]);
    }

    public List<ReleasedStar> First { get; } = [];

    public List<ReleasedStar> Second { get; } = [];

    public Dictionary<string, Fate> Fates { get; } = [];

    private void Add(string id, Fate fate)
    {
        Fates.Add(id, fate);
        var color = 0.5 + 1.5 * _random.NextDouble();
        var absolute = 3 + 3 * color + 0.1 * Normal();
        if (fate is Fate.Unusual or Fate.ErrorShrank or Fate.Added or Fate.Removed or Fate.ColourLost)
            absolute += 7;
        var parallax = 10 + 0.5 * Normal();
        var (pmra, pmdec) = (60 + 5 * Normal(), 5 * Normal());
        var (ra, dec) = (40 + 4 * _random.NextDouble(), 10 + 4 * _random.NextDouble());
        var magnitude = absolute - 5 * Math.Log10(parallax) + 10;
        var away = 150 + 20 * Math.Abs(Normal());
        var (ra2, dec2, _, _, _, _) = SpaceMotion.Propagate(ra, dec, pmra, pmdec, parallax, double.NaN, Epoch2 - Epoch1);
        if (fate != Fate.Added)
        {
            var error = fate == Fate.ErrorShrank ? parallax / 4 : Error1;
            First.Add(
                Measured(
                    id,
                    ra,
                    dec,
                    // As it was measured, it must not look precise.
                    fate == Fate.ErrorShrank
                        ? parallax
                        : parallax + error * Normal(),
                    error,
                    pmra + (fate == Fate.MovedBack ? away : 0),
                    pmdec,
                    Error1,
                    PositionError1,
                    magnitude,
                    color
                )
            );
        }
        if (fate != Fate.Removed)
            Second.Add(
                Measured(
                    id,
                    ra2,
                    dec2,
                    parallax + ParallaxShift + Error2 * Normal(),
                    Error2,
                    pmra + (fate == Fate.MovedAway ? away : 0),
                    pmdec,
                    Error2,
                    PositionError2,
                    magnitude,
                    fate == Fate.ColourLost ? null : color
                )
            );
    }

    private ReleasedStar Measured(
        string id,
        double ra,
        double dec,
        double parallax,
        double parallaxError,
        double pmra,
        double pmdec,
        double pmError,
        double positionError,
        double magnitude,
        double? color
    ) =>
        new(
            id,
            ra + positionError * Normal() / 3.6e6 / Math.Cos(dec * Math.PI / 180),
            dec + positionError * Normal() / 3.6e6,
            parallax,
            parallaxError,
            pmra + pmError * Normal(),
            pmdec + pmError * Normal(),
            pmError,
            magnitude + 0.002 * Normal(),
            color + 0.002 * Normal()
        );

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>Loads one of them.</summary>
    public static async Task<long> LoadAsync(
        TestLedger test,
        string name,
        IReadOnlyList<ReleasedStar> stars,
        double? epoch,
        string mapping = "{}"
    )
    {
        await using var context = test.Ledger.CreateContext();
        var dataset = new Dataset
        {
            Name = name,
            Source = "[]",
            Checksum = name,
            ColumnMapping = mapping,
            StarCount = stars.Count,
            ReferenceEpoch = epoch,
            CreatedAt = DateTime.UtcNow,
        };
        context.Datasets.Add(dataset);
        await context.SaveChangesAsync();
        await using var connection = await test.Ledger.ConnectAsync();
        await using var writer = await connection.BeginBinaryImportAsync(
            """
            copy public.stars (dataset_id, source_id, ra_deg, dec_deg, healpix_29, parallax_mas, parallax_error_mas, pmra_mas_yr,
              pmdec_mas_yr, pmra_error, pmdec_error, ra_error, dec_error, magnitude, color) from stdin (format binary)
            """
        );
        foreach (var s in stars)
        {
            await writer.StartRowAsync();
            await writer.WriteAsync(dataset.DatasetId);
            await writer.WriteAsync(s.SourceId);
            await writer.WriteAsync(s.Ra);
            await writer.WriteAsync(s.Dec);
            await writer.WriteAsync(Healpix.AngToPix(29, s.Ra, s.Dec));
            var position = epoch == Epoch2 ? PositionError2 : PositionError1;
            foreach (
                var value in new[]
                {
                    s.Parallax,
                    s.ParallaxError,
                    s.Pmra,
                    s.Pmdec,
                    s.PmError,
                    s.PmError,
                    position,
                    position,
                    s.Magnitude,
                    s.Color,
                }
            )
            {
                if (value is { } known)
                    await writer.WriteAsync(known, NpgsqlDbType.Double);
                else
                    await writer.WriteNullAsync();
            }
        }
        await writer.CompleteAsync();
        return dataset.DatasetId;
    }
}
