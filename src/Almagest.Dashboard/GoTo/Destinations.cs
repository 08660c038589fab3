using System.Globalization;
using System.Text.RegularExpressions;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Sky;

namespace Almagest.Dashboard.GoTo;

/// <summary>Where a text may lead: a run, a dataset, a star by its id or its place, stars or runs that meet a condition, a page.</summary>
internal sealed partial class Destinations(LedgerDatabase ledger)
{
    /// <summary>Most of one kind.</summary>
    private const int MostOfAKind = 8;

    /// <summary>Within this of a place a star may be meant, degrees: 5 arc minutes.</summary>
    private const double Near = 5 / 60.0;

    private const int LongestText = 1000;

    private static readonly (string Name, string Address)[] s_pages =
    [
        ("Overview", "./"),
        ("Datasets", "datasets"),
        ("Runs", "runs"),
        ("Start a run", "start"),
        ("Compare", "compare"),
        ("Coverage and parameters", "coverage"),
        ("Views", "views"),
        ("Jobs", "jobs"),
        ("Deleted datasets, runs, notes and labels", "jobs#deletions"),
        ("API", "docs"),
    ];

    [GeneratedRegex("^[0-9a-f-]{4,36}$", RegexOptions.CultureInvariant)]
    private static partial Regex PartOfId { get; }

