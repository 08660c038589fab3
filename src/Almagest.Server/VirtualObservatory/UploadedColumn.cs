using System.Globalization;
using Almagest.Adql.Schema;
using Almagest.Catalog;

namespace Almagest.Server.VirtualObservatory;

/// <summary>The values of one column of a table that came with a query.</summary>
internal sealed class UploadedColumn(PublishedType type)
{
    private readonly List<long?> _whole = [];
    private readonly List<double?> _real = [];
    private readonly List<string?> _texts = [];
    private readonly List<DateTime?> _times = [];

    public PublishedType Type => type;

    public string SqlType =>
        type switch
        {
            PublishedType.Integer => "bigint",
            PublishedType.Double => "double precision",
            PublishedType.Timestamp => "timestamptz",
            _ => "text",
        };

    /// <summary>A value of it in PostgreSQL: geometries come as texts.</summary>
    public string Sql(string column) =>
        type switch
        {
            PublishedType.Point => $"sky.numbers({column}, 2, 2)",
            PublishedType.Circle => $"sky.numbers({column}, 3, 3)",
            PublishedType.Polygon => $"sky.numbers({column}, 6, 2000)",
            _ => column,
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
                case TextVector { Values: var moments } when type == PublishedType.Timestamp:
                    _times.Add(string.IsNullOrWhiteSpace(moments[i]) ? null : Time(moments[i]!));
                    break;
                case TextVector { Values: var shapes } when type.IsGeometry():
                    // An array without a value is one of nulls.
                    var shape = shapes[i] is { } json && !json.Contains("null", StringComparison.Ordinal) ? json.Trim('[', ']') : null;
                    characters += shape?.Length ?? 0;
                    _texts.Add(string.IsNullOrWhiteSpace(shape) ? null : shape);
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

    private static DateTime Time(string text) =>
        DateTime.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time
        )
            ? time
            : throw VoException.Invalid(
                $"a table of UPLOAD has '{text}' where its xtype says timestamp, expected one such as 2026-11-30T18:00:00"
            );

    /// <summary>All of them, as one value to bind.</summary>
    public object Values() =>
        type switch
        {
            PublishedType.Integer => _whole.ToArray(),
            PublishedType.Double => _real.ToArray(),
            PublishedType.Timestamp => _times.ToArray(),
            _ => _texts.ToArray(),
        };
}
