using Almagest.Contract.Errors;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// Says in the ledger, while a run is worked on, that its worker lives and how far it is; hears that the run is to be cancelled or
/// belongs to another, and then cancels <see cref="Token"/>.
/// </summary>
internal sealed class RunHeartbeat : IAsyncDisposable, IProgress<RunProgress>
{
    private readonly Func<RunProgress?, CancellationToken, Task<HeartbeatResponse>> _beat;
    private readonly IProgress<RunProgress>? _next;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _beating;
    private volatile RunProgress? _progress;
    private volatile HeartbeatResponse _response = HeartbeatResponse.Continue;

    public RunHeartbeat(RunClaims claims, RunClaim claim, IProgress<RunProgress>? next, CancellationToken cancellationToken)
        : this((progress, token) => claims.HeartbeatAsync(claim, progress, token), next, cancellationToken) { }

    /// <param name="beat">gives the sign of life, and hears what to do</param>
    public RunHeartbeat(
        Func<RunProgress?, CancellationToken, Task<HeartbeatResponse>> beat,
        IProgress<RunProgress>? next,
        CancellationToken cancellationToken
    )
    {
        _beat = beat;
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
                    _response = await _beat(_progress, _ended.Token);
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
