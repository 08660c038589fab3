using Almagest.Runs.Listing;

namespace Almagest.Runs.Browsing;

/// <summary>Which rows of the table of runs are wanted.</summary>
/// <param name="Runs">which runs, and by what they are sorted; its limit and its pages do not matter</param>
/// <param name="IsFolded">the runs of a sweep are one row</param>
/// <param name="Page">from 1</param>
/// <param name="Size">rows of a page</param>
public sealed record RunTableQuery(RunQuery Runs, bool IsFolded = true, int Page = 1, int Size = 50);
