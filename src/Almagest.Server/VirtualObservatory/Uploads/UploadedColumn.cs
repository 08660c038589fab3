using Almagest.Adql.Schema;
using Almagest.Catalog;

namespace Almagest.Server.VirtualObservatory.Uploads;

/// <summary>The values of one column of a table that came with a query.</summary>
internal sealed class UploadedColumn(PublishedType type)
{
    private readonly List<long?> _whole = [];
    private readonly List<double?> _real = [];
    private readonly List<string?> _texts = [];

    public PublishedType Type => type;

    public string SqlType =>
        type switch
        {
            PublishedType.Integer => "bigint",
            PublishedType.Double => "double precision",
            _ => "text",
        };

    /// <returns>the characters of the texts that were added</returns>
    public long Add(CatalogVector vector, int rows)
    {
        long characters = 0;
        for (var i = 0; i < rows; i++)
        {
            switch (vector)
            {
                case Int64Vector whole:
                    _whole.Add(whole.HasValue[i] ? whole.Values[i] : null);
                    break;
                case BooleanVector truth:
                    _whole.Add(
                        truth.Values[i] is { } value
                            ? value
                                ? 1
                                : 0
                            : null
                    );
                    break;
                case DoubleVector real:
                    _real.Add(double.IsNaN(real.Values[i]) ? null : real.Values[i]);
                    break;
                case TextVector { Values: var texts }:
                    // PostgreSQL's texts cannot hold the character 0.
                    var text = texts[i]?.Replace("\0", "", StringComparison.Ordinal);
                    characters += text?.Length ?? 0;
                    _texts.Add(text);
                    break;
            }
        }
        return characters;
    }

    /// <summary>All of them, as one value to bind.</summary>
    public object Values() =>
        type switch
        {
            PublishedType.Integer => _whole.ToArray(),
            PublishedType.Double => _real.ToArray(),
            _ => _texts.ToArray(),
        };
}
