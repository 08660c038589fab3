using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Almagest.Runs.Listing;

/// <summary>A part of a query on runs in SQL, over the table <c>r</c>.</summary>
/// <param name="Sql">the program's own text, with <c>{0}</c>, <c>{1}</c> … for values that are bound</param>
/// <param name="Values">of <see cref="Sql"/></param>
internal sealed partial record RunCondition(string Sql, params IReadOnlyList<object> Values)
{
    /// <summary>Several behind each other, with their values.</summary>
    public static RunCondition Join(string separator, IEnumerable<RunCondition> parts)
    {
        var values = new List<object>();
        var texts = new List<string>();
        foreach (var part in parts)
        {
            var offset = values.Count;
            texts.Add(
                Place()
                    .Replace(
                        part.Sql,
                        m =>
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{{{int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + offset}}}"
                            )
                    )
            );
            values.AddRange(part.Values);
        }
        return new RunCondition(string.Join(separator, texts), values);
    }

    /// <summary>The whole of it as a command, the places numbered as PostgreSQL does.</summary>
    public NpgsqlCommand On(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(
            Place()
                .Replace(
                    Sql,
                    m =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"${int.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture) + 1}"
                        )
                ),
            connection
        );
        foreach (var value in Values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }

    [GeneratedRegex(@"\{([0-9]+)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Place();
}
