using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Almagest.Adql.Schema;
using Almagest.Adql.Sql;
using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Server.VirtualObservatory.Catalogue;
using Npgsql;

namespace Almagest.Server.VirtualObservatory;

/// <summary>A query that is being answered. It holds a connection and one of the runner's places until it is disposed of.</summary>
internal sealed class AdqlResult(
    IReadOnlyList<ResultColumn> columns,
    long mostRows,
    TimeSpan limit,
    NpgsqlConnection connection,
    NpgsqlCommand command,
    NpgsqlDataReader reader,
    CancellationTokenSource deadline,
    IDisposable place
) : IAsyncDisposable
{
    private const int BatchRows = 500;
    private const long BatchCharacters = 4 << 20;
    private const string Time = "yyyy-MM-dd'T'HH:mm:ss.FFFFFF";

    private List<object?[]> _first = [];
    private long _rows;
    private bool _ended;
    private bool _disposed;

    /// <summary>Whether rows were left out, known once all are read.</summary>
    public bool IsCutOff { get; private set; }

    /// <summary>No rows were wanted: that there are some is not worth a word.</summary>
    public void ForgetRest() => IsCutOff = false;

    public async Task ReadFirstAsync() => _first = await ReadBatchAsync();

    /// <summary>The table to be written, once.</summary>
    /// <param name="query">as the client asked</param>
    public ExportTable Table(string title, string query) =>
        new(
            columns.Select(c => new CatalogColumn(c.Name, VoTypes.Written(c.Type), c.Unit, c.Source?.Ucd, c.Source?.Description)).ToList(),
            new JsonObject
            {
                ["title"] = title,
                ["query"] = query,
                ["program"] = "Almagest",
                ["program_version"] = Almagest.Contract.ProgramVersion.Current,
                ["answered_at"] = DateTime.UtcNow.ToString(Time, CultureInfo.InvariantCulture),
            },
            BatchesAsync()
        )
        {
            Name = "results",
            Epoch = Epoch(),
            AsInFile = columns.Where(c => c.Source is { IsAsInFile: true }).Select(c => c.Name).ToHashSet(),
            // A computed text may be made of anything.
            Unicode = columns
                .Where(c => c.Type == PublishedType.Text && c.Source is null or { MayHaveUnicode: true })
                .Select(c => c.Name)
                .ToHashSet(),
            Int32 = columns.Where(c => c.Source is { IsNarrow: true }).Select(c => c.Name).ToHashSet(),
            XTypes = columns.Where(c => VoTypes.XType(c.Type) is not null).ToDictionary(c => c.Name, c => VoTypes.XType(c.Type)!),
            ArraySizes = columns
                .Where(c => VoTypes.ArraySizeOf(c.Type) is not null)
                .ToDictionary(c => c.Name, c => VoTypes.ArraySizeOf(c.Type)!),
            IsCutOff = () => IsCutOff,
        };

    /// <summary>Of all positions in the answer; null where one has another, or none that is known.</summary>
    private double? Epoch()
    {
        var epochs = columns
            .Where(c => c.Source is { IsAsInFile: false } source && ExportTable.IsOnSky(source.Ucd))
            .Select(c => c.Source!.Epoch)
            .Distinct()
            .ToList();
        return epochs.Count == 1 ? epochs[0] : null;
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var batch = _first;
        while (batch.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return batch;
            batch = await ReadBatchAsync();
        }
    }

    private async Task<List<object?[]>> ReadBatchAsync()
    {
        var batch = new List<object?[]>();
        var characters = 0L;
        try
        {
            while (batch.Count < BatchRows && characters < BatchCharacters && !_ended)
            {
                if (!await reader.ReadAsync(deadline.Token))
                    _ended = true;
                else if (_rows == mostRows)
                    _ended = IsCutOff = true;
                else
                {
                    _rows++;
                    var row = Row();
                    characters += row.Sum(v => v is string text ? text.Length : 0);
                    batch.Add(row);
                }
            }
        }
        catch (Exception e) when (AdqlRunner.Explain(e, deadline, limit) is { } explained)
        {
            throw explained;
        }
        return batch;
    }

    private object?[] Row()
    {
        var row = new object?[columns.Count];
        for (var i = 0; i < row.Length; i++)
        {
            if (reader.IsDBNull(i))
                continue;
            row[i] = columns[i].Type switch
            {
                PublishedType.Integer => reader.GetFieldValue<long>(i),
                PublishedType.Double => reader.GetDouble(i),
                PublishedType.Uuid => reader.GetGuid(i).ToString(),
                PublishedType.Timestamp => reader.GetFieldValue<DateTime>(i).ToString(Time, CultureInfo.InvariantCulture),
                PublishedType.Region => Stc(reader.GetFieldValue<double[]>(i)),
                _ when columns[i].Type.IsArray() => Numbers(reader.GetFieldValue<double?[]>(i).Select(n => n ?? double.NaN)),
                _ => reader.GetString(i),
            };
        }
        return row;
    }

    private static string Numbers(IEnumerable<double> numbers) =>
        string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    private static string Stc(double[] shape)
    {
        var kind = shape.Length switch
        {
            2 => "Position",
            3 => "Circle",
            _ => "Polygon",
        };
        return $"{kind} ICRS {Numbers(shape)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        try
        {
            // Rows that nobody wants any more are not read to their end.
            if (!_ended)
                command.Cancel();
            await reader.DisposeAsync();
            await command.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The query was cancelled, as it should be.
        }
        finally
        {
            await connection.DisposeAsync();
            deadline.Dispose();
            place.Dispose();
        }
    }
}
