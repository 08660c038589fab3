using Almagest.Contract.Errors;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// Says in the ledger, while a run is worked on, that its worker lives and how far it is; hears that the run is to be cancelled or
/// belongs to another, and then cancels <see cref="Token"/>.
/// </summary>
internal sealed class RunHeartbeat : IAsyncDisposable, IProgress<RunProgress>
{
    readonly RunClaims claims;
    readonly RunClaim claim;
    readonly IProgress<RunProgress>? next;
    readonly CancellationTokenSource stop;
    readonly CancellationTokenSource ended = new();
    readonly Task beating;
    volatile RunProgress? progress;
    volatile RunWish wish = RunWish.GoOn;

    public RunHeartbeat(RunClaims claims, RunClaim claim, IProgress<RunProgress>? next, CancellationToken cancellation)
    {
        this.claims = claims;
        this.claim = claim;
        this.next = next;
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        beating = Task.Run(BeatAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller wishes so, or the ledger.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>Why <see cref="Token"/> is cancelled; <see cref="RunWish.GoOn"/> = the caller's wish.</summary>
    public RunWish Wish => wish;

    public void Report(RunProgress value)
    {
        progress = value;
        next?.Report(value);
    }

    async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(RunClaims.HeartbeatEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(ended.Token))
            {
                try
                {
                    wish = await claims.HeartbeatAsync(claim, progress, ended.Token);
                }
                catch (LedgerException)
                {
                    // The database is away for a moment. Whether the run is still this worker's is checked when it completes.
                    continue;
                }
                if (wish == RunWish.GoOn) continue;
                await stop.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        await beating;
        ended.Dispose();
        stop.Dispose();
    }
}
