using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Portable;

/// <summary>
/// What a run has learned of its whole selection, small enough to be sent to others: medians, centres and scales of the features, the
/// fitted detector, and which measurements have errors. With it some of the stars are scored and drawn as the run itself would score and
/// draw them, to the last bit. Safe to use from several threads.
/// </summary>
public sealed class PortableFit
{
    /// <summary>A fit that takes more is not sent to others.</summary>
    public const long MostBytes = 256L << 20;

    private const int Version = 1;
    private const int BlockRows = 4096;

    private readonly RunParameters _parameters;
    private readonly FeatureRecipe _recipe;
    private readonly string[] _leftOut;
    private readonly FeatureStatistics[] _statistics;
    private readonly ColumnImputer _imputer;
    private readonly FeatureRows _rows;
    private readonly StarColumn[] _drawn;
    private readonly IRowScorer _scorer;

    private PortableFit(
        RunParameters parameters,
        string[] leftOut,
        FeatureStatistics[] statistics,
        ColumnImputer imputer,
        StarColumn[] drawn,
        IRowScorer scorer
    )
    {
        (_parameters, _leftOut, _statistics, _imputer, _drawn, _scorer) = (parameters, leftOut, statistics, imputer, drawn, scorer);
        _recipe = RecipeOf(parameters);
        _rows = FeatureRows.Of(_recipe, statistics, imputer);
    }

    /// <summary>Whether stars can be scored apart by what the parameters ask for, and its fit is small enough.</summary>
    public static bool Takes(RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Algorithm is IPortableDetector detector
            && !parameters.Algorithm.NeedsAllStars
            && parameters.Algorithm.Standardises
            && detector.MostBytes(parameters, RecipeOf(parameters).Features.Count) <= MostBytes;
    }

    /// <summary>Fits the detector.</summary>
    /// <param name="prepared">by the parameters, of the whole selection</param>
    /// <exception cref="DiscoveryException">the features cannot be taken</exception>
    public static PortableFit Of(PreparedFeatures prepared, RunParameters parameters, AlgorithmContext context)
    {
        ArgumentNullException.ThrowIfNull(prepared);
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(context);
        parameters.Validate();
        InputGuard.Require(prepared.Matrix, parameters.Algorithm.Title, squares: false);
        var scorer = Detector(parameters).FitScorer(prepared.Matrix, parameters, context);
        var drawn = parameters.Draws == 0 ? [] : Redraw(prepared, parameters).Errors.Columns.ToArray();
        return new PortableFit(
            parameters,
            [.. prepared.LeftOut.Select(f => f.Name)],
            [.. prepared.Statistics],
            prepared.Imputer ?? throw new InvalidOperationException("the features were not prepared by the pipeline"),
            drawn,
            scorer
        );
    }

    /// <summary>What a user should know of the scores of so many stars; whole sentences.</summary>
    public IReadOnlyList<string> NotesOf(int stars) => ((AnomalyAlgorithm)_parameters.Algorithm).NotesOf(stars, _parameters);

    /// <summary>The stars that lack no feature, in their order; all of them where gaps are filled.</summary>
    /// <param name="tile">some stars of the selection, in memory, with the numbers that the run needs</param>
    public StarColumns Analysed(StarColumns tile, bool excludeMissing)
    {
        ArgumentNullException.ThrowIfNull(tile);
        if (!excludeMissing || tile.Count == 0)
            return tile;
        var needed = _recipe with { Features = [.. _recipe.Features.Where(f => !_leftOut.Contains(f.Name))] };
        return CompleteStars.Of(tile, needed.Whole, _imputer.Distances).Stars;
    }

    /// <summary>The raw scores of stars, lower = more anomalous.</summary>
    /// <param name="analysed">of <see cref="Analysed"/></param>
    /// <param name="maxThreads">0 = one per core</param>
    public double[] Score(StarColumns analysed, int maxThreads, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(analysed);
        var scores = new double[analysed.Count];
        var names = Array.ConvertAll(_statistics, s => s.Name);
        RowBlocks.ForEach(
            scores.Length,
            BlockRows,
            maxThreads,
            (first, count) =>
            {
                var rows = new double[count * names.Length];
                for (var i = 0; i < count; i++)
                    _rows.Derive(_rows.Measured(analysed, first + i), rows.AsSpan(i * names.Length, names.Length));
                FiniteGuard.Require(rows, first, names);
                var found = scores.AsSpan(first, count);
                _scorer.Score(rows, [], found);
                foreach (ref var score in found)
                    score = AnomalyAlgorithm.InReach(score);
            },
            cancellationToken
        );
        return scores;
    }

