namespace Almagest.Dashboard.GoTo;

/// <summary>Somewhere to go.</summary>
/// <param name="Kind">what it is: run, sweep, dataset, star, stars, runs, page</param>
/// <param name="Title">what it is called</param>
/// <param name="Detail">what tells it from others; null = nothing</param>
/// <param name="Address">from the base of the pages</param>
internal sealed record Destination(string Kind, string Title, string? Detail, string Address);
