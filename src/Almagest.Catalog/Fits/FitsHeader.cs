using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Fits;

/// <summary>One header of a FITS file: its keywords and the size of the data behind it (FITS standard 4.0, sections 4 and 7).</summary>
internal sealed class FitsHeader
{
    private const int Block = 2880;
    private const int Card = 80;
    private const int MaxBlocks = 2000;
    private const int MaxText = 8000;

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    // The keyword whose text may go on behind the next CONTINUE (FITS standard 4.0, section 4.2.1.2).
    private string? _continued;

    private FitsHeader() { }

    /// <summary>What astropy writes about columns that are parts of objects, as YAML in comments; null where there is none.</summary>
    public string? SerializedColumns { get; private set; }

    private StringBuilder? _serialized;

    /// <summary>Astropy marks the beginning and end, and breaks long lines behind a backslash.</summary>
    private void Comment(string text)
    {
        if (text == "--BEGIN-ASTROPY-SERIALIZED-COLUMNS--")
            _serialized = new StringBuilder();
        else if (text == "--END-ASTROPY-SERIALIZED-COLUMNS--")
            SerializedColumns ??= _serialized?.ToString();
        else if (_serialized is { Length: < 1 << 20 } yaml)
            yaml.Append(text.EndsWith('\\') ? text[..^1] : text + "\n");
    }

    /// <summary>Reads a header; null at the end of the file.</summary>
    /// <exception cref="CatalogFormatException">the file ends within the header, or it has no end</exception>
    public static FitsHeader? Read(Stream stream)
    {
        var header = new FitsHeader();
        var block = new byte[Block];
        for (var blocks = 0; blocks < MaxBlocks; blocks++)
        {
            var read = stream.ReadAtLeast(block, Block, throwOnEndOfStream: false);
            if (read == 0 && blocks == 0)
                return null;
            // Some writers leave zeros or blanks behind the last extension.
            if (blocks == 0 && block.AsSpan(0, read).IndexOfAnyExcept((byte)0, (byte)' ') < 0)
                return null;
            if (read < Block)
                throw new CatalogFormatException("The FITS file ends within a header: it is cut short. Fetch it again.");
            for (var at = 0; at < Block; at += Card)
                if (header.Add(Encoding.Latin1.GetString(block, at, Card)))
                    return header;
        }
        throw new CatalogFormatException($"A FITS header has no END card within {MaxBlocks} blocks: the file is damaged.");
    }

    private bool Add(string card)
    {
        var key = card[..8].TrimEnd();
        if (key == "END")
            return true;
        if (key == "COMMENT")
            Comment(card[8..].TrimEnd());
        if (key.Length > 0 && card[8] == '=')
        {
            // The first of several cards with one keyword counts, and only its own continuation goes on.
            _continued = _values.TryAdd(key, Value(card[9..])) ? key : null;
        }
        else if (key == "CONTINUE" && _continued is { } begun && _values[begun] is { Length: < MaxText } text && text.EndsWith('&'))
        {
            _values[begun] = text[..^1] + Value(card[8..]);
        }
        else
        {
            _continued = null;
        }
        return false;
    }

    private static string Value(string text)
    {
        text = text.TrimStart();
        if (!text.StartsWith('\''))
        {
            var comment = text.IndexOf('/', StringComparison.Ordinal);
            return (comment >= 0 ? text[..comment] : text).Trim();
        }
        var value = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\'' && (i + 1 == text.Length || text[++i] != '\''))
                break;
            value.Append(text[i]);
        }
        return value.ToString().TrimEnd();
    }

    public string? Text(string key) => _values.TryGetValue(key, out var value) && value.Length > 0 ? value : null;

    /// <exception cref="CatalogFormatException">the value is not a whole number of a sensible size</exception>
    public long Integer(string key, long otherwise)
    {
        if (Text(key) is not { } text)
            return otherwise;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value is < 0 or > 1L << 50)
            throw new CatalogFormatException(
                $"The FITS header says {key} = {RejectedRow.Clip(text)}; expected a whole number from 0 on. The file is damaged."
            );
        return value;
    }

    public double Real(string key, double otherwise) =>
        Text(key) is { } text && double.TryParse(text.Replace('D', 'E'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : otherwise;

    /// <summary>Bytes of data behind the header, padding to whole blocks included.</summary>
    public long DataBytes
    {
        get
        {
            var axes = Integer("NAXIS", 0);
            if (axes is 0 or > 999)
                return 0;
            var bits = int.TryParse(Text("BITPIX"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var declared)
                ? Math.Min(Math.Abs((long)declared), 64)
                : 8;
            var groups = Text("GROUPS") == "T" && Integer("NAXIS1", 0) == 0;
            Int128 elements = 1;
            for (var i = groups ? 2 : 1; i <= axes; i++)
            {
                elements *= Integer($"NAXIS{i}", 0);
                if (elements > long.MaxValue)
                    throw new CatalogFormatException("A FITS header declares more data than a file can hold: the file is damaged.");
            }
            var bytes = (elements + Integer("PCOUNT", 0)) * Integer("GCOUNT", 1) * (bits / 8);
            if (bytes > 1L << 60)
                throw new CatalogFormatException("A FITS header declares more data than a file can hold: the file is damaged.");
            return (long)((bytes + Block - 1) / Block * Block);
        }
    }
}
