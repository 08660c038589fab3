namespace Almagest.Runs.Lifecycle;

/// <summary>Who executes a new run, and what it belongs to.</summary>
/// <param name="Reserved">how long the run is left to whoever creates it; after that it is any worker's</param>
/// <param name="MaxRestarts">how often it is started again where its worker is lost; then it fails</param>
public sealed record RunPlacement(TimeSpan Reserved, int MaxRestarts)
{
    /// <summary>Executed by the program that creates it, and failed with it.</summary>
    public static readonly RunPlacement Own = new(TimeSpan.FromSeconds(10), 0);

    /// <summary>For the next free worker of any server.</summary>
    public static readonly RunPlacement Queued = new(TimeSpan.Zero, 2);

    /// <summary>Whether it is split into tasks, which all workers share.</summary>
    public bool Distributed { get; init; }

    /// <summary>The run that it repeats.</summary>
    public Guid? RetryOf { get; init; }

    /// <summary>Who starts it; null = not said.</summary>
    public string? By { get; init; }

    /// <summary>How many runs of <see cref="By"/> may wait at once, with these; null = any number.</summary>
    public int? MostWaiting { get; init; }

    /// <summary>The sweep that it belongs to.</summary>
    public Guid? GroupId { get; init; }
}
