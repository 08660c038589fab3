namespace Almagest.Server.VirtualObservatory;

/// <summary>Phases of a job (UWS 1.1, 2.1.3), as they are written.</summary>
internal enum JobPhase
{
    PENDING,
    QUEUED,
    EXECUTING,
    COMPLETED,
    ERROR,
    ABORTED,
}
