using System.Globalization;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>The values of a query, each bound once: equal literals are one parameter, so that PostgreSQL sees equal expressions as
/// equal.</summary>
internal sealed class Bindings
{
    private const int Most = 20_000;

    private readonly Dictionary<(Type, object), string> _known = [];

    public List<object> Values { get; } = [];

    public string Bind(object value, int offset)
    {
        var key = (value.GetType(), value);
        if (_known.TryGetValue(key, out var name))
            return name;
        if (Values.Count == Most)
            throw new SyntaxException(offset, $"the query holds more than {Most} values");
        Values.Add(value);
        return _known[key] = string.Create(CultureInfo.InvariantCulture, $"${Values.Count}");
    }
}
