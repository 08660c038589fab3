using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Runs.Listing;

namespace Almagest.Runs.Lifecycle;

/// <summary>
/// The orders of a list of runs, each with an index behind it. A page begins after the last row of the one before, so that the hundredth
/// costs what the first does, and a run that is added meanwhile moves no other.
/// </summary>
public static class RunOrder
{
    public const string Newest = RunQuery.Newest;
    public const string Oldest = "created";

    /// <summary>By when it ended; runs that have not are left out.</summary>
    public const string LatestEnd = "-completed";
    public const string EarliestEnd = "completed";
    public const string MostStars = "-stars";
    public const string LeastStars = "stars";

    public static readonly IReadOnlyList<string> All = [Newest, Oldest, LatestEnd, EarliestEnd, MostStars, LeastStars];

    /// <summary>Where a page that ends with this run goes on.</summary>
    public static string TokenOf(DiscoveryRun run, string sort)
    {
        ArgumentNullException.ThrowIfNull(run);
        // Of any other order its key is read again.
        return sort switch
        {
            LatestEnd or EarliestEnd => $"{run.CompletedAt!.Value.Ticks.ToString(CultureInfo.InvariantCulture)}_{run.RunId}",
            MostStars or LeastStars => $"{run.TotalStars.ToString(CultureInfo.InvariantCulture)}_{run.RunId}",
            _ => run.RunId.ToString(),
        };
    }

    /// <summary>The whole query of a page.</summary>
    /// <param name="query">in one of these orders</param>
    /// <param name="alsoOverTheDataset">runs that name the dataset beside another</param>
    /// <exception cref="LedgerException">the page token is not one of this order, or the condition cannot be read</exception>
    internal static RunCondition Query(RunQuery query, Guid[] alsoOverTheDataset)
    {
        var (column, isDescending) = query.Sort switch
        {
            Newest or Oldest => (null, query.Sort == Newest),
            LatestEnd or EarliestEnd => ("r.completed_at", query.Sort == LatestEnd),
            MostStars or LeastStars => ("r.total_stars", query.Sort == MostStars),
            _ => throw new InvalidOperationException($"{query.Sort} has no index"),
        };
        var conditions = RunSort.Conditions(query, alsoOverTheDataset).ToList();
        if (column == "r.completed_at")
            conditions.Add(new RunCondition("r.completed_at is not null"));
        if (query.After is { } token)
            conditions.Add(After(Parse(token, query.Sort), column, isDescending ? "<" : ">"));
        var way = isDescending ? "desc" : "asc";
        return RunSort.Page(conditions, new RunCondition(column is null ? $"r.run_id {way}" : $"{column} {way}, r.run_id {way}"), query);
    }

    private static RunCondition After((long Value, Guid RunId) last, string? column, string comes) =>
        column switch
        {
            null => new RunCondition($"r.run_id {comes} {{0}}", last.RunId),
            "r.completed_at" => new RunCondition(
                $"({column}, r.run_id) {comes} ({{0}}, {{1}})",
                new DateTime(last.Value, DateTimeKind.Utc),
                last.RunId
            ),
            _ => new RunCondition($"({column}, r.run_id) {comes} ({{0}}, {{1}})", last.Value, last.RunId),
        };

    /// <summary>The run of a token that is an id alone.</summary>
    internal static Guid? RunOf(string? token) => token is null ? null : Parse(token, Newest).RunId;

    private static (long Value, Guid RunId) Parse(string token, string sort)
    {
        var parts = token.Split('_');
        var byId = sort is Newest or Oldest;
        if (parts.Length == (byId ? 1 : 2) && Guid.TryParseExact(parts[^1], "D", out var id))
        {
            if (byId)
                return (0, id);
            if (long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= DateTime.MaxValue.Ticks)
                return (value, id);
        }
        throw LedgerException.Of(
            ErrorCode.BadPageToken,
            "after is not the next of a page in this order",
            "Ask for the first page again, without after.",
            "after"
        );
    }
}
