using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Runs.Listing;
using Microsoft.EntityFrameworkCore;

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

    internal static IQueryable<DiscoveryRun> Apply(IQueryable<DiscoveryRun> runs, RunQuery query, Guid[] alsoOverTheDataset)
    {
        if (query.RunType is { } type)
            runs = runs.Where(r => r.RunType == type);
        if (query.Status is { } status)
            runs = runs.Where(r => r.Status == status);
        if (query.Algorithm is { } algorithm)
            runs = runs.Where(r => r.Algorithm == algorithm);
        if (query.DatasetId is { } dataset)
            runs =
                alsoOverTheDataset.Length == 0
                    ? runs.Where(r => r.DatasetId == dataset)
                    : runs.Where(r => r.DatasetId == dataset || alsoOverTheDataset.Contains(r.RunId));
        if (query.GroupId is { } group)
            runs = runs.Where(r => r.GroupId == group);
        if (query.Before is { } before)
            runs = runs.Where(r => r.RunId.CompareTo(before) < 0);
        return Sorted(runs, query).Take(query.Limit);
    }

    private static IQueryable<DiscoveryRun> Sorted(IQueryable<DiscoveryRun> runs, RunQuery query)
    {
        var after = query.After is null ? ((long Value, Guid RunId)?)null : Parse(query.After, query.Sort);
        var id = after?.RunId ?? default;
        var value = after?.Value ?? 0;
        switch (query.Sort)
        {
            case Newest:
                if (after is not null)
                    runs = runs.Where(r => r.RunId.CompareTo(id) < 0);
                return runs.OrderByDescending(r => r.RunId);
            case Oldest:
                if (after is not null)
                    runs = runs.Where(r => r.RunId.CompareTo(id) > 0);
                return runs.OrderBy(r => r.RunId);
            case LatestEnd or EarliestEnd:
                var time = new DateTime(value, DateTimeKind.Utc);
                runs = runs.Where(r => r.CompletedAt != null);
                if (query.Sort == LatestEnd)
                {
                    if (after is not null)
                        runs = runs.Where(r =>
                            EF.Functions.LessThan(ValueTuple.Create(r.CompletedAt, r.RunId), ValueTuple.Create((DateTime?)time, id))
                        );
                    return runs.OrderByDescending(r => r.CompletedAt).ThenByDescending(r => r.RunId);
                }
                if (after is not null)
                    runs = runs.Where(r =>
                        EF.Functions.GreaterThan(ValueTuple.Create(r.CompletedAt, r.RunId), ValueTuple.Create((DateTime?)time, id))
                    );
                return runs.OrderBy(r => r.CompletedAt).ThenBy(r => r.RunId);
            case MostStars:
                if (after is not null)
                    runs = runs.Where(r => EF.Functions.LessThan(ValueTuple.Create(r.TotalStars, r.RunId), ValueTuple.Create(value, id)));
                return runs.OrderByDescending(r => r.TotalStars).ThenByDescending(r => r.RunId);
            case LeastStars:
                if (after is not null)
                    runs = runs.Where(r =>
                        EF.Functions.GreaterThan(ValueTuple.Create(r.TotalStars, r.RunId), ValueTuple.Create(value, id))
                    );
                return runs.OrderBy(r => r.TotalStars).ThenBy(r => r.RunId);
            default:
                throw new InvalidOperationException($"{query.Sort} has no index");
        }
    }

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
