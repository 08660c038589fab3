using Almagest.Contract.Errors;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Views.Descriptors;

/// <summary>
/// A view's route below <c>/analytics/discovery</c>: its filters are the parameters, with <c>sort</c> where the view can be sorted,
/// <c>limit</c>, and
/// <c>format</c> for a table instead of JSON. JSON and tables are two ways to write the rows of one reading.
/// </summary>
/// <param name="Path">with filters in braces, e.g. <c>clusters/{run_id}/sizes</c></param>
/// <param name="Operation">the operation's name in the API document</param>
/// <param name="Summary">what it answers, in one line</param>
public sealed record ViewRoute(string Path, string Operation, string Summary)
{
    /// <summary>More about it, in sentences.</summary>
    public string? Description { get; init; }

    /// <summary>The rows of a JSON answer; null = all of them, always.</summary>
    public ViewLimit? Limit { get; init; }

    /// <summary>Why values do not go together; null where they do.</summary>
    public Func<ViewRows, LedgerException?>? Refuse { get; init; }

    /// <summary>What to say of a run without rows; where this is null the answer is an empty list.</summary>
    public Func<DiscoveryRun, LedgerException>? NoRows { get; init; }
}

/// <summary>How many rows an answer has.</summary>
/// <param name="Most">the highest limit</param>
/// <param name="Standard">where none is given</param>
/// <param name="Description">in words</param>
public sealed record ViewLimit(int Most, int Standard, string Description = "most rows");
