namespace Almagest.Server.VirtualObservatory;

/// <summary>A request of a VO client that is refused or cannot be answered.</summary>
/// <param name="status">the HTTP status where the protocol has one for it</param>
/// <param name="message">what was wrong and what to do, for the user of the client</param>
internal sealed class VoException(int status, string message) : Exception(message)
{
    public int Status => status;

    public static VoException Invalid(string message) => new(400, message);
}
