using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly.Mcd;

/// <summary>The fitted ellipsoid of the bulk of the stars.</summary>
internal sealed class McdModel : IRowScorer
{
    /// <summary>The share of a Gaussian's rows that are kept for the final estimate.</summary>
    private const double Kept = 0.975;

    private readonly ColumnScaling _scaling;
    private readonly IReadOnlyList<int> _used;
    private readonly Ellipsoid? _bulk;

    private McdModel(ColumnScaling scaling, Ellipsoid? raw, Ellipsoid? bulk, int support)
        : this(
            scaling,
            bulk,
            support,
            raw is null ? double.NegativeInfinity : raw.LogDeterminant + scaling.Used.Sum(f => 2 * Math.Log(scaling.Width(f)))
        ) { }

    private McdModel(ColumnScaling scaling, Ellipsoid? bulk, int support, double rawLogDeterminant) =>
        (_scaling, _used, _bulk, Support, RawLogDeterminant) = (scaling, scaling.Used, bulk, support, rawLogDeterminant);

    /// <summary>How many rows the raw estimate is of.</summary>
    public int Support { get; }

    /// <summary>Of the covariance of the rows with the least determinant, in the units of the features.</summary>
    public double RawLogDeterminant { get; }

    /// <exception cref="DiscoveryException">fewer than five rows, no column, or a value that cannot be taken</exception>
    public static McdModel Fit(FeatureMatrix features, McdParameters parameters, AlgorithmContext context)
    {
        InputGuard.Require(features, "the robust covariance");
        var scaling = ColumnScaling.Of(features, context.MaxThreads, context.CancellationToken);
        var data = ScaledColumns.Of(features, scaling, context.MaxThreads, context.CancellationToken);
        if (data.Dimensions == 0)
            return new McdModel(scaling, null, null, features.Rows);
        var rows = parameters.SupportFraction is { } share
            ? (int)(share * data.Rows)
            : (int)Math.Ceiling(0.5 * (data.Rows + data.Dimensions + 1));
        rows = Math.Clamp(rows, 1, data.Rows);
        var raw = FastMcd.Search(data, rows, parameters.RandomState, context);
        return new McdModel(scaling, raw, Reweighted(data, raw, context), rows);
    }

    public void Write(BinaryWriter to)
    {
        to.Write(Support);
        to.Write(RawLogDeterminant);
        _scaling.Write(to);
        to.Write(_bulk is not null);
        _bulk?.Write(to);
    }

    public static McdModel Read(BinaryReader from)
    {
        var (support, determinant) = (from.ReadInt32(), from.ReadDouble());
        var scaling = ColumnScaling.Read(from);
        return new McdModel(scaling, from.ReadBoolean() ? Ellipsoid.Read(from) : null, support, determinant);
    }

    public Sequence<double> ScoreSamples(FeatureMatrix features, AlgorithmContext context)
    {
        var scores = features.Room.Create<double>(features.Rows);
        RowBlocks.ForEach(
            features.Rows,
            8192,
            context.MaxThreads,
            (first, count) =>
            {
                using var rows = features.Block(first, count);
                using var found = scores.Blank(first, count);
                Score(rows.Span, [], found.Span);
                scores.Write(first, found.Span);
            },
            context.CancellationToken
        );
        return scores;
    }

    /// <inheritdoc/>
    public void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores)
    {
        var columns = scores.Length == 0 ? 0 : rows.Length / scores.Length;
        for (var i = 0; i < scores.Length; i++)
            scores[i] = Score(rows.Slice(i * columns, columns));
    }

    public double Score(ReadOnlySpan<double> row)
    {
        if (_bulk is null)
            return 0;
        Span<double> scaled = stackalloc double[_used.Count];
        Scale(row, scaled);
        return -_bulk.Squared(scaled);
    }

    /// <summary>The features' parts in the squared distance of a row; they add up to it.</summary>
    public double[] Parts(ReadOnlySpan<double> row)
    {
        var parts = new double[row.Length];
        if (_bulk is null)
            return parts;
        Span<double> scaled = stackalloc double[_used.Count];
        Scale(row, scaled);
        var used = _bulk.Parts(scaled);
        for (var j = 0; j < used.Length; j++)
            parts[_used[j]] = used[j];
        return parts;
    }

    private void Scale(ReadOnlySpan<double> row, Span<double> scaled)
    {
        for (var j = 0; j < scaled.Length; j++)
            scaled[j] = _scaling.Scale(_used[j], row[_used[j]]);
    }

    /// <summary>As scikit-learn's MinCovDet: distances are scaled so that their median is that of a Gaussian, and the final estimate is of
    /// the rows within its 97.5 %.</summary>
    private static Ellipsoid Reweighted(ScaledColumns data, Ellipsoid raw, AlgorithmContext context)
    {
        var all = new Concentration(data, data.Rows, context.MaxThreads, context.CancellationToken);
        var median = OrderStatistics.MedianOf(all.Distances(raw));
        var correction = median > 0 ? median / ChiSquared.Quantile(0.5, data.Dimensions) : 1;
        var near = all.Below(raw, ChiSquared.Quantile(Kept, data.Dimensions) * correction);
        return near.Count > data.Dimensions ? near.ToEllipsoid() : raw;
    }
}
