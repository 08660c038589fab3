using System.Text;
using System.Xml;

namespace Almagest.Catalog.VoTable;

/// <summary>The rows of a table, one after another.</summary>
internal interface IVoTableRows
{
    bool AtEnd { get; }

    /// <summary>Stores the next row, or says why it has no place among the columns; false at the end.</summary>
    bool Read(CatalogVector[] vectors, int row, out long line, out RejectedRow? bad);
}

/// <summary>Rows as TR and TD elements.</summary>
internal sealed class TableDataRows : IVoTableRows
{
    private readonly XmlReader _xml;
    private readonly IReadOnlyList<VoTableField> _fields;
    private readonly int _maxRowBytes;
    private readonly List<string> _cells = [];
    private readonly char[] _chunk = new char[4096];
    private readonly int _depth;

    public TableDataRows(XmlReader xml, IReadOnlyList<VoTableField> fields, int maxRowBytes)
    {
        _xml = xml;
        _fields = fields;
        _maxRowBytes = maxRowBytes;
        _depth = xml.Depth;
        AtEnd = xml.IsEmptyElement;
    }

    public bool AtEnd { get; private set; }

    public bool Read(CatalogVector[] vectors, int row, out long line, out RejectedRow? bad)
    {
        line = 0;
        bad = null;
        while (!AtEnd)
        {
            if (!_xml.Step() || (_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == _depth))
            {
                AtEnd = true;
                return false;
            }
            if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "TR")
                continue;
            line = ((IXmlLineInfo)_xml).LineNumber;
            ReadCells(line);
            if (_cells.Count != _fields.Count)
            {
                var which = _cells.Count < _fields.Count ? "too few" : "too many";
                bad = new RejectedRow(
                    line,
                    "",
                    $"{which} cells: found {_cells.Count}, expected {_fields.Count}",
                    RejectedRow.Clip(string.Join(' ', _cells.Take(20)))
                );
                return true;
            }
            for (var i = 0; i < vectors.Length; i++)
                _fields[i].ReadText(_cells[i], vectors[i], row);
            return true;
        }
        return false;
    }

    private void ReadCells(long line)
    {
        _cells.Clear();
        if (_xml.IsEmptyElement)
            return;
        var depth = _xml.Depth;
        long length = 0;
        while (_xml.Step() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == depth))
        {
            if (_xml.NodeType != XmlNodeType.Element || _xml.LocalName != "TD")
                continue;
            var cell = _xml.IsEmptyElement ? "" : ReadCell(line, ref length);
            if (_cells.Count <= _fields.Count)
                _cells.Add(cell);
        }
    }

    private string ReadCell(long line, ref long length)
    {
        var depth = _xml.Depth;
        string? whole = null;
        StringBuilder? parts = null;
        while (_xml.Step() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == depth))
        {
            if (_xml.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace))
                continue;
            int read;
            while ((read = _xml.ReadValueChunk(_chunk, 0, _chunk.Length)) > 0)
            {
                length += read;
                if (length > _maxRowBytes)
                    throw new CatalogFormatException(
                        $"The row of line {line} is longer than {_maxRowBytes:N0} characters. Expected one star per row."
                    );
                if (whole is null)
                    whole = new string(_chunk, 0, read);
                else
                    (parts ??= new StringBuilder(whole)).Append(_chunk, 0, read);
            }
        }
        return parts?.ToString() ?? whole ?? "";
    }
}

/// <summary>Rows in a binary stream; with a mask of missing cells before each row in BINARY2.</summary>
internal sealed class BinaryRows(ByteSource source, IReadOnlyList<VoTableField> fields, bool masked) : IVoTableRows
{
    private readonly byte[] _mask = new byte[(fields.Count + 7) / 8];
    private long _row;

    public bool AtEnd { get; private set; }

    public bool Read(CatalogVector[] vectors, int row, out long line, out RejectedRow? bad)
    {
        bad = null;
        line = _row + 1;
        if (AtEnd || source.AtEnd)
        {
            AtEnd = true;
            return false;
        }
        if (masked)
            source.Take(_mask.Length).CopyTo(_mask);
        var before = source.Taken;
        for (var i = 0; i < vectors.Length; i++)
            fields[i].ReadBinary(source, vectors[i], row, masked && (_mask[i / 8] & (0x80 >> (i % 8))) != 0);
        // A row without a byte would never end.
        if (!masked && source.Taken == before)
            throw new CatalogFormatException("The VOTable's binary rows take no bytes: its fields are declared empty.");
        _row++;
        return true;
    }
}
