using System.Text;

namespace Almagest.Catalog.Input;

/// <summary>
/// The decompressed bytes of a file with its beginning held in memory (<see cref="Sample"/>), so that the format can be told by the
/// content and a text table's shape by its first rows. <see cref="Open"/> gives the whole content, sample included.
/// </summary>
internal sealed class CatalogInput : IDisposable
{
    private const int SampleBytes = 1 << 20;

    private readonly CountingStream _raw;
    private readonly Stream? _seekable;
    private Stream _content;

    private CatalogInput(CountingStream raw, string name, long totalBytes, Stream? seekable)
    {
        _raw = raw;
        _seekable = seekable;
        _content = raw;
        Name = name;
        TotalBytes = totalBytes;
    }

    /// <summary>What to call the input in messages.</summary>
    public string Name { get; }

    public long TotalBytes { get; }

    public long BytesRead => _raw.Count;

    public bool IsGzip { get; private set; }

    /// <summary>The first bytes, up to 1 MiB, without a byte order mark; UTF-16 is already turned into UTF-8.</summary>
    public ReadOnlyMemory<byte> Sample { get; private set; }

    /// <summary>True where the sample is the whole content.</summary>
    public bool SampleIsAll { get; private set; }

    public static CatalogInput Open(Stream stream, string name, bool leaveOpen)
    {
        var total = stream.CanSeek ? stream.Length - stream.Position : -1;
        var input = new CatalogInput(
            new CountingStream(stream, leaveOpen),
            name,
            total,
            stream.CanSeek && stream.Position == 0 && !leaveOpen ? stream : null
        );
        try
        {
            input.Prepare();
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    /// <summary>The first of what is in memory of this input, as an input that ends there.</summary>
    public CatalogInput OfSample(int mostBytes) =>
        new(new CountingStream(Stream.Null, leaveOpen: true), Name, Math.Min(mostBytes, Sample.Length), null)
        {
            Sample = Sample[..Math.Min(mostBytes, Sample.Length)],
            SampleIsAll = true,
            IsTranscoded = IsTranscoded,
        };

    /// <summary>The text was turned from UTF-16 into UTF-8.</summary>
    public bool IsTranscoded { get; private set; }

    public static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete,
                1 << 16,
                FileOptions.SequentialScan
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CatalogFormatException($"There is no file '{path}'. Check the name and the folder.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            var reason = Directory.Exists(path) ? "it is a folder; name a file in it" : "you have no permission to read it";
            throw new CatalogFormatException($"Cannot read '{path}': {reason}.", e);
        }
        catch (Exception e) when (e is IOException or ArgumentException or NotSupportedException)
        {
            throw new CatalogFormatException($"Cannot read '{path}': {e.Message}", e);
        }
    }

    /// <summary>The content from its first byte. Call once.</summary>
    public Stream OpenContent() =>
        SampleIsAll
            ? new MemoryStream(Sample.ToArray(), writable: false)
            : new ConcatStream(new MemoryStream(Sample.ToArray(), writable: false), _content);

    /// <summary>The content once more, without taking it away: the file anew, or only what is in memory of it.</summary>
    public Stream OpenScan()
    {
        var memory = new MemoryStream(Sample.ToArray(), writable: false);
        if (SampleIsAll || IsTranscoded || _seekable is not FileStream file)
            return memory;
        try
        {
            var again = new FileStream(file.Name, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
            return IsGzip ? new GunzipStream(again) : again;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return memory;
        }
    }

    /// <summary>The content as a stream in which one can go to and fro: the file itself, or a copy in a temporary file. Call instead of
    /// <see cref="OpenContent"/>.</summary>
    public Stream OpenSeekable()
    {
        if (_seekable is not null && !IsGzip)
        {
            _seekable.Position = 0;
            return _seekable;
        }
        if (SampleIsAll)
            return OpenContent();
        var copy = new FileStream(
            Path.Combine(Path.GetTempPath(), $"almagest-{Guid.NewGuid():N}"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose
        );
        try
        {
            using var content = OpenContent();
            content.CopyTo(copy);
            copy.Position = 0;
            return copy;
        }
        catch (IOException e)
        {
            copy.Dispose();
            throw new CatalogFormatException($"'{Name}' could not be copied to a temporary file: {e.Message}", e);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>The input from another place on: some bytes of the caller's, then what follows. Takes over this input's file; the sample is
    /// new.</summary>
    public CatalogInput Continue(byte[] head, byte[] buffered, Stream content)
    {
        var next = new CatalogInput(_raw, Name, TotalBytes, null) { IsGzip = IsGzip };
        next._content = new ConcatStream(new MemoryStream([.. head, .. buffered], writable: false), content);
        next.Sample = ReadSample(next._content, out var all);
        next.SampleIsAll = all;
        return next;
    }

    /// <summary>Reads past some bytes, or to the end.</summary>
    public static void Skip(Stream content, long bytes)
    {
        var buffer = new byte[(int)Math.Clamp(bytes, 1, 64 * 1024)];
        while (bytes > 0)
        {
            var read = content.Read(buffer, 0, (int)Math.Min(bytes, buffer.Length));
            if (read == 0)
                return;
            bytes -= read;
        }
    }

    private void Prepare()
    {
        var sample = ReadSample(_raw, out var all);
        if (sample.Length == 0)
            throw new CatalogFormatException($"'{Name}' is empty (0 bytes). Expected a star catalogue; was the download interrupted?");
        if (sample is [0x1f, 0x8b, ..])
        {
            IsGzip = true;
            _content = new GunzipStream(Rest(sample, all));
            sample = ReadSample(_content, out all);
            if (sample.Length == 0)
                throw new CatalogFormatException($"'{Name}' is gzip data that holds nothing (0 bytes). Expected a star catalogue.");
        }
        var encoding = Utf16(sample);
        if (encoding is not null)
        {
            IsTranscoded = true;
            _content = Encoding.CreateTranscodingStream(Rest(sample, all), encoding, Encoding.UTF8);
            sample = ReadSample(_content, out all);
        }
        Sample = sample.AsSpan().StartsWith("\uFEFF"u8) ? sample.AsMemory(3) : sample;
        SampleIsAll = all;
    }

    private Stream Rest(byte[] sample, bool all) => all ? new MemoryStream(sample) : new ConcatStream(new MemoryStream(sample), _content);

    private static UnicodeEncoding? Utf16(byte[] sample) =>
        sample switch
        {
            [0xff, 0xfe, 0, 0, ..] => null, // UTF-32, refused later as binary
            [0xff, 0xfe, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true),
            [0xfe, 0xff, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true),
            // XML says it without a mark.
            [(byte)'<', 0, _, 0, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: false),
            [0, (byte)'<', 0, not 0, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: false),
            _ => null,
        };

    private static byte[] ReadSample(Stream stream, out bool all)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        all = false;
        while (length < SampleBytes)
        {
            if (length == buffer.Length)
                Array.Resize(ref buffer, Math.Min(SampleBytes, buffer.Length * 4));
            var read = stream.Read(buffer.AsSpan(length));
            if (read == 0)
            {
                all = true;
                break;
            }
            length += read;
        }
        return buffer[..length];
    }

    public void Dispose()
    {
        _content.Dispose();
        _raw.Dispose();
    }
}
