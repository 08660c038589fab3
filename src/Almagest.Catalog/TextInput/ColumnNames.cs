namespace Almagest.Catalog.TextInput;

internal static class ColumnNames
{
    /// <summary>Names made unique, and never empty: <c>a, a, ""</c> becomes <c>a, a_2, column_3</c>.</summary>
    public static string[] Distinct(IReadOnlyList<string> names)
    {
        var taken = new HashSet<string>(names, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new string[names.Count];
        for (var i = 0; i < names.Count; i++)
        {
            var wanted = names[i].Length == 0 ? $"column_{i + 1}" : names[i];
            var name = wanted;
            var suffix = next.GetValueOrDefault(wanted, 2);
            while (!seen.Add(name))
            {
                do name = $"{wanted}_{suffix++}";
                while (taken.Contains(name));
            }
            next[wanted] = suffix;
            distinct[i] = name;
        }
        return distinct;
    }
}
