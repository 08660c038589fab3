namespace Almagest.Discovery;

/// <summary>Finds the name that somebody meant who mistyped it.</summary>
public static class NearestName
{
    // A shorter beginning fits too many names.
    private const int LeastOfBeginning = 3;

    /// <summary>The candidate that is meant; null where none is near enough, or a beginning fits several.</summary>
    /// <param name="word">as it was typed; case does not count</param>
    public static string? Of(string word, IEnumerable<string> candidates) =>
        All(word, candidates) switch
        {
            [] => null,
            [var one, ..] => one,
        };

    /// <summary>The candidates that may be meant, the nearest first.</summary>
    /// <inheritdoc cref="Of"/>
    public static IReadOnlyList<string> All(string word, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        var typed = Plain(word);
        var most = Math.Max(1, typed.Length / 3);
        var names = candidates.Distinct().Select(name => (Name: name, Plain: Plain(name))).ToList();
        var near = names
            .Select(n => (n.Name, Distance: Distance(typed, n.Plain)))
            .Where(n => n.Distance <= most)
            .OrderBy(n => n.Distance)
            .ThenBy(n => n.Name, StringComparer.Ordinal)
            .Select(n => n.Name)
            .ToList();
        if (near.Count > 0 || typed.Length < LeastOfBeginning)
            return near;
        // Cut short, or written out.
        var begun = names
            .Where(n => n.Plain.StartsWith(typed, StringComparison.Ordinal))
            .Select(n => n.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        return begun.Count == 1 ? begun : [];
    }

    private static string Plain(string name) => name.TrimStart('-').Replace('_', '-').ToLowerInvariant();

    /// <summary>Edits between two words: insert, delete, replace, swap neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
