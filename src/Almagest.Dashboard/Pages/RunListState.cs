using System.Globalization;
using Almagest.Runs.Browsing;
using Almagest.Runs.Listing;

namespace Almagest.Dashboard.Pages;

/// <summary>What the list of runs shows, as its address says it: all of it, so that the address can be sent on or saved.</summary>
internal sealed record RunListState
{
    public static readonly IReadOnlyList<int> Sizes = [25, 50, 100, 200];

    private const int UsualSize = 50;

    /// <summary>Words that a run holds.</summary>
    public string Search { get; init; } = "";

    /// <summary>A condition in the language of lists of runs.</summary>
    public string Where { get; init; } = "";

    public string Type { get; init; } = "";

    public string Status { get; init; } = "";

    public string Dataset { get; init; } = "";

    public string Tag { get; init; } = "";

    /// <summary>The first and the last day of creation, yyyy-MM-dd.</summary>
    public string From { get; init; } = "";

    public string To { get; init; } = "";

    /// <summary><c>some</c> or <c>none</c>: whether they found anything.</summary>
    public string Found { get; init; } = "";

    /// <summary>Only the runs of this sweep.</summary>
    public string GroupId { get; init; } = "";

    public string Sort { get; init; } = RunQuery.Newest;

    public int Page { get; init; } = 1;

    public int Size { get; init; } = UsualSize;

    /// <summary>Names of parameters and metrics in the order of the table; null = those that differ, and the usual ones.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The runs of a sweep are one row.</summary>
    public bool IsFolded { get; init; } = true;

    /// <param name="query">the value of a name; null where the address lacks it</param>
    public static RunListState Of(Func<string, string?> query)
    {
        ArgumentNullException.ThrowIfNull(query);
        string Text(string name) => query(name)?.Trim() ?? "";
        int Number(string name, int usual, int most) =>
            int.TryParse(query(name), NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? Math.Min(n, most) : usual;
        var sort = Text("sort");
        return new RunListState
        {
            Search = Text("q"),
            Where = Text("where"),
            Type = Text("type"),
            Status = Text("status"),
            Dataset = Text("dataset"),
            Tag = Text("tag"),
            From = Day(Text("from")),
            To = Day(Text("to")),
            Found = Text("found") is "some" or "none" ? Text("found") : "",
            GroupId = Text("group_id"),
            Sort = sort.Length == 0 ? (Text("group_id").Length == 0 ? RunQuery.Newest : "created") : sort,
            Page = Number("page", 1, 1_000_000),
            Size = Number("size", UsualSize, RunBrowser.MostRows),
            Columns = query("columns") is { } columns
                ? [.. columns.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().Take(60)]
                : null,
            IsFolded = Text("fold") != "no" && Text("group_id").Length == 0,
        };
    }

    /// <summary>The address's query; null of what is as usual.</summary>
    public IReadOnlyDictionary<string, object?> Query() =>
        new Dictionary<string, object?>
        {
            ["q"] = OrNull(Search),
            ["where"] = OrNull(Where),
            ["type"] = OrNull(Type),
            ["status"] = OrNull(Status),
            ["dataset"] = OrNull(Dataset),
            ["tag"] = OrNull(Tag),
            ["from"] = OrNull(From),
            ["to"] = OrNull(To),
            ["found"] = OrNull(Found),
            ["group_id"] = OrNull(GroupId),
            ["sort"] = Sort == (GroupId.Length == 0 ? RunQuery.Newest : "created") ? null : Sort,
            ["page"] = Page == 1 ? null : Page,
            ["size"] = Size == UsualSize ? null : Size,
            ["columns"] = Columns is null ? null : string.Join(',', Columns),
            ["fold"] = IsFolded || GroupId.Length > 0 ? null : "no",
            ["view"] = null,
        };

    /// <summary>The same as text, without the question mark.</summary>
    public string Text() =>
        string.Join(
            '&',
            Query()
                .Where(p => p.Value is not null)
                .Select(p => $"{p.Key}={Uri.EscapeDataString(Convert.ToString(p.Value, CultureInfo.InvariantCulture)!)}")
        );

    /// <summary>Whether all runs are shown.</summary>
    public bool IsWhole => Conditions().Count == 0 && (Search + Type + Status + Dataset + Tag + GroupId).Length == 0;

    /// <summary>The runs that it asks for.</summary>
    /// <param name="datasetId">of <see cref="Dataset"/></param>
    /// <param name="groupId">of <see cref="GroupId"/></param>
    public RunQuery ToQuery(long? datasetId, Guid? groupId) =>
        new(OrNull(Type), OrNull(Status), datasetId)
        {
            GroupId = groupId,
            Tag = OrNull(Tag),
            Search = OrNull(Search),
            Where = WholeWhere(),
            Sort = Sort,
        };

    /// <summary>The route that has all of these runs as a table.</summary>
    public string Export(string format)
    {
        var parts = new (string Name, string? Value)[]
        {
            ("run_type", OrNull(Type)),
            ("status", OrNull(Status)),
            ("dataset", OrNull(Dataset)),
            ("tag", OrNull(Tag)),
            ("group_id", OrNull(GroupId)),
            ("search", OrNull(Search)),
            ("where", WholeWhere()),
            ("sort", Sort),
            ("format", format),
        };
        return "discovery/runs?"
            + string.Join('&', parts.Where(p => p.Value is not null).Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value!)}"));
    }

    private string? WholeWhere() => Conditions() is { Count: > 0 } all ? string.Join(" and ", all) : null;

    private List<string> Conditions()
    {
        var all = new List<string>();
        if (Where.Length > 0)
            all.Add($"({Where})");
        if (From.Length > 0)
            all.Add($"created >= '{From}'");
        if (To.Length > 0)
            all.Add($"created < '{Next(To)}'");
        if (Found == "some")
            all.Add("(anomaly_count > 0 or cluster_count > 0)");
        else if (Found == "none")
            all.Add("(anomaly_count = 0 or cluster_count = 0)");
        return all;
    }

    private static string Day(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
        && day < DateOnly.MaxValue
            ? Written(day)
            : "";

    private static string Next(string day) => Written(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture).AddDays(1));

    private static string Written(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
