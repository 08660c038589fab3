using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace Almagest.Dashboard.Shared;

/// <summary>A page that reads the ledger: it is loading, in trouble that it can explain, or ready. Pages ask services; none has SQL of its
/// own.</summary>
public abstract class LedgerPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();
    private string? _loadedFor;

    [Inject]
    protected LedgerDatabase Ledger { get; set; } = null!;

    /// <summary>What the page changes, it changes through this.</summary>
    [Inject]
    protected LedgerChanges Changes { get; set; } = null!;

    [Inject]
    protected PageAccess Access { get; set; } = null!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>The request, while the page is drawn for the first time; null once the browser is connected.</summary>
    [CascadingParameter]
    private HttpContext? Request { get; set; }

    /// <summary>What to show instead of the content.</summary>
    public LedgerException? Trouble { get; private set; }

    public bool IsLoading { get; private set; } = true;

    /// <summary>All questions are answered. A page is rendered between them, too: what is drawn from several answers waits for
    /// this.</summary>
    protected bool IsAnswered { get; private set; }

    /// <summary>Taken while the source is there: a page may be left in the middle of its loading, and asks on.</summary>
    protected LedgerPage() => Closed = _closed.Token;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed { get; }

    protected abstract Task LoadAsync();

    protected override async Task OnParametersSetAsync()
    {
        // The layout renders its page again for reasons of its own; only another address asks for other data.
        if (_loadedFor == Navigation.Uri)
            return;
        _loadedFor = Navigation.Uri;
        await ReloadAsync();
    }

    protected async Task ReloadAsync()
    {
        IsAnswered = false;
        try
        {
            await Access.RequireAsync(AccessScope.Read);
            await LoadAsync();
            Trouble = null;
            IsAnswered = true;
        }
        catch (LedgerException e)
        {
            Trouble = e;
            if (Request is { Response.HasStarted: false } request)
                Answer(request.Response, e);
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested) { }
        IsLoading = false;
    }

    // The status of the API's answers, so that programs and caches understand the page, too.
    private static void Answer(HttpResponse response, LedgerException trouble)
    {
        var status = trouble.Kind switch
        {
            LedgerErrorKind.Invalid => StatusCodes.Status400BadRequest,
            LedgerErrorKind.NotFound => StatusCodes.Status404NotFound,
            LedgerErrorKind.Conflict => StatusCodes.Status409Conflict,
            LedgerErrorKind.Forbidden => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        // Only when the page is on its way: Blazor leaves out the body of a page that is not found.
        response.OnStarting(() =>
        {
            response.StatusCode = status;
            return Task.CompletedTask;
        });
        if (trouble.Kind == LedgerErrorKind.Unavailable)
            response.Headers.RetryAfter = "5";
    }

    /// <summary>Does what a button asks for; answers what went wrong, or null.</summary>
    protected static async Task<LedgerException?> TryAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work();
            return null;
        }
        catch (LedgerException e)
        {
            return e;
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        _closed.Cancel();
        _closed.Dispose();
    }
}
