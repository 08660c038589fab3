using System.Globalization;
using System.IO.Compression;
using System.Text;
using Almagest.Catalog.Binary;

namespace Almagest.Catalog.Writing;

/// <summary>
/// Writes a table as CSV (RFC 4180, UTF-8, LF line ends), row by row. Numbers are written so that they read back equal; a missing value
/// (null, NaN) is an empty field, an empty text a quoted one. Not thread safe.
/// </summary>
internal sealed class CsvTableWriter : IDisposable
{
    private readonly TextWriter _writer;
    private readonly bool _leaveOpen;
    private int _columns = -1;
    private int _field;
    private bool _empty = true;

    /// <param name="writer">where the rows go</param>
    public CsvTableWriter(TextWriter writer, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        _writer = writer;
        _leaveOpen = leaveOpen;
    }

    /// <summary>Creates or replaces a file; compressed where the name ends in <c>.gz</c>.</summary>
    public static CsvTableWriter Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Stream stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        if (path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase))
            stream = new GZipStream(stream, CompressionLevel.Optimal);
        return new CsvTableWriter(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16));
    }

    /// <summary>Writes the names; every row must then have as many fields.</summary>
    public void WriteHeader(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            Write(name);
        EndRow();
    }

    public void Write(string? text)
    {
        Separate();
        if (text is null)
            return;
        _empty = false;
        if (
            text.Length > 0
            && text.AsSpan().IndexOfAny(",\"\r\n") < 0
            && text[0] != '#'
            && !char.IsWhiteSpace(text[0])
            && !char.IsWhiteSpace(text[^1])
        )
        {
            _writer.Write(text);
            return;
        }
        _writer.Write('"');
        _writer.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
        _writer.Write('"');
    }

    /// <param name="isNarrow">of a column of 32 bits: with the digits that give those back</param>
    public void Write(double? value, bool isNarrow = false)
    {
        Separate();
        if (value is not { } number || double.IsNaN(number))
            return;
        _empty = false;
        Span<char> text = stackalloc char[32];
        int length;
        if (isNarrow && NarrowFloat.Is(number))
            ((float)number).TryFormat(text, out length, "R", CultureInfo.InvariantCulture);
        else
            number.TryFormat(text, out length, "R", CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public void Write(long? value)
    {
        Separate();
        if (value is not { } number)
            return;
        _empty = false;
        Span<char> text = stackalloc char[20];
        number.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        _writer.Write(text[..length]);
    }

    public void Write(bool? value)
    {
        Separate();
        if (value is not { } truth)
            return;
        _empty = false;
        _writer.Write(truth ? "true" : "false");
    }

    /// <exception cref="InvalidOperationException">the row has more or fewer fields than the first one</exception>
    public void EndRow()
    {
        if (_columns < 0)
            _columns = _field;
        if (_field != _columns)
            throw new InvalidOperationException($"a row of {_field} fields in a table of {_columns} columns");
        // A blank line would be no row at all.
        if (_empty && _columns == 1)
            _writer.Write("\"\"");
        _field = 0;
        _empty = true;
        _writer.Write('\n');
    }

    public void Flush() => _writer.Flush();

    public void Dispose()
    {
        if (_leaveOpen)
            _writer.Flush();
        else
            _writer.Dispose();
    }

    private void Separate()
    {
        if (_field++ > 0)
            _writer.Write(',');
    }
}
