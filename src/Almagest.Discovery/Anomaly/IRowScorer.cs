using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly;

/// <summary>A fitted detector that scores other values of the stars that it was fitted to. Safe to use from several threads.</summary>
internal interface IRowScorer
{
    /// <summary>Scores rows. What a star's own row gets is what the fit gave it, to the last bit.</summary>
    /// <param name="rows">row by row, finite</param>
    /// <param name="of">for each, the fitted row of its star: a star is not among its own neighbours, wherever it is put</param>
    /// <param name="scores">lower = more anomalous</param>
    void Score(ReadOnlySpan<double> rows, ReadOnlySpan<int> of, Span<double> scores);
}

/// <summary>What a fit gives.</summary>
/// <param name="Scores">of the rows that it was fitted to</param>
/// <param name="Scorer">of others; it may hold much memory</param>
internal sealed record FittedScores(Sequence<double> Scores, IRowScorer Scorer);
