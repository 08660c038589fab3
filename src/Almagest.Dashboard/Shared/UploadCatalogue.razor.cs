using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Uploads;
using Almagest.Ledger.Datasets;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;

namespace Almagest.Dashboard.Shared;

/// <summary>Receives a catalogue, shows how its columns would be taken and what its first rows give, and loads it when told to.</summary>
public partial class UploadCatalogue
{
    /// <summary>The choice of a field that follows what was found; no column is called so, since names are never empty.</summary>
    const string Automatic = "";

    readonly Dictionary<string, string> chosen = [];
    UploadedFile? file;
    CatalogPreview? preview;
    ColumnMapping? mapping;
    IReadOnlyList<CatalogTable> tables = [];
    UploadReading reading = new();
    UploadTrial? tried;
    (long Bytes, long Of)? received;
    IngestProgress? loading;
    IngestReport? report;
    string name = "";
    string? wrong;
    bool busy;
    DateTime shown;

    /// <summary>A catalogue is loaded: lists of them are out of date.</summary>
    [Parameter] public EventCallback Loaded { get; set; }

    static bool Needed(string field) => field is StarField.RaDeg or StarField.DecDeg;

    string Chosen(string field) => chosen.GetValueOrDefault(field, Automatic);

    string Taken(string column) => string.Join(", ", mapping!.Fields.Where(f => f.ColumnNames.Contains(column)).Select(f => f.Field));

    static string FoundColumn(CatalogPreview preview, string field)
    {
        if (preview.Mapping[field] is { } found) return $"{found.Formula} (found)";
        return field == StarField.SourceId ? "the row number" : "– not there –";
    }

    static string Without(string field) => field == StarField.SourceId ? "the row number" : "– none –";

    static string FoundEpoch(ColumnMapping mapping)
    {
        if (mapping.System?.Epoch is { } year) return $"{year.ToString("0.####", CultureInfo.InvariantCulture)} (found)";
        return mapping[StarField.Epoch] is { } column ? $"from {column.Formula}" : "not known";
    }

    static string InEpoch(double? epoch) =>
        epoch is { } year ? $", epoch {year.ToString("0.###", CultureInfo.InvariantCulture)}" : "";

    static string Fraction(long done, long total) =>
        (done / (double)Math.Max(1, total)).ToString("0.000", CultureInfo.InvariantCulture);

    async Task ReceiveAsync(InputFileChangeEventArgs e)
    {
        Forget();
        report = null;
        busy = true;
        await TryAsync(async () =>
        {
            if (e.File.Size > Host.MaxUploadBytes)
                throw LedgerException.Invalid("file", $"'{e.File.Name}' has {e.File.Size / 1048576.0:N0} MiB, at most {Host.MaxUploadBytes / 1048576.0:N0} are taken here", "Load it on the server: almagest ingest FILE");
            try
            {
                await using var content = e.File.OpenReadStream(Host.MaxUploadBytes, Closed);
                file = await UploadedFile.ReceiveAsync(content, e.File.Name, bytes =>
                {
                    received = (bytes, e.File.Size);
                    Show();
                }, Closed);
                tables = await Task.Run(file.Tables, Closed);
                preview = await Task.Run(() => file.Preview(reading), Closed);
                mapping = preview.Mapping;
                name = file.DatasetName;
            }
            catch (CatalogFormatException x)
            {
                throw LedgerException.Of(x, "Choose another file.", "file");
            }
            catch (Exception x) when (x is IOException or Microsoft.JSInterop.JSException)
            {
                throw LedgerException.Of(ErrorCode.InvalidValue, $"'{e.File.Name}' could not be received whole", "Choose it again.",
                    inner: x);
            }
        });
        (received, busy) = (null, false);
        if (preview is not null) await TryMappingAsync();
    }

    // Another table has other columns: what was chosen for the last one means nothing in it.
    async Task ChooseTableAsync(string table)
    {
        busy = true;
        await TryAsync(async () =>
        {
            try
            {
                var (f, next) = (file!, reading with { Table = table == tables[0].Choice ? "" : table });
                preview = await Task.Run(() => f.Preview(next), Closed);
                reading = next;
                chosen.Clear();
                name = next.Table.Length == 0 ? f.DatasetName : $"{f.DatasetName} {next.Table}";
            }
            catch (CatalogFormatException e)
            {
                throw LedgerException.Of(e, "Choose another table.", "file");
            }
        });
        busy = false;
        await TryMappingAsync();
    }

    Task ReadAsync(UploadReading wanted)
    {
        reading = wanted;
        return TryMappingAsync();
    }

    string TableName(CatalogTable table) => $"{table.Number}{(table.Name is { } known ? $" {known}" : "")}{(table.Rows is { } rows ? $" ({DisplayText.Count(rows)} rows)" : "")}";

    async Task ChooseAsync(string field, string column)
    {
        if (column == Automatic) chosen.Remove(field);
        else chosen[field] = column;
        await TryMappingAsync();
    }

    async Task TryMappingAsync()
    {
        (tried, wrong) = (null, null);
        try
        {
            mapping = preview!.Mapping;
            mapping = mapping.With(chosen.Select(c => $"{c.Key}={c.Value}"));
            var (f, m, how) = (file!, mapping, reading);
            tried = await Task.Run(() => f.Try(m, how), Closed);
            if (tried is { Stars: 0, Rejected.Count: 0 }) (tried, wrong) = (null, "The file holds no rows.");
        }
        catch (CatalogFormatException e)
        {
            wrong = InThisForm(e);
        }
        catch (LedgerException e)
        {
            wrong = $"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}. {e.Remedy}";
        }
    }

    /// <summary>What an error of a catalogue says, and where on this form it is mended.</summary>
    static string InThisForm(CatalogFormatException error) =>
        error.Code switch
        {
            CatalogFormatException.CatalogueEpochUnknown => $"{error.Message} The field is \"Epoch of the positions\", above.",
            CatalogFormatException.PositionSystemUnknown => $"{error.Message} The columns and the system are chosen above.",
            CatalogFormatException.PositionsMissing => $"{error.Message} The columns are chosen above.",
            _ => error.Message,
        };

    async Task LoadAsync()
    {
        busy = true;
        await TryAsync(async () =>
        {
            var options = reading.Ingest(name, chosen);
            var progress = new Progress<IngestProgress>(p => { loading = p; Show(); });
            report = await Task.Run(() => new CatalogIngestor(Ledger).IngestAsync([file!.Path], options, progress, Closed), Closed);
        });
        (busy, loading) = (false, null);
        if (Refused is not null) return;
        Forget();
        await Loaded.InvokeAsync();
    }

    // A few times a second; a page has better things to do than to count.
    void Show()
    {
        if (DateTime.UtcNow - shown < TimeSpan.FromMilliseconds(200)) return;
        shown = DateTime.UtcNow;
        StateHasChanged();
    }

    void Forget()
    {
        file?.Dispose();
        chosen.Clear();
        (file, preview, mapping, tried, wrong, tables, reading) = (null, null, null, null, null, [], new UploadReading());
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        file?.Dispose();
    }
}
