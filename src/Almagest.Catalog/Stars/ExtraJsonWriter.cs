using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Almagest.Catalog.Binary;
using Almagest.Catalog.Mapping;
using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>Writes the columns that are not star fields as one JSON object per row, in a form that PostgreSQL's <c>jsonb</c>
/// takes.</summary>
internal sealed partial class ExtraJsonWriter : IDisposable
{
    private static readonly JsonWriterOptions s_options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly int[] _columns;
    private readonly JsonEncodedText[] _names;
    private readonly bool[] _narrow;
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _json;

    /// <param name="moves">positions are carried to another epoch</param>
    public ExtraJsonWriter(IReadOnlyList<CatalogColumn> columns, ColumnMapping mapping, bool moves = false)
    {
        // Columns that a field was only computed from stay among the extras: nothing that was measured is lost.
        var turns = mapping.System is { Frame: not SkyFrame.Icrs };
        var mapped = mapping
            .Fields.Where(f =>
                f.Source == FieldSource.Column && !KeptBeside.Is(f.Field, turned: turns, carried: moves, wrapped: mapping.RaFrom == -180)
            )
            .SelectMany(f => f.Columns)
            .ToHashSet();
        _columns = Enumerable.Range(0, columns.Count).Where(i => !mapped.Contains(i)).ToArray();
        _names = _columns.Select(i => JsonEncodedText.Encode(columns[i].Name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)).ToArray();
        _narrow = _columns.Select(i => columns[i].IsNarrow).ToArray();
        _json = new Utf8JsonWriter(_buffer, s_options);
    }

    public void Dispose() => _json.Dispose();

    public string Write(CatalogBatch batch, int row)
    {
        if (_columns.Length == 0)
            return "{}";
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        for (var i = 0; i < _columns.Length; i++)
            Write(_names[i], batch.Columns[_columns[i]], row, _narrow[i]);
        _json.WriteEndObject();
        _json.Flush();
        return Encoding.UTF8.GetString(_buffer.WrittenSpan);
    }

    private void Write(JsonEncodedText name, CatalogVector vector, int row, bool isNarrow)
    {
        if (vector.HasMisfits && vector.Misfit(row) is { } text)
        {
            _json.WritePropertyName(name);
            // A number that only its column's type could not hold, such as an integer of 20 digits, stays a number.
            if (JsonNumber().IsMatch(text))
                _json.WriteRawValue(text, skipInputValidation: true);
            else
                _json.WriteStringValue(text);
            return;
        }
        switch (vector)
        {
            case DoubleVector doubles:
                var value = doubles.Values[row];
                if (isNarrow && NarrowFloat.Is(value))
                    _json.WriteNumber(name, (float)value);
                else if (double.IsFinite(value))
                    _json.WriteNumber(name, value);
                else if (!double.IsNaN(value))
                    _json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
                break;
            case Int64Vector integers:
                if (integers.HasValue[row])
                    _json.WriteNumber(name, integers.Values[row]);
                break;
            case BooleanVector truths:
                if (truths.Values[row] is { } truth)
                    _json.WriteBoolean(name, truth);
                break;
            case TextVector { Values: var values, Type: var type }:
                if (values[row] is not { } cell)
                    break;
                _json.WritePropertyName(name);
                if (type == ColumnType.Json && IsSafeJson(cell))
                    _json.WriteRawValue(cell, skipInputValidation: true);
                else
                    _json.WriteStringValue(cell);
                break;
        }
    }

    /// <summary>Valid JSON that jsonb can hold: no escapes (NUL and lone surrogates are refused there), no numbers beyond a
    /// double.</summary>
    private static bool IsSafeJson(string text)
    {
        if (text.Contains("\\u", StringComparison.Ordinal))
            return false;
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            while (reader.Read())
                if (
                    reader.TokenType == JsonTokenType.Number
                    && (!reader.TryGetDouble(out var number) || !double.IsFinite(number) || reader.ValueSpan.Length > 40)
                )
                    return false;
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]{0,38})(\.[0-9]{1,38})?([eE][-+]?[0-9]{1,2})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
