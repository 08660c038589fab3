namespace Almagest.Catalog.Parquet;

/// <summary>
/// Steps over one struct of Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md)
/// and collects the whole numbers at its top, without building anything. It finds headers that lie, nest without end, declare more elements
/// than there are bytes or give a field another type than the standard, before a library that trusts them allocates, recurses or loses its
/// place.
/// </summary>
internal ref struct ThriftWalker(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 24;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;
    private int _newFrom = -1;

    /// <summary>Logical types and orders of values that are newer than the standard here, as stretches of bytes that can be cut out of the
    /// footer: the library loses its place in them, and without one a column is read as what it is stored as.</summary>
    public List<(int From, int To)> NewTypes { get; } = [];

    /// <summary>Numbers, from 0, of the schema's elements that are floats of 16 bits, which the library does not have.</summary>
    public List<int> Halves { get; } = [];

    private int _elements = -1;

    /// <summary>Whole numbers by field id; of fields 0 to 15 at the top of the struct.</summary>
    public long[] Numbers { get; } = new long[16];

    /// <summary>Whole numbers of the structs in the top struct's fields, by field id × 16 + inner field id.</summary>
    public long[] InnerNumbers { get; } = new long[256];

    /// <param name="expected">what the struct holds by the standard</param>
    /// <returns>bytes that the struct takes; -1 where they are no such struct, or not whole</returns>
    public int Walk(ParquetThrift expected)
    {
        _at = 0;
        return Struct(expected, 0, 0) ? _at : -1;
    }

    private bool Struct(ParquetThrift expected, int depth, int parent)
    {
        if (depth > MaxDepth)
            return false;
        if (ReferenceEquals(expected, ParquetThrift.SchemaElement))
            _elements++;
        var field = 0;
        while (true)
        {
            if (_at >= _bytes.Length)
                return false;
            var head = _bytes[_at++];
            if (head == 0)
                return true;
            var delta = head >> 4;
            if (delta > 0)
                field += delta;
            else
            {
                if (!Varint(out var id))
                    return false;
                field = (short)((long)(id >> 1) ^ -(long)(id & 1));
            }
            var known = expected[field];
            // The library steps over a field that is newer than it, but not over what a struct or a list of truths in it holds.
            if (known is null && (head & 15) == 12 && expected.IsGrowing)
            {
                if (!SkipStruct(depth + 1))
                    return false;
                _newFrom = 0;
                continue;
            }
            if (known is null ? (head & 15) is not (>= 1 and <= 8) : !known.Agrees(head & 15))
                return false;
            // FLOAT16 of the union of logical types.
            if (field == 15 && ReferenceEquals(expected, ParquetThrift.LogicalType))
            {
                Halves.Add(_elements);
                _newFrom = 0;
                if (!Value(known, head & 15, depth, field, parent))
                    return false;
                continue;
            }
            if (known?.Struct is { IsGrowing: true })
            {
                var from = _at - 1;
                _newFrom = -1;
                if (!Value(known, head & 15, depth, field, parent))
                    return false;
                // It can be cut out where no field comes behind it, which counts from it.
                if (_newFrom >= 0 && (delta == 0 || _at >= _bytes.Length || _bytes[_at] != 0))
                    return false;
                if (_newFrom >= 0)
                    NewTypes.Add((from, _at));
                continue;
            }
            if (!Value(known, head & 15, depth, field, parent))
                return false;
        }
    }

    /// <summary>Steps over a struct of which nothing is known.</summary>
    private bool SkipStruct(int depth)
    {
        if (depth > MaxDepth)
            return false;
        while (_at < _bytes.Length)
        {
            var head = _bytes[_at++];
            if (head == 0)
                return true;
            if (head >> 4 == 0 && !Varint(out _))
                return false;
            var type = head & 15;
            var whole = type switch
            {
                1 or 2 => true,
                3 => Skip(1),
                4 or 5 or 6 => Varint(out _),
                7 => Skip(8),
                8 => Varint(out var length) && length <= int.MaxValue && Skip((int)length),
                12 => SkipStruct(depth + 1),
                _ => false,
            };
            if (!whole)
                return false;
        }
        return false;
    }

    private bool Value(ParquetThrift.Field? known, int type, int depth, int field, int parent)
    {
        switch (type)
        {
            case 1 or 2:
                return true;
            case 3:
                return Skip(1);
            case 4 or 5 or 6:
                if (!Varint(out var raw))
                    return false;
                var number = (long)(raw >> 1) ^ -(long)(raw & 1);
                if (depth == 0 && field is >= 0 and < 16)
                    Numbers[field] = number;
                else if (depth == 1 && field is >= 0 and < 16 && parent is >= 0 and < 16)
                    InnerNumbers[parent * 16 + field] = number;
                return true;
            case 7:
                return Skip(8);
            case 8:
                return Varint(out var length) && length <= int.MaxValue && Skip((int)length);
            case 9 when known is not null:
                if (_at >= _bytes.Length)
                    return false;
                var head = _bytes[_at++];
                var count = (ulong)(head >> 4);
                if (count == 15 && !Varint(out count))
                    return false;
                // Each element takes a byte at least.
                if (count > (ulong)(_bytes.Length - _at) || (count > 0 && (head & 15) != known.Type))
                    return false;
                return Elements(known, (int)count, depth);
            case 12 when known?.Struct is { } inner:
                return Struct(inner, depth + 1, depth == 0 ? field : -1);
            default:
                return false;
        }
    }

    private bool Elements(ParquetThrift.Field known, int count, int depth)
    {
        if (depth + 1 > MaxDepth)
            return false;
        for (var i = 0; i < count; i++)
            if (!Value(known, known.Type, depth + 1, -1, -1))
                return false;
        return true;
    }

    private bool Skip(int count)
    {
        if (count > _bytes.Length - _at)
            return false;
        _at += count;
        return true;
    }

    private bool Varint(out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_at >= _bytes.Length)
                return false;
            var b = _bytes[_at++];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return true;
        }
        return false;
    }
}
