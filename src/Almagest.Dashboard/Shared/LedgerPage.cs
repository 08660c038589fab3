using Almagest.Ledger;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Shared;

/// <summary>A page that reads the ledger: it is loading, in trouble that it can explain, or ready. Pages ask services; none has SQL of its own.</summary>
public abstract class LedgerPage : ComponentBase, IDisposable
{
    readonly CancellationTokenSource closed = new();
    string? loadedFor;

    [Inject] protected LedgerDatabase Ledger { get; set; } = null!;

    [Inject] protected NavigationManager Navigation { get; set; } = null!;

    /// <summary>What to show instead of the content.</summary>
    public LedgerException? Trouble { get; private set; }

    public bool IsLoading { get; private set; } = true;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed => closed.Token;

    protected abstract Task LoadAsync();

    protected override async Task OnParametersSetAsync()
    {
        // The layout renders its page again for reasons of its own; only another address asks for other data.
        if (loadedFor == Navigation.Uri) return;
        loadedFor = Navigation.Uri;
        await ReloadAsync();
    }

    protected async Task ReloadAsync()
    {
        try
        {
            await LoadAsync();
            Trouble = null;
        }
        catch (LedgerException e)
        {
            Trouble = e;
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested)
        {
        }
        IsLoading = false;
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
        closed.Cancel();
        closed.Dispose();
    }
}
