using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Database;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Shared;

/// <summary>A part of a page that reads and changes the ledger by itself, and says what was refused.</summary>
public abstract class LedgerPart : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _closed = new();

    protected LedgerPart() => Closed = _closed.Token;

    [Inject]
    protected LedgerDatabase Ledger { get; set; } = null!;

    /// <summary>What the part changes, it changes through this.</summary>
    [Inject]
    protected LedgerChanges Changes { get; set; } = null!;

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Closed { get; }

    /// <summary>Why the last thing that was tried did not happen; null = it did.</summary>
    public LedgerException? Refused { get; protected set; }

    protected async Task TryAsync(Func<Task> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        try
        {
            await work();
            Refused = null;
        }
        catch (LedgerException e)
        {
            Refused = e;
        }
        catch (OperationCanceledException) when (Closed.IsCancellationRequested) { }
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
