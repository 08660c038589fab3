namespace Almagest.Discovery.Kinds;

/// <summary>
/// Groups flagged stars by why they are flagged: first by the directions of their reasons; then a group is two where the values of a
/// feature that makes it fall apart, or where some of its stars are far beyond the others in such a feature.
/// </summary>
public static class KindFinder
{
    /// <summary>Fewer stars are no kind.</summary>
    public const int LeastStars = 5;

    /// <summary>So many half-widths of the selection from its median are far.</summary>
    public const double Far = 8;

    /// <summary>A feature with a lesser part does not make a group.</summary>
    private const double LeastPart = 0.1;

    private const int MostSplits = 3;

    /// <param name="rows">the flagged stars</param>
    /// <param name="vectors">their reasons; null = none</param>
    /// <returns>the largest first; stars without reasons, and those of groups that are too small, are in none</returns>
    public static IReadOnlyList<AnomalyKind> Find(
        ReasonVectors reasons,
        IReadOnlyList<int> rows,
        IReadOnlyList<double[]?> vectors,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(reasons);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(vectors);
        int[] known = [.. Enumerable.Range(0, rows.Count).Where(i => vectors[i] is not null)];
        if (known.Length < LeastStars)
            return [];
        var groups = SphericalMeans.Group([.. known.Select(i => vectors[i]!)], cancellationToken);
        var kinds = new List<AnomalyKind>();
        foreach (var group in known.Select((i, at) => (i, Group: groups[at])).GroupBy(p => p.Group, p => p.i))
            Split(new Flagged(reasons, rows, vectors), [.. group], MostSplits, kinds);
        return [.. kinds.OrderByDescending(k => k.Members.Count).ThenBy(k => k.Members[0])];
    }

    private static void Split(Flagged flagged, int[] members, int splits, List<AnomalyKind> kinds)
    {
        if (members.Length < LeastStars)
            return;
        var parts = flagged.Parts(members);
        for (var f = 0; f < parts.Length && splits > 0; f++)
        {
            if (Math.Abs(parts[f]) < LeastPart)
                continue;
            if (Valley.Of([.. members.Select(i => flagged.Value(i, f))]) is not { } at)
                continue;
            Split(flagged, [.. members.Where(i => flagged.Value(i, f) < at)], splits - 1, kinds);
            Split(flagged, [.. members.Where(i => flagged.Value(i, f) >= at)], splits - 1, kinds);
            return;
        }
        foreach (var f in Enumerable.Range(0, parts.Length).OrderByDescending(f => Math.Abs(parts[f])))
        {
            if (Math.Abs(parts[f]) < LeastPart)
                break;
            int[] far = [.. members.Where(i => Math.Sign(parts[f]) * flagged.Distance(i, f) > Far)];
            if (far.Length < LeastStars)
                continue;
            kinds.Add(flagged.Kind(far, f));
            int[] near = [.. members.Except(far)];
            if (near.Length >= LeastStars)
                kinds.Add(flagged.Kind(near, null));
            return;
        }
        kinds.Add(flagged.Kind(members, null));
    }

    private sealed record Flagged(ReasonVectors Reasons, IReadOnlyList<int> Rows, IReadOnlyList<double[]?> Vectors)
    {
        public double Value(int star, int feature) => Reasons.Value(Rows[star], feature);

        public double Distance(int star, int feature) => Reasons.Distance(Rows[star], feature);

        /// <summary>The mean parts of the features, signed.</summary>
        public double[] Parts(int[] members)
        {
            var parts = new double[Vectors[members[0]]!.Length];
            foreach (var i in members)
            {
                for (var f = 0; f < parts.Length; f++)
                    parts[f] += Math.Sign(Vectors[i]![f]) * Vectors[i]![f] * Vectors[i]![f] / members.Length;
            }
            return parts;
        }

        public AnomalyKind Kind(int[] members, int? farIn)
        {
            var parts = Parts(members);
            double Typical(int i)
            {
                double dot = 0;
                for (var f = 0; f < parts.Length; f++)
                    dot += Math.Sign(parts[f]) * Math.Sqrt(Math.Abs(parts[f])) * Vectors[i]![f];
                return dot;
            }
            return new AnomalyKind([.. members.OrderByDescending(Typical).ThenBy(i => i)], parts, farIn);
        }
    }
}