    // "Gaia DR3 5853498713190525696" is the source 5853498713190525696 of whatever dataset has it.
    [GeneratedRegex(@"^(?:gaia(?:\s*e?dr[1-5])?|hip|tic|kic|tyc)\s+(\S+)$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Catalogued { get; }

    /// <summary>The likeliest first; none where nothing fits.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public async Task<IReadOnlyList<Destination>> FindAsync(string text, CancellationToken cancellationToken)
    {
        text = text.Trim();
        if (text.Length is 0 or > LongestText || text.Contains('\0'))
            return [];
        var datasets = await new DatasetRepository(ledger).ListAllAsync(cancellationToken);
        var found = new List<Destination>();
        found.AddRange(await RunsOfIdAsync(text, datasets, cancellationToken));
        // Of a run that is meant by its id, nobody wants a list.
        var isOne = found.Count > 0;
        found.AddRange(await RunsCalledAsync(text, datasets, cancellationToken));
        found.AddRange(DatasetsCalled(text, datasets));
        found.AddRange(await StarsOfIdAsync(text, cancellationToken));
        if (PositionText.Parse(text) is { } place)
            found.AddRange(await AtAsync(place.RaDeg, place.DecDeg, cancellationToken));
        found.AddRange(await StarsThatFitAsync(text, datasets, cancellationToken));
        if (!isOne)
            found.AddRange(await RunsThatFitAsync(text, cancellationToken));
        found.AddRange(
            s_pages
                .Where(p => p.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
                .Select(p => new Destination("page", p.Name, null, p.Address))
        );
        return [.. found.DistinctBy(d => d.Address)];
    }

    private async Task<IEnumerable<Destination>> RunsOfIdAsync(string text, List<Dataset> datasets, CancellationToken cancellationToken)
    {
        var id = text.ToLowerInvariant();
        if (id.StartsWith("run ", StringComparison.Ordinal))
            id = id[4..].Trim();
        if (!PartOfId.IsMatch(id))
            return [];
        var runs = await new RunRepository(ledger).MatchingAsync(id, MostOfAKind, cancellationToken);
        var names = datasets.ToDictionary(d => d.DatasetId, d => d.Name);
        bool Meant(Guid? one) =>
            one?.ToString() is { } whole
            && (whole.StartsWith(id, StringComparison.Ordinal) || whole.EndsWith(id, StringComparison.Ordinal));
        return
        [
            .. runs.Where(r => Meant(r.RunId)).Select(r => ToRun(r, names)),
            .. runs.Where(r => Meant(r.GroupId))
                .DistinctBy(r => r.GroupId)
                .Select(r => new Destination(
                    "sweep",
                    DisplayText.Short(r.GroupId!.Value),
                    $"{DisplayText.Algorithm(r.Algorithm)} on {DisplayText.Datasets(r, names)}",
                    $"runs?group_id={r.GroupId}"
                )),
        ];
    }

    private async Task<IEnumerable<Destination>> RunsCalledAsync(string text, List<Dataset> datasets, CancellationToken cancellationToken)
    {
        var runs = await new RunRepository(ledger).CalledAsync(text, MostOfAKind, cancellationToken);
        var names = datasets.ToDictionary(d => d.DatasetId, d => d.Name);
        return runs.Select(r => ToRun(r, names));
    }

    private static Destination ToRun(DiscoveryRun run, IReadOnlyDictionary<long, string> datasets) =>
        new(
            "run",
            run.Name is { } name ? $"{name} ({DisplayText.Short(run.RunId)})" : DisplayText.Short(run.RunId),
            $"{DisplayText.Algorithm(run.Algorithm)}, {DisplayText.ShortParameters(run)}, on {DisplayText.Datasets(run, datasets)}, "
                + $"{run.Status}, {DisplayText.When(run.CreatedAt)}",
            $"runs/{run.RunId}"
        );

    private static IEnumerable<Destination> DatasetsCalled(string text, List<Dataset> datasets) =>
        datasets
            .Where(d => d.Name.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(d => d.Name.Equals(text, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenBy(d => d.Name.StartsWith(text, StringComparison.OrdinalIgnoreCase) ? 0 : 1)
            .ThenByDescending(d => d.DatasetId)
            .Take(MostOfAKind)
            .Select(d => new Destination("dataset", d.Name, CountText.Of(d.StarCount, "star", "stars"), AddressOf(d.Name)));

    private async Task<IEnumerable<Destination>> StarsOfIdAsync(string text, CancellationToken cancellationToken)
    {
        var ids = new List<string> { text };
        if (text.StartsWith("star ", StringComparison.OrdinalIgnoreCase))
            ids.Add(text[5..].Trim());
        if (Catalogued.Match(text) is { Success: true } named)
            ids.Add(named.Groups[1].Value);
        var finder = new StarFinder(ledger);
        var found = (await finder.ByIdAsync(ids, MostOfAKind, cancellationToken)).Select(s => ToStar(s, "source id"));
        return long.TryParse(ids[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? found.Concat((await finder.ByNumberAsync(number, cancellationToken)).Select(s => ToStar(s, "Almagest's number")))
            : found;
    }

    private static Destination ToStar(FoundStar star, string how) =>
        new("star", star.SourceId, $"of {star.Dataset}, by its {how}", string.Create(CultureInfo.InvariantCulture, $"stars/{star.StarId}"));

    private async Task<IEnumerable<Destination>> AtAsync(double ra, double dec, CancellationToken cancellationToken)
    {
        var stars = await new StarFinder(ledger).NearAsync(ra, dec, Near, MostOfAKind, cancellationToken);
        if (stars.Count == 0)
            return [];
        var cone = string.Create(CultureInfo.InvariantCulture, $"cone={ra:0.######},{dec:0.######},{Near:0.####}");
        return
        [
            .. stars.Select(s => new Destination(
                "star",
                s.SourceId,
                $"{(s.IsInPlace ? "the nearest star that a run flagged " : "")}of {s.Dataset}, {Angle(s.SeparationDeg!.Value)} from "
                    + $"RA {DisplayText.Fixed(ra, 5)}°, Dec {DisplayText.Fixed(dec, 5)}°",
                string.Create(CultureInfo.InvariantCulture, $"stars/{s.StarId}")
            )),
            // How many stars of a catalogue that is read where it lies are near, the ledger does not know.
            .. stars
                .Where(s => !s.IsInPlace)
                .Select(s => new Destination(
                    "stars",
                    $"{CountText.Of(s.Neighbours, "star", "stars")} within 5′",
                    $"of {s.Dataset}",
                    $"{AddressOf(s.Dataset)}?filter={Uri.EscapeDataString(cone)}"
                )),
        ];
    }

    private async Task<IEnumerable<Destination>> StarsThatFitAsync(string text, List<Dataset> datasets, CancellationToken cancellationToken)
    {
        if (!text.Contains('=', StringComparison.Ordinal))
            return [];
        StarFilter filter;
        try
        {
            filter = StarFilterText.Parse(text);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            return [];
        }
        var found = new List<Destination>();
        // Files are not read through for every letter of what is being written.
        foreach (var dataset in datasets.Where(d => d.InPlace is null).OrderByDescending(d => d.DatasetId).Take(MostOfAKind))
        {
            try
            {
                var count = await new SelectionLoader(ledger).CountAsync(dataset.DatasetId, filter, cancellationToken);
                if (count > 0)
                    found.Add(
                        new Destination(
                            "stars",
                            CountText.Of(count, "star fits", "stars fit"),
                            $"of {dataset.Name}",
                            $"{AddressOf(dataset.Name)}?filter={Uri.EscapeDataString(text)}"
                        )
                    );
            }
            catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
            {
                // A cut that this dataset has no columns for.
            }
        }
        return found;
    }

    private async Task<IEnumerable<Destination>> RunsThatFitAsync(string text, CancellationToken cancellationToken)
    {
        // What is no condition is a word to search for.
        foreach (var (query, name) in new[] { (new RunQuery { Where = text }, "where"), (new RunQuery { Search = text }, "q") })
        {
            try
            {
                var found = await new RunRepository(ledger).ListAsync(query with { Limit = 101 }, cancellationToken);
                if (found.Count == 0)
                    continue;
                var many = found.Count > 100 ? "more than 100 runs" : CountText.Of(found.Count, "run", "runs");
                return
                [
                    new Destination(
                        "runs",
                        many,
                        name == "q" ? $"that hold '{text}'" : $"with {text}",
                        $"runs?{name}={Uri.EscapeDataString(text)}"
                    ),
                ];
            }
            catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
            {
                // Not a condition.
            }
        }
        return [];
    }

    private static string AddressOf(string dataset) => $"datasets/{Uri.EscapeDataString(dataset)}";

    private static string Angle(double degrees) =>
        degrees < 1 / 60.0
            ? string.Create(CultureInfo.InvariantCulture, $"{degrees * 3600:0.0}″")
            : string.Create(CultureInfo.InvariantCulture, $"{degrees * 60:0.0}′");
}
