using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Uploads;
using Almagest.Dashboard.Work;
using Almagest.Ledger.Access;
using Almagest.Ledger.Datasets;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace Almagest.Dashboard.Shared;

/// <summary>Receives a catalogue, shows how its columns would be taken and what its first rows give, and loads it when told to.</summary>
public partial class UploadCatalogue
{
    /// <summary>The choice of a field that follows what was found; no column is called so, since names are never empty.</summary>
    private const string Automatic = "";

    private readonly Dictionary<string, string> _chosen = [];
    private UploadedFile? _file;
    private CatalogPreview? _preview;
    private ColumnMapping? _mapping;
    private IReadOnlyList<CatalogTable> _tables = [];
    private UploadReading _reading = new();
    private UploadTrial? _tried;
    private (long Bytes, long Of)? _received;
    private PageJob? _job;
    private IReadOnlyList<KeptUpload> _kept = [];
    private string _owner = "";
    private IngestReport? _report;
    private string _name = "";
    private string? _wrong;
    private bool _busy,
        _loading;
    private DateTime _shown;

    [Inject]
    private PageAccess Access { get; set; } = null!;

    [Inject]
    private UploadQuota Quota { get; set; } = null!;

    [Inject]
    private KeptUploads Kept { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    /// <summary>A catalogue is loaded: lists of them are out of date.</summary>
    [Parameter]
    public EventCallback Loaded { get; set; }

    private static bool Needed(string field) => field is StarField.RaDeg or StarField.DecDeg;

    private string Chosen(string field) => _chosen.GetValueOrDefault(field, Automatic);

    private string Taken(string column) =>
        string.Join(", ", _mapping!.Fields.Where(f => f.ColumnNames.Contains(column)).Select(f => f.Field));

    private static string FoundColumn(CatalogPreview preview, string field)
    {
        if (preview.Mapping[field] is { } found)
            return $"{found.Formula} (found)";
        return field == StarField.SourceId ? "the row number" : "– not there –";
    }

    private static string Without(string field) => field == StarField.SourceId ? "the row number" : "– none –";

    private static string FoundEpoch(ColumnMapping mapping)
    {
        if (mapping.System?.Epoch is { } year)
            return $"{year.ToString("0.####", CultureInfo.InvariantCulture)} (found)";
        return mapping[StarField.Epoch] is { } column ? $"from {column.Formula}" : "not known";
    }

    private static string InEpoch(double? epoch) =>
        epoch is { } year ? $", epoch {year.ToString("0.###", CultureInfo.InvariantCulture)}" : "";

    private static string Fraction(long done, long total) =>
        (done / (double)Math.Max(1, total)).ToString("0.000", CultureInfo.InvariantCulture);

    private async Task ReceiveAsync(InputFileChangeEventArgs e)
    {
        Forget();
        (_report, _job) = (null, null);
        _busy = true;
        await TryAsync(async () =>
        {
            var person = await Access.RequireAsync(AccessScope.Write);
            _owner = person.Key;
            if (e.File.Size > Host.MaxUploadBytes)
                throw LedgerException.Invalid(
                    "file",
                    $"'{e.File.Name}' has {e.File.Size / 1048576.0:N0} MiB, at most {Host.MaxUploadBytes / 1048576.0:N0} are taken here",
                    "Load it on the server: almagest ingest FILE"
                );
            using var turn = Quota.Begin(person, e.File.Size);
            try
            {
                await using var content = e.File.OpenReadStream(Host.MaxUploadBytes, Closed);
                _file = await UploadedFile.ReceiveAsync(
                    content,
                    e.File.Name,
                    bytes =>
                    {
                        turn.Received(bytes);
                        _received = (bytes, e.File.Size);
                        Show();
                    },
                    Closed
                );
                await LookAsync();
            }
            catch (CatalogFormatException x)
            {
                throw LedgerException.Of(x, "Choose another file.", "file");
            }
            catch (Exception x) when (x is IOException or Microsoft.JSInterop.JSException)
            {
                throw LedgerException.Of(
                    ErrorCode.InvalidValue,
                    $"'{e.File.Name}' could not be received whole",
                    "Choose it again.",
                    inner: x
                );
            }
        });
        (_received, _busy) = (null, false);
        if (_preview is not null)
            await TryMappingAsync();
    }

    private async Task LookAsync()
    {
        _tables = await Task.Run(_file!.Tables, Closed);
        _preview = await Task.Run(() => _file.Preview(_reading), Closed);
        _mapping = _preview.Mapping;
        Choose(await Task.Run(TakenTable, Closed));
    }

    protected override async Task OnInitializedAsync()
    {
        await TryAsync(async () =>
        {
            if (await Access.PersonAsync() is { } person)
                (_owner, _kept) = (person.Key, Kept.Of(person.Key));
        });
    }

    /// <summary>Goes on with a file whose page was left.</summary>
    private async Task GoOnAsync(KeptUpload upload)
    {
        Forget();
        (_report, _job, _busy) = (null, null, true);
        await TryAsync(async () =>
        {
            await Access.RequireAsync(AccessScope.Write);
            _file = Kept.Take(upload.Id, _owner);
            _kept = Kept.Of(_owner);
            if (_file is null)
                return;
            try
            {
                await LookAsync();
            }
            catch (CatalogFormatException x)
            {
                throw LedgerException.Of(x, "Choose another file.", "file");
            }
        });
        _busy = false;
        if (_preview is not null)
            await TryMappingAsync();
    }

    private void Drop(KeptUpload upload)
    {
        Kept.Take(upload.Id, _owner)?.Dispose();
        _kept = Kept.Of(_owner);
    }

    // Only the browser has the file while it is being received.
    private async Task WarnAsync(LocationChangingContext leaving)
    {
        if (_received is not null && !await Js.InvokeAsync<bool>("confirm", "The file is still being received. Leave, and break it off?"))
            leaving.PreventNavigation();
    }

    /// <summary>Which of several tables a reader takes that is told none: the first with a position, as a rule.</summary>
    private string TakenTable()
    {
        if (_tables.Count < 2)
            return "";
        var columns = _preview!.Columns.Select(c => c.Name).ToList();
        return _tables
            .Take(50)
            .Select(t => t.Choice)
            .FirstOrDefault(
                t => _file!.Preview(_reading with { Table = t }).Columns.Select(c => c.Name).SequenceEqual(columns),
                _tables[0].Choice
            );
    }

    private void Choose(string table)
    {
        _reading = _reading with { Table = table };
        _name = table.Length == 0 || table == _tables[0].Choice ? _file!.DatasetName : $"{_file!.DatasetName} {table}";
    }

    // Another table has other columns: what was chosen for the last one means nothing in it.
    private async Task ChooseTableAsync(string table)
    {
        _busy = true;
        await TryAsync(async () =>
        {
            try
            {
                var (f, next) = (_file!, _reading with { Table = table });
                _preview = await Task.Run(() => f.Preview(next), Closed);
                _chosen.Clear();
                Choose(table);
            }
            catch (CatalogFormatException e)
            {
                throw LedgerException.Of(e, "Choose another table.", "file");
            }
        });
        _busy = false;
        await TryMappingAsync();
    }

    private Task ReadAsync(UploadReading wanted)
    {
        _reading = wanted;
        return TryMappingAsync();
    }

    private async Task MarkMissingAsync(string missing)
    {
        _reading = _reading with { Missing = missing };
        try
        {
            var (f, how) = (_file!, _reading);
            _preview = await Task.Run(() => f.Preview(how), Closed);
        }
        catch (CatalogFormatException)
        {
            // A column that there is not: the trial says so.
        }
        await TryMappingAsync();
    }

    private string TableName(CatalogTable table) =>
        $"{table.Number}"
        + (table.Name is { } known ? $" {known}" : "")
        + (table.Rows is { } rows ? $" ({DisplayText.Count(rows)} {(rows == 1 ? "row" : "rows")})" : "");

    private async Task ChooseAsync(string field, string column)
    {
        if (column == Automatic)
            _chosen.Remove(field);
        else
            _chosen[field] = column;
        await TryMappingAsync();
    }

    private async Task TryMappingAsync()
    {
        (_tried, _wrong) = (null, null);
        try
        {
            _mapping = _preview!.Mapping;
            _mapping = _mapping.With(_chosen.Select(c => $"{c.Key}={c.Value}"));
            var (f, m, how) = (_file!, _mapping, _reading);
            _tried = await Task.Run(() => f.Try(m, how), Closed);
            if (_tried is { Stars: 0, Rejected.Count: 0 })
                (_tried, _wrong) = (null, "The file holds no rows.");
        }
        catch (CatalogFormatException e)
        {
            _wrong = InThisForm(e);
        }
        catch (LedgerException e)
        {
            _wrong = $"{char.ToUpperInvariant(e.Message[0])}{e.Message[1..]}. {e.Remedy}";
        }
    }

    /// <summary>What an error of a catalogue says, and where on this form it is mended.</summary>
    private static string InThisForm(CatalogFormatException error) =>
        error.Code switch
        {
            CatalogFormatException.CatalogueEpochUnknown => $"{error.Message} The field is \"Epoch of the positions\", above.",
            CatalogFormatException.PositionSystemUnknown => $"{error.Message} The columns and the system are chosen above.",
            CatalogFormatException.PositionsMissing => $"{error.Message} The columns are chosen above.",
            _ => error.Message,
        };

    private async Task LoadAsync()
    {
        _busy = true;
        await TryAsync(async () =>
        {
            var file = _file!;
            _loading = true;
            _job = await Changes.LoadAsync(file.Path, _reading.Ingest(_name, _chosen));
            // The job has it now, until it fails.
            while (_job.State == JobState.Working)
            {
                StateHasChanged();
                await Task.WhenAny(_job.Completion, Task.Delay(200, Closed));
                if (Closed.IsCancellationRequested)
                {
                    Leave(_job, file);
                    _file = null;
                    return;
                }
            }
            if (_job.Trouble is { } trouble)
                throw trouble;
            _report = _job.Report as IngestReport;
        });
        (_busy, _loading) = (false, false);
        if (Closed.IsCancellationRequested)
            Forget();
        if (Refused is not null || _file is null || _report is null)
            return;
        Forget();
        await Loaded.InvokeAsync();
    }

    // A few times a second; a page has better things to do than to count.
    private void Show()
    {
        if (DateTime.UtcNow - _shown < TimeSpan.FromMilliseconds(200))
            return;
        _shown = DateTime.UtcNow;
        StateHasChanged();
    }

    private void Forget()
    {
        _file?.Dispose();
        _chosen.Clear();
        (_file, _preview, _mapping, _tried, _wrong, _tables, _reading) = (null, null, null, null, null, [], new UploadReading());
    }

    // Of a load that fails when nobody looks, the file is kept for another try.
    private void Leave(PageJob job, UploadedFile file)
    {
        var (kept, owner) = (Kept, _owner);
        _ = job.Completion.ContinueWith(
            _ =>
            {
                if (job.State == JobState.Done)
                    file.Dispose();
                else
                    kept.Keep(file, owner);
            },
            TaskScheduler.Default
        );
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        // A job that has begun sees to its file itself.
        if (_loading || _file is not { } file)
            return;
        if (_owner.Length > 0 && _preview is not null)
            Kept.Keep(file, _owner);
        else
            file.Dispose();
    }
}
