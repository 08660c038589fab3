using System.Globalization;
using System.Runtime.InteropServices;

namespace Almagest.Catalog.Refining;

/// <summary>One column on its way from the file: which of its cells are missing although they hold a value.</summary>
/// <param name="index">of the column in the file</param>
/// <param name="column">as it is given on</param>
/// <param name="mask">the column that says which cells are missing, null where there is none</param>
internal sealed class RefinedColumn(int index, CatalogColumn column, int? mask)
{
    private readonly List<double> _numbers = [];
    private readonly List<long> _integers = [];
    private readonly List<string> _texts = [];
    private SurveyCustom? _custom;
    private long _found;

    public int Index => index;

    public CatalogColumn Column => column;

    public bool IsPlain => mask is null && _numbers.Count == 0 && _integers.Count == 0 && _texts.Count == 0;

    /// <summary>How many cells were taken for missing by what they hold; null where none was.</summary>
    public string? Remark =>
        _found == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{_found:N0} {(_found == 1 ? "value" : "values")} of '{RejectedRow.Clip(column.Name)}' "
            )
                + $"{(_found == 1 ? "was" : "were")} taken for missing"
                + $" ({(_custom is null ? string.Join(", ", _texts) : _custom.Shown)}).";

    public void Add(string text)
    {
        _texts.Add(text);
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || double.IsNaN(number))
            return;
        AddNumber(number);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            _integers.Add(whole);
        else if (number == Math.Floor(number) && Math.Abs(number) < 1e15)
            _integers.Add((long)number);
    }

    public void AddCustom(SurveyCustom custom)
    {
        _custom = custom;
        foreach (var number in custom.Numbers)
        {
            AddNumber(number);
            if (number == Math.Floor(number))
                _integers.Add((long)number);
        }
    }

    /// <summary>As a double, and as a float of the file that was widened.</summary>
    private void AddNumber(double number)
    {
        _numbers.Add(number);
        if ((float)number != number)
            _numbers.Add((float)number);
    }

    /// <summary>The column's vector of a batch, with what is missing out of it.</summary>
    public CatalogVector Refine(CatalogBatch batch)
    {
        var vector = batch.Columns[index];
        if (mask is { } where)
            Mask(vector, batch.Columns[where], batch.Count);
        switch (vector)
        {
            case DoubleVector doubles:
                foreach (var number in _numbers)
                    Remove(doubles.Values.AsSpan(0, batch.Count), number);
                break;
            case Int64Vector integers when _integers.Count > 0:
                for (var i = 0; i < batch.Count; i++)
                    if (integers.HasValue[i] && _integers.Contains(integers.Values[i]))
                    {
                        integers.HasValue[i] = false;
                        integers.Values[i] = 0;
                        _found++;
                    }
                break;
            case TextVector texts when _texts.Count > 0:
                for (var i = 0; i < batch.Count; i++)
                    if (texts.Values[i] is { } text && _texts.Contains(text))
                    {
                        texts.Values[i] = null;
                        _found++;
                    }
                break;
        }
        if (vector.HasMisfits && _texts.Count > 0)
            for (var i = 0; i < batch.Count; i++)
                if (vector.Misfit(i) is { } text && _texts.Contains(text) && vector.RemoveMisfit(i))
                    _found++;
        return vector;
    }

    private void Remove(Span<double> values, double number)
    {
        // By their bits many are compared at once; most columns hold none.
        if (!MemoryMarshal.Cast<double, long>(values).Contains(BitConverter.DoubleToInt64Bits(number)))
            return;
        for (var i = 0; i < values.Length; i++)
            if (values[i] == number)
            {
                values[i] = double.NaN;
                _found++;
            }
    }

    private static void Mask(CatalogVector vector, CatalogVector mask, int count)
    {
        if (mask is not BooleanVector { Values: var masked })
            return;
        for (var i = 0; i < count; i++)
        {
            if (masked[i] != true)
                continue;
            vector.RemoveMisfit(i);
            switch (vector)
            {
                case DoubleVector doubles:
                    doubles.Values[i] = double.NaN;
                    break;
                case Int64Vector integers:
                    integers.HasValue[i] = false;
                    integers.Values[i] = 0;
                    break;
                case BooleanVector truths:
                    truths.Values[i] = null;
                    break;
                case TextVector texts:
                    texts.Values[i] = null;
                    break;
            }
        }
    }
}
