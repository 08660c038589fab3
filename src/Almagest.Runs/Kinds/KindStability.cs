using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Kinds;

namespace Almagest.Runs.Kinds;

/// <summary>How much of the kinds of a run is found again by the same detector with other seeds.</summary>
internal static class KindStability
{
    /// <summary>By kind: the mean over the seeds of the greatest Jaccard similarity with a kind of that seed's flagged stars; null where
    /// the detector has no seed.</summary>
    /// <param name="step">every so many-th row is looked at</param>
    public static double[]? Of(
        FoundKinds found,
        AnomalyParameters parameters,
        int seeds,
        int step,
        AlgorithmContext context,
        CancellationToken cancellationToken
    )
    {
        if (parameters.Algorithm is not { Seed: { } seed } algorithm || seeds == 0 || found.Kinds.Count == 0)
            return null;
        var sums = new double[found.Kinds.Count];
        HashSet<int>[] own = [.. found.Kinds.Select(k => k.Members.Select(i => found.Rows[i]).ToHashSet())];
        for (var s = 1; s <= seeds; s++)
        {
            var json = JsonNode.Parse(parameters.ToJson())!.AsObject();
            json[seed.Name] = unchecked((parameters.Seed ?? 0) + s);
            var other = algorithm.Read(json.ToJsonString());
            var result = (AnomalyResult)algorithm.Run(found.Features.Matrix, other, context);
            int[] rows =
            [
                .. Enumerable
                    .Range(0, found.Features.Matrix.Rows)
                    .Where(row => row % step == 0 && result.IsAnomaly(row))
                    .OrderBy(row => result.RawScores[row])
                    .ThenBy(row => row),
            ];
            var explainer = ((IExplainable)algorithm).Fit(found.Features.Matrix, other, context);
            var vectors = found.Reasons.Of(explainer, rows, context.MaxThreads, cancellationToken);
            HashSet<int>[] theirs =
            [
                .. KindFinder.Find(found.Reasons, rows, vectors, cancellationToken).Select(k => k.Members.Select(i => rows[i]).ToHashSet()),
            ];
            for (var k = 0; k < own.Length; k++)
                sums[k] += theirs.Length == 0 ? 0 : theirs.Max(t => Jaccard(own[k], t));
        }
        return [.. sums.Select(sum => sum / seeds)];
    }

    public static double Jaccard<T>(HashSet<T> a, HashSet<T> b)
    {
        var common = a.Count(b.Contains);
        return common == 0 ? 0 : (double)common / (a.Count + b.Count - common);
    }
}
