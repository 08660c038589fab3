using System.Runtime.InteropServices;

namespace Almagest.Cli.Shell;

/// <summary>
/// Turns Ctrl-C, <c>kill</c> and a closed terminal into one cancellation, so that a command can mark its run, put its lease back
/// and end. A second Ctrl-C ends the process at once.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource source = new();
    readonly List<PosixSignalRegistration> registrations;

    public StopSignals() =>
        registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(s => PosixSignalRegistration.Create(s, Handle))];

    public CancellationToken Token => source.Token;

    void Handle(PosixSignalContext context)
    {
        if (source.IsCancellationRequested) return;
        context.Cancel = true;
        source.Cancel();
    }

    public void Dispose()
    {
        registrations.ForEach(r => r.Dispose());
        source.Dispose();
    }
}
