using Almagest.Contract.Comparison;
using Almagest.Discovery.Changes;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;

namespace Almagest.Runs.Changes;

/// <summary>Tells of one changed flag after the other why it changed. Safe to use from several threads once it is prepared.</summary>
/// <param name="causes">null = they cannot be told where both runs analysed a star</param>
internal sealed class FlipTeller(
    StarPairing pairing,
    FlaggedStars results1,
    FlaggedStars results2,
    FlipStars stars1,
    FlipStars stars2,
    CoveredSky sky1,
    CoveredSky sky2,
    Causes? causes
)
{
    private readonly double _years = pairing is { Epoch1: { } a, Epoch2: { } b } ? b - a : double.NaN;

    private IReadOnlyDictionary<long, Exclusion> _whyNot1 = new Dictionary<long, Exclusion>(),
        _whyNot2 = new Dictionary<long, Exclusion>();

    /// <summary>Finds out why stars were not analysed by one of the runs.</summary>
    public async Task PrepareAsync(LedgerDatabase ledger, IReadOnlyList<Flip> flips, CancellationToken cancellationToken)
    {
        if (causes is null)
            return;
        long[] without1 = [.. flips.Where(f => f.IsNew && f.Star1 is not null && !results1.Has(f.Star1)).Select(f => f.Star1!.Value)];
        long[] without2 = [.. flips.Where(f => !f.IsNew && f.Star2 is not null && !results2.Has(f.Star2)).Select(f => f.Star2!.Value)];
        _whyNot1 = await causes.Run1.WhyNotAsync(ledger, stars1, without1, cancellationToken);
        _whyNot2 = await causes.Run2.WhyNotAsync(ledger, stars2, without2, cancellationToken);
    }

    public StarChange Tell(Flip flip)
    {
        if (flip.Star1 is not { } star1 || flip.Star2 is not { } star2)
            return Alone(flip);
        var (row1, row2) = (stars1.RowOf(star1), stars2.RowOf(star2));
        var tables = new SideBySide(stars1.Columns, stars2.Columns, [row1], [row2], _years);
        if (!results1.Has(star1) || !results2.Has(star2))
            return NotAnalysed(flip, tables);
        if (causes is null)
            return Change(flip, ChangeCause.RunsDiffer, "The runs differ: why the flag changed cannot be told.", null, null);
        var parts = causes.Change.Of(causes.Run1.RowOf(star1), causes.Run2.RowOf(star2), stars1.Measured(row1), stars2.Measured(row2));
        var cause = parts.Cause;
        var value = cause switch
        {
            ScoreCause.Measurement => parts.MainColumn is { } column ? Value(tables, column) : null,
            ScoreCause.Errors => MainError(tables),
            _ => null,
        };
        return Change(
            flip,
            cause switch
            {
                ScoreCause.Measurement => ChangeCause.Measurement,
                ScoreCause.Errors => ChangeCause.Error,
                ScoreCause.Threshold => ChangeCause.Threshold,
                ScoreCause.Detector => ChangeCause.Detector,
                _ => ChangeCause.Several,
            },
            ChangeWords.Of(parts, cause, value),
            value,
            parts
        );
    }

    private StarChange Alone(Flip flip)
    {
        var (star, ambiguous) = flip.IsNew ? (flip.Star2!.Value, pairing.Ambiguous2) : (flip.Star1!.Value, pairing.Ambiguous1);
        if (ambiguous.Contains(star))
            return Change(flip, ChangeCause.Ambiguous, "Its links lead to several stars, or several lead to it.", null, null);
        var (own, sky, other) = flip.IsNew ? (stars2, sky1, "1") : (stars1, sky2, "2");
        var row = own.RowOf(star);
        return sky.Holds(own.Columns.RaDeg[row], own.Columns.DecDeg[row])
            ? Change(
                flip,
                flip.IsNew ? ChangeCause.StarNew : ChangeCause.StarGone,
                $"Dataset {other} has no star that is matched with it.",
                null,
                null
            )
            : Change(
                flip,
                ChangeCause.NotCovered,
                $"Dataset {other} has no star around, either: it does not cover this place.",
                null,
                null
            );
    }

    private StarChange NotAnalysed(Flip flip, SideBySide tables)
    {
        var (run, why) = flip.IsNew
            ? ("1", _whyNot1.GetValueOrDefault(flip.Star1!.Value))
            : ("2", _whyNot2.GetValueOrDefault(flip.Star2!.Value));
        if (why is null)
            return Change(flip, ChangeCause.Selection, $"Run {run} did not analyse it.", null, null);
        var sentence = why.IsFilter ? $"Outside the selection of run {run}: {why.Reason}" : $"Run {run} did not analyse it: {why.Reason}";
        // A ratio of two measurements: whichever changed by the larger factor made it cross the limit.
        if (
            why.Reason.Contains("parallax_over_error", StringComparison.Ordinal)
            || why.Reason.Contains("parallax / error", StringComparison.Ordinal)
        )
        {
            var value = Value(tables, StarColumn.Parallax);
            if (value is { Value1: > 0 and var p1, Value2: > 0 and var p2, Error1: > 0 and var e1, Error2: > 0 and var e2 })
            {
                var isError = Math.Abs(Math.Log(e2 / e1)) >= Math.Abs(Math.Log(p2 / p1));
                return Change(
                    flip,
                    isError ? ChangeCause.Error : ChangeCause.Measurement,
                    $"{sentence}. {(isError ? ChangeWords.Error(value) : ChangeWords.Moved(value))}.",
                    value,
                    null
                );
            }
            return Change(flip, ChangeCause.Selection, $"{sentence}.", value, null);
        }
        return Change(flip, ChangeCause.Selection, $"{sentence}.", null, null);
    }

    private StarChange Change(Flip flip, string cause, string sentence, ChangedValue? value, ScoreParts? parts)
    {
        var (row1, row2) = (flip.Star1 is { } a ? stars1.RowOf(a) : -1, flip.Star2 is { } b ? stars2.RowOf(b) : -1);
        var (own, row) = row2 >= 0 ? (stars2, row2) : (stars1, row1);
        return new StarChange(
            flip.IsNew ? RunChanges.New : RunChanges.Gone,
            flip.Star1,
            row1 >= 0 ? stars1.SourceIds[row1] : null,
            flip.Star2,
            row2 >= 0 ? stars2.SourceIds[row2] : null,
            own.Columns.RaDeg[row],
            own.Columns.DecDeg[row],
            Known(own.Columns.Magnitude[row]),
            results1.Score(flip.Star1),
            results2.Score(flip.Star2),
            cause,
            sentence,
            value?.Quantity,
            value?.Value1,
            value?.Value2,
            value?.Error1,
            value?.Error2,
            value?.Sigmas,
            parts?.Measurement,
            parts?.Errors,
            parts?.Threshold,
            parts?.Detector
        );
    }

    private static ChangedValue Value(SideBySide tables, StarColumn column)
    {
        if (column is StarColumn.Ra or StarColumn.Dec)
        {
            var (east, north) = (Named("ra").Of(tables, 0), Named("dec").Of(tables, 0));
            return new ChangedValue(
                "position",
                null,
                null,
                null,
                null,
                Known(Math.Sqrt(east.Sigmas * east.Sigmas + north.Sigmas * north.Sigmas))
            );
        }
        var name = column switch
        {
            StarColumn.Parallax => "parallax_mas",
            StarColumn.Pmra => "pmra_mas_yr",
            StarColumn.Pmdec => "pmdec_mas_yr",
            StarColumn.RadialVelocity => "radial_velocity_km_s",
            StarColumn.Magnitude => "magnitude",
            _ => "color",
        };
        var difference = Named(name).Of(tables, 0);
        return new ChangedValue(
            name,
            Known(Of(tables.Stars1, column, tables.Rows1[0])),
            Known(Of(tables.Stars2, column, tables.Rows2[0])),
            Known(difference.Error1),
            Known(difference.Error2),
            Known(difference.Sigmas)
        );
    }

    /// <summary>Of the quantities that the features use, the one whose error changed by the largest factor.</summary>
    private ChangedValue? MainError(SideBySide tables) =>
        new[] { StarColumn.Parallax, StarColumn.Pmra, StarColumn.Pmdec }
            .Where(column => causes!.Change.Columns.Contains(column))
            .Select(column => Value(tables, column))
            .Where(v => v is { Error1: > 0, Error2: > 0 })
            .MaxBy(v => Math.Abs(Math.Log(v.Error2!.Value / v.Error1!.Value)));

    private static double Of(StarColumns stars, StarColumn column, int row) =>
        column switch
        {
            StarColumn.Parallax => stars.ParallaxMas[row],
            StarColumn.Pmra => stars.PmraMasYr[row],
            StarColumn.Pmdec => stars.PmdecMasYr[row],
            StarColumn.RadialVelocity => stars.RadialVelocityKmS[row],
            StarColumn.Magnitude => stars.Magnitude[row],
            _ => stars.Color[row],
        };

    private static Quantity Named(string name) => Quantity.All.First(q => q.Name == name);

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
