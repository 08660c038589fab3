using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Redraws;

/// <summary>What draws within the errors say of the stars of a run, in the order of its matrix.</summary>
/// <param name="OfShares">of a star's draws, those that flag it or keep it in its cluster; NaN where it has none</param>
/// <param name="OfSpreads">standard deviation of the scores of its draws; null where there are no scores</param>
/// <param name="Asked">draws of a star whose answer stays open</param>
/// <param name="Made">draws made of all stars together</param>
public sealed record StarDraws(Sequence<double> OfShares, Sequence<double>? OfSpreads, int Asked, long Made)
{
    /// <summary>The same as <see cref="OfShares"/>, where they are in memory.</summary>
    /// <exception cref="InvalidOperationException">they are not</exception>
    public double[] Shares => OfShares.InMemory;

    /// <inheritdoc cref="Shares"/>
    public double[]? Spreads => OfSpreads?.InMemory;

    /// <summary>The names of the numbers that draws use beside those of the features.</summary>
    public static IReadOnlyList<string> ErrorNames(FeatureRecipe recipe) => MeasurementErrors.Names(recipe);

    /// <summary>The draws that the parameters ask for; null where they ask for none, or the algorithm cannot use them.</summary>
    /// <param name="prepared">what the run saw, with its stars</param>
    /// <param name="found">what it found by these parameters</param>
    public static StarDraws? Of(PreparedFeatures prepared, AlgorithmResult found, RunParameters parameters, AlgorithmContext context)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(context);
        return found switch
        {
            AnomalyResult anomalies => FlagDraws.Of(prepared, anomalies, parameters, context),
            ClusterResult clusters when parameters is DbscanParameters dbscan => MemberDraws.Of(prepared, clusters, dbscan, context),
            _ => null,
        };
    }

    /// <summary>Stars that have draws.</summary>
    public int Stars
    {
        get
        {
            var all = 0;
            OfShares.ForEach((_, shares) => all += OrderStatistics.CountKnown(shares));
            return all;
        }
    }

    /// <summary>The measurements that were drawn, as the table of stars names them.</summary>
    public IReadOnlyList<string> Drawn { get; init; } = [];

    /// <summary>The measurements that the features use and that stayed as they are, because nothing is known of their errors.</summary>
    public IReadOnlyList<string> Held { get; init; } = [];

    internal StarDraws Of(StarRedraw redraw) =>
        this with
        {
            Drawn = [.. redraw.Errors.Columns.Select(c => c.ColumnName())],
            Held = [.. redraw.Needs.Except(redraw.Errors.Columns).Select(c => c.ColumnName())],
        };
}
