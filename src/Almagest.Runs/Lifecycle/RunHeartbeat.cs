using Almagest.Contract.Errors;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// Says in the ledger, while a run is worked on, that its worker lives and how far it is; hears that the run is to be cancelled or
/// belongs to another, and then cancels <see cref="Token"/>.
/// </summary>
internal sealed class RunHeartbeat : IAsyncDisposable, IProgress<RunProgress>
{
    private readonly RunClaims _claims;
    private readonly RunClaim _claim;
    private readonly IProgress<RunProgress>? _next;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _beating;
    private volatile RunProgress? _progress;
    private volatile HeartbeatResponse _response = HeartbeatResponse.Continue;

    public RunHeartbeat(RunClaims claims, RunClaim claim, IProgress<RunProgress>? next, CancellationToken cancellationToken)
    {
        _claims = claims;
        _claim = claim;
        _next = next;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _beating = Task.Run(BeatAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when the caller or the ledger asks for it.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Why <see cref="Token"/> is cancelled; <see cref="HeartbeatResponse.Continue"/> = the caller asked for it.</summary>
    public HeartbeatResponse Response => _response;

    public void Report(RunProgress value)
    {
        _progress = value;
        _next?.Report(value);
    }

    private async Task BeatAsync()
    {
        using var timer = new PeriodicTimer(RunClaims.HeartbeatEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ended.Token))
            {
                try
                {
                    _response = await _claims.HeartbeatAsync(_claim, _progress, _ended.Token);
                }
                catch (LedgerException)
                {
                    // The database is away for a moment. Whether the run is still this worker's is checked when it completes.
                    continue;
                }
                if (_response == HeartbeatResponse.Continue)
                    continue;
                await _stop.CancelAsync();
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
        await _ended.CancelAsync();
        await _beating;
        _ended.Dispose();
        _stop.Dispose();
    }
}
