namespace Almagest.Contract.Status;

/// <summary>A job that the database remembers, with its schedule and what became of its last executions.</summary>
/// <param name="Job">its name, e.g. <c>nightly-refresh</c></param>
/// <param name="Schedule">cron expression; null = none</param>
/// <param name="TimeZone">of the schedule</param>
/// <param name="NextFire">when it is due, UTC; in the past while no server takes part in it: it is then caught up by the next that
/// starts</param>
/// <param name="LastFire">when it was due last, UTC</param>
/// <param name="IsRunning">whether a server executes it now</param>
/// <param name="Servers">servers that take part in jobs now</param>
/// <param name="History">its last executions, newest first</param>
public sealed record JobStatus(
    string Job,
    string? Description,
    string? Schedule,
    string? TimeZone,
    DateTime? NextFire,
    DateTime? LastFire,
    bool IsRunning,
    int Servers,
    IReadOnlyList<JobExecution> History
);

/// <summary>One execution of a job.</summary>
/// <param name="FiredAt">when it began, UTC</param>
/// <param name="Result">succeeded, failed, cancelled or skipped</param>
/// <param name="Summary">what it did, or why it failed</param>
/// <param name="Server">the server that executed it</param>
public sealed record JobExecution(DateTime FiredAt, double DurationMs, string Result, string? Summary, string Server);
