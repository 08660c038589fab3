using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Backup;

/// <summary>What a backup says of itself first.</summary>
/// <param name="Program">version of Almagest that wrote it</param>
/// <param name="Schema">id of the last migration of the ledger</param>
/// <param name="ViewMode">how its views were kept fresh</param>
/// <param name="CreatedAt">UTC</param>
/// <param name="PostgresVersion">of the server that it was read from; it can be restored into others</param>
public sealed record BackupHeader(string Program, string Schema, string ViewMode, DateTime CreatedAt, string PostgresVersion)
{
    /// <summary>Whether the ledger chose that mode by itself; null in older files, of ledgers that could not.</summary>
    public bool? IsViewModeAutomatic { get; init; }

    /// <summary>What it is for; null of programs that knew backups alone.</summary>
    public string? Purpose { get; init; }

    /// <summary>The catalogues that it holds, of an export.</summary>
    public IReadOnlyList<BackupCatalogue>? Catalogues { get; init; }

    /// <summary>The runs that it holds, of an export.</summary>
    public IReadOnlyList<BackupRun>? Runs { get; init; }
}

/// <summary>A catalogue of an export.</summary>
/// <param name="Checksum">of the files that it was loaded from, as the dataset has it</param>
public sealed record BackupCatalogue(string Name, string Checksum, long Stars);

/// <summary>A complete run of an export.</summary>
/// <param name="ResultsHash">of its results; null of one that an older program made</param>
public sealed record BackupRun(Guid RunId, string? ResultsHash);

/// <summary>What a file of a ledger is for.</summary>
public static class BackupPurpose
{
    /// <summary>To have the same ledger again.</summary>
    public const string Backup = "backup";

    /// <summary>To be a ledger elsewhere: without what belongs to the server that it is on.</summary>
    public const string Export = "export";
}

/// <summary>One table of a backup.</summary>
/// <param name="Columns">in the order of the data</param>
/// <param name="Sequences">the last number that each of its counting columns has given out; null where it gave out none</param>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns, IReadOnlyDictionary<string, long?> Sequences);

/// <summary>What ends a table.</summary>
/// <param name="Sha256">of its data, 64 hexadecimal digits</param>
internal sealed record BackupTableEnd(long Rows, string Sha256);

/// <summary>What ends a backup.</summary>
internal sealed record BackupEnd(int Tables, long Rows);

/// <summary>
/// The frames of a backup: a line that names the format, then records of one byte that says what it is, the length of its content (4 bytes,
/// big-endian) and the content. <c>H</c> the header, <c>T</c> a table, <c>D</c> a piece of its rows in PostgreSQL's text format of COPY
/// (UTF-8), <c>F</c> the end of the table, <c>E</c> the end. H, T, F and E are JSON.
/// </summary>
internal static class BackupFormat
{
    /// <summary>Bytes of data in a record, about.</summary>
    public const int PieceBytes = 1 << 18;

    private const int MostBytes = 1 << 26;

    private static readonly byte[] s_start = Encoding.ASCII.GetBytes("almagest-backup 1\n");
    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Task BeginAsync(Stream stream, CancellationToken cancellationToken) =>
        stream.WriteAsync(s_start, cancellationToken).AsTask();

    public static Task WriteAsync<T>(Stream stream, char kind, T content, CancellationToken cancellationToken) =>
        WriteBytesAsync(stream, kind, JsonSerializer.SerializeToUtf8Bytes(content, s_json), cancellationToken);

    public static async Task WriteBytesAsync(Stream stream, char kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var head = new byte[5];
        head[0] = (byte)kind;
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(1), content.Length);
        await stream.WriteAsync(head, cancellationToken);
        await stream.WriteAsync(content, cancellationToken);
    }

    /// <exception cref="LedgerException">it is not a backup of this format</exception>
    public static async Task RequireStartAsync(Stream stream, CancellationToken cancellationToken)
    {
        var start = new byte[s_start.Length];
        var read = await ReadAsync(stream, start, cancellationToken);
        if (read == start.Length && start.AsSpan().SequenceEqual(s_start))
            return;
        var isBackup = start.AsSpan(0, read).StartsWith("almagest-backup "u8);
        throw LedgerException.Of(
            ErrorCode.UnreadableBackup,
            isBackup ? "the backup is of a newer format than this program knows" : "the file is not a backup of Almagest",
            isBackup ? "Use the version that wrote it, or a newer one." : "A backup is what 'almagest backup FILE' writes.",
            "file"
        );
    }

    /// <exception cref="LedgerException">it ends early, or is damaged</exception>
    public static async Task<(char Kind, byte[] Content)> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[5];
        if (await ReadAsync(stream, head, cancellationToken) < head.Length)
            throw Damaged("it ends early");
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (length is < 0 or > MostBytes)
            throw Damaged("a record has an impossible length");
        var content = new byte[length];
        if (await ReadAsync(stream, content, cancellationToken) < length)
            throw Damaged("it ends early");
        return ((char)head[0], content);
    }

    public static T Parse<T>(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, s_json) ?? throw Damaged("a record is empty");
        }
        catch (JsonException e)
        {
            throw Damaged("a record cannot be read", e);
        }
    }

    public static LedgerException Damaged(string how, Exception? inner = null) =>
        LedgerException.Of(
            ErrorCode.UnreadableBackup,
            $"the backup is damaged: {how}",
            "Nothing was restored. Copy it again from where it was made, or take an older one.",
            "file",
            inner
        );

    private static async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw Damaged("its compression is broken", e);
        }
    }
}