    /// <summary>The draws of stars that the parameters ask for; null where they ask for none.</summary>
    /// <param name="analysed">of <see cref="Analysed"/></param>
    /// <param name="scores">theirs</param>
    /// <param name="threshold">of all scores of the run</param>
    public StarDraws? Draw(StarColumns analysed, double[] scores, ScoreThreshold threshold, AlgorithmContext context)
    {
        ArgumentNullException.ThrowIfNull(analysed);
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(threshold);
        ArgumentNullException.ThrowIfNull(context);
        return _parameters.Draws == 0
            ? null
            : FlagDraws.OfTile(
                new StarRedraw(analysed, _rows, _drawn, _parameters.Seed ?? 0),
                _scorer,
                scores,
                threshold.Offset,
                threshold.Near,
                _parameters,
                _statistics.Length,
                context
            );
    }

    /// <summary>As bytes that <see cref="Read"/> takes.</summary>
    /// <exception cref="DiscoveryException">they are too many</exception>
    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes);
        to.Write(Version);
        Write(to, _leftOut, to.Write);
        Write(to, _statistics, s => Write(to, s));
        Write(to, _imputer.Medians, to.Write);
        to.Write(_imputer.DistanceMedian);
        Write(to, _drawn, column => to.Write((int)column));
        Detector(_parameters).Write(_scorer, to);
        to.Flush();
        if (bytes.Length > MostBytes)
            throw new DiscoveryException(
                $"The fitted detector takes {bytes.Length >> 20} MiB, more than the {MostBytes >> 20} that are sent to other workers. Take "
                    + "fewer trees, or stars per tree, or do the run in one program."
            );
        return bytes.ToArray();
    }

    /// <param name="parameters">of the run</param>
    /// <exception cref="DiscoveryException">they were written by another version</exception>
    public static PortableFit Read(byte[] bytes, RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var from = new BinaryReader(new MemoryStream(bytes));
        if (from.ReadInt32() is not Version and var other)
            throw new DiscoveryException($"The fit is of version {other}, this program reads version {Version}.");
        var leftOut = Read(from, from.ReadString);
        var statistics = Read(from, () => ReadStatistics(from));
        var medians = Read(from, from.ReadDouble);
        var imputer = new ColumnImputer(medians, from.ReadDouble(), parameters.Distances);
        var drawn = Read(from, () => (StarColumn)from.ReadInt32());
        var scorer = Detector(parameters).Read(from, Array.ConvertAll(statistics, s => s.Name));
        return new PortableFit(parameters, leftOut, statistics, imputer, drawn, scorer);
    }

    private static StarRedraw Redraw(PreparedFeatures prepared, RunParameters parameters) =>
        new(prepared, parameters.Distances, parameters.Seed ?? 0);

    private static FeatureRecipe RecipeOf(RunParameters parameters) =>
        FeatureRecipes.Get(parameters.Features ?? throw new InvalidOperationException("the parameters name no recipe"));

    private static IPortableDetector Detector(RunParameters parameters) =>
        parameters.Algorithm as IPortableDetector
        ?? throw new InvalidOperationException($"{parameters.Algorithm.Name} cannot score stars apart");

    private static void Write(BinaryWriter to, FeatureStatistics s)
    {
        to.Write(s.Name);
        to.Write(s.Unit);
        foreach (var value in new[] { s.Mean, s.StdDev, s.Median, s.Min, s.Max, s.Centre, s.Scale })
            to.Write(value);
        to.Write(s.Missing);
        to.Write(s.IsConstant);
    }

    private static FeatureStatistics ReadStatistics(BinaryReader from)
    {
        var (name, unit) = (from.ReadString(), from.ReadString());
        var values = new double[7];
        for (var i = 0; i < values.Length; i++)
            values[i] = from.ReadDouble();
        return new FeatureStatistics(
            name,
            unit,
            values[0],
            values[1],
            values[2],
            values[3],
            values[4],
            from.ReadInt32(),
            from.ReadBoolean(),
            values[5],
            values[6]
        );
    }

    private static void Write<T>(BinaryWriter to, IReadOnlyCollection<T> values, Action<T> write)
    {
        to.Write(values.Count);
        foreach (var value in values)
            write(value);
    }

    private static T[] Read<T>(BinaryReader from, Func<T> read)
    {
        var values = new T[from.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
            values[i] = read();
        return values;
    }
}

/// <summary>Where a run draws the line on its raw scores.</summary>
/// <param name="Offset">below it a star is flagged</param>
/// <param name="Near">how near to it a star gets all draws in any case</param>
public sealed record ScoreThreshold(double Offset, double Near)
{
    /// <param name="scores">of all stars, in any order</param>
    public static ScoreThreshold Of(Sequence<double> scores, RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var found = AnomalyResult.FromScores(scores, ((AnomalyParameters)parameters).Contamination);
        return new ScoreThreshold(found.Offset, parameters.Draws == 0 ? 0 : FlagDraws.NearOf(found, parameters));
    }
}
