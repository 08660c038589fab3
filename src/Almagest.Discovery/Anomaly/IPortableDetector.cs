using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>A detector whose fitted model alone says what a star scores: it can be written down, for others to score with.</summary>
internal interface IPortableDetector
{
    /// <summary>What a model takes when it is written, at most; roughly.</summary>
    /// <param name="parameters">of this detector</param>
    /// <param name="features">how many the matrix has</param>
    long MostBytes(RunParameters parameters, int features);

    /// <summary>The model alone, without the scores of the stars that it is fitted to.</summary>
    IRowScorer FitScorer(FeatureMatrix features, RunParameters parameters, AlgorithmContext context);

    void Write(IRowScorer scorer, BinaryWriter to);

    /// <summary>The model that was written: it scores every row as that one does, to the last bit.</summary>
    /// <param name="features">names, in the order of the matrix</param>
    IRowScorer Read(BinaryReader from, IReadOnlyList<string> features);
}
