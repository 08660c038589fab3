namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>A query that is answered behind the client's back, as the ledger has it at one moment.</summary>
/// <param name="Owner">who alone may see it</param>
/// <param name="Destruction">when it is deleted, with its result</param>
/// <param name="ExecutionDuration">longest execution</param>
/// <param name="Parameters">what it is asked; without the tables that came with it</param>
/// <param name="UploadBytes">of those tables</param>
/// <param name="IsCutOff">whether rows were left out of the result</param>
internal sealed record TapJob(
    string Id,
    string Owner,
    DateTime Created,
    JobPhase Phase,
    DateTime? Started,
    DateTime? Ended,
    DateTime Destruction,
    TimeSpan ExecutionDuration,
    VoParameters Parameters,
    long UploadBytes,
    VoException? Error,
    string? ResultType,
    long ResultBytes,
    bool IsCutOff
)
{
    public bool HasEnded => Phase is JobPhase.COMPLETED or JobPhase.ERROR or JobPhase.ABORTED;
}
