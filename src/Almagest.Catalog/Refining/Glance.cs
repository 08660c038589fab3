using System.Xml;

namespace Almagest.Catalog.Refining;

/// <summary>Looks at the first rows of a table, so that a mapping knows what its columns hold.</summary>
internal static class Glance
{
    public const int MaxRows = 2000;

    /// <summary>A glance for each column; null where the first bytes of the file hold no whole rows.</summary>
    /// <param name="open">opens the table anew, over what is in memory of it</param>
    /// <param name="whole">that is all of it</param>
    public static IReadOnlyList<ColumnGlance>? At(Func<ICatalogReader> open, int columns, bool whole)
    {
        ColumnLook[]? looks = null;
        var rows = 0;
        var all = whole;
        try
        {
            using var reader = open();
            if (reader.Columns.Count != columns)
                return null;
            foreach (var batch in reader.ReadBatches(200))
            {
                looks ??= batch.Columns.Select(_ => new ColumnLook()).ToArray();
                for (var c = 0; c < looks.Length; c++)
                    looks[c].Add(batch.Columns[c], batch.Count);
                rows += batch.Count;
                if (rows < MaxRows)
                    continue;
                all = false;
                break;
            }
        }
        catch (Exception e) when (e is CatalogFormatException or XmlException or IOException or InvalidDataException)
        {
            // What is in memory ends amid a row, or the file is damaged: whoever reads it is told.
            all = false;
        }
        return rows == 0 || looks is null ? null : looks.Select(l => l.Glance(rows, all)).ToArray();
    }

    /// <summary>Of rows that are at hand.</summary>
    public static IReadOnlyList<ColumnGlance> At(IReadOnlyList<CatalogVector> columns, int rows, bool whole) =>
        [
            .. columns.Select(c =>
            {
                var look = new ColumnLook();
                look.Add(c, rows);
                return look.Glance(rows, whole);
            }),
        ];

    private sealed class ColumnLook
    {
        private readonly HashSet<long> _seen = [];
        private readonly HashSet<string> _seenTexts = new(StringComparer.Ordinal);
        private double _least = double.PositiveInfinity,
            _greatest = double.NegativeInfinity;
        private int _nulls;
        private bool _repeats;

        public void Add(CatalogVector vector, int count)
        {
            for (var i = 0; i < count; i++)
            {
                if (vector.IsNull(i))
                {
                    _nulls++;
                    continue;
                }
                if (vector is DoubleVector { Values: var doubles } && !double.IsNaN(doubles[i]))
                    See(doubles[i], BitConverter.DoubleToInt64Bits(doubles[i]));
                else if (vector is Int64Vector { Values: var integers, HasValue: var has } && has[i])
                    See(integers[i], integers[i]);
                else if (!_repeats)
                    _repeats = !_seenTexts.Add(vector is TextVector { Values: var texts } ? texts[i] ?? "" : vector.Misfit(i) ?? "");
            }
        }

        private void See(double number, long bits)
        {
            _least = number < _least ? number : _least;
            _greatest = number > _greatest ? number : _greatest;
            _repeats = _repeats || !_seen.Add(bits);
        }

        public ColumnGlance Glance(int rows, bool whole) =>
            new(rows, whole, _nulls, _least > _greatest ? double.NaN : _least, _least > _greatest ? double.NaN : _greatest, _repeats);
    }
}
