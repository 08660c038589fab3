using System.Globalization;
using Almagest.Dashboard.Charts;
using Almagest.Dashboard.Shared;
using Almagest.Ledger;
using Almagest.Ledger.Comparing;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Pages;

/// <summary>Many runs of a dataset in a matrix, and one pair of them in detail.</summary>
public partial class Compare
{
    List<Dataset> datasets = [];
    IReadOnlyList<DiscoveryRun> runs = [];
    RunTable? table;
    RunAgreement? pair;
    IReadOnlyList<PairStar> pairStars = [];
    IReadOnlyList<int> order = [];
    string? heat;
    long? chosen;
    string type = RunTypes.Anomaly;
    int most = 20;

    [SupplyParameterFromQuery] public string? Dataset { get; set; }
    [SupplyParameterFromQuery] public string? Type { get; set; }
    [SupplyParameterFromQuery] public int? Limit { get; set; }

    /// <summary>Ids with commas between: one chooses its dataset and type, two a pair, more the matrix.</summary>
    [SupplyParameterFromQuery(Name = "runs")] public string? RunIds { get; set; }

    /// <summary>common, only_1 or only_2: whose stars are listed.</summary>
    [SupplyParameterFromQuery] public string? Side { get; set; }

    bool isAnomaly => type == RunTypes.Anomaly;

    string Marked => isAnomaly ? "flagged" : "in no cluster";

    protected override async Task LoadAsync()
    {
        datasets = await new DatasetRepository(Ledger).ListAsync(Closed);
        (table, pair, heat, pairStars) = (null, null, null, []);
        var named = Named();
        most = Math.Clamp(Limit ?? 20, 2, ComparedRuns.Most);
        type = Type is { } t && RunTypes.All.Contains(t) ? t : RunTypes.Anomaly;
        if (named.Count > 0)
        {
            var first = await new Almagest.Ledger.Runs.RunRepository(Ledger).GetAsync(named[0], Closed);
            (chosen, type) = (first.DatasetId, first.RunType);
        }
        else if (!string.IsNullOrEmpty(Dataset)) chosen = (await new DatasetRepository(Ledger).FindAsync(Dataset, Closed)).DatasetId;
        else chosen = await BusiestAsync() ?? datasets.FirstOrDefault()?.DatasetId;

        runs = named.Count > 2 ? await ComparedRuns.LoadAsync(Ledger, named, cancellation: Closed)
            : chosen is { } id ? await ComparedRuns.NewestAsync(Ledger, type, id, most, Closed) : [];
        if (runs.Count < 2) return;
        table = await new RunTableReader(Ledger).ReadAsync(runs, Closed);
        Draw();
        if (named.Count != 2) return;
        var two = await ComparedRuns.LoadAsync(Ledger, named, cancellation: Closed);
        pair = await new RunAgreementReader(Ledger).ReadAsync(two[0], two[1], Closed);
        pairStars = (await new PairStarReader(Ledger).PageAsync(pair, new PairStarQuery(SideOf(), Limit: 200), Closed)).Items;
    }

    /// <summary>The dataset with the most among the newest runs: there is most to compare.</summary>
    async Task<long?> BusiestAsync() =>
        (await ComparedRuns.NewestAsync(Ledger, type, null, ComparedRuns.Most, Closed)).GroupBy(r => r.DatasetId).MaxBy(g => g.Count())?.Key;

    void Draw()
    {
        var n = runs.Count;
        var place = runs.Index().ToDictionary(r => r.Item.RunId, r => r.Index);
        var cells = new double?[n, n];
        for (var i = 0; i < n; i++) cells[i, i] = 1;
        foreach (var p in table!.Pairs)
        {
            var (i, j) = (place[p.Run1.RunId], place[p.Run2.RunId]);
            cells[i, j] = cells[j, i] = p.Overlap.Shared == 0 ? null : isAnomaly ? p.Overlap.Jaccard : Math.Max(0, p.AdjustedRandIndex ?? 0);
        }
        order = HeatMap.Order(cells);
        var sorted = new double?[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < n; j++) sorted[i, j] = cells[order[i], order[j]];
        }
        heat = HeatMap.Draw([.. order.Select(i => Words.Short(runs[i].RunId))], sorted, "Matrix of how far runs agree",
            (i, j) => i == j ? $"/runs/{runs[order[i]].RunId}" : PairLink(runs[order[i]].RunId, runs[order[j]].RunId));
    }

    List<Guid> Named()
    {
        if (string.IsNullOrWhiteSpace(RunIds)) return [];
        return [.. RunIds.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
            Guid.TryParse(text, out var id) ? id : throw LedgerException.Invalid("runs", $"'{text}' is no run id", "Give whole ids with commas between."))];
    }

    PairSide SideOf() => Side switch { "only_1" => PairSide.OnlyIn1, "only_2" => PairSide.OnlyIn2, _ => PairSide.Common };

    string SideName() => SideOf() switch
    {
        PairSide.OnlyIn1 => $"{Marked} only by {Words.Short(pair!.Run1.RunId)}",
        PairSide.OnlyIn2 => $"{Marked} only by {Words.Short(pair!.Run2.RunId)}",
        _ => $"{Marked} by both",
    };

    static IEnumerable<(string Value, string Name)> Sides(RunAgreement p) =>
        [("common", "both"), ("only_1", $"only {Words.Short(p.Run1.RunId)}"), ("only_2", $"only {Words.Short(p.Run2.RunId)}")];

    static string PairLink(Guid a, Guid b) => $"/compare?runs={a},{b}";

    string Subtitle() => table is null ? "" : $"{runs.Count} {type} runs over {datasets.FirstOrDefault(d => d.DatasetId == chosen)?.Name}";

    static string Significance(double log10) => log10 switch
    {
        > -0.0005 => "1",
        > -3 => Math.Pow(10, log10).ToString("0.###", CultureInfo.InvariantCulture),
        _ => string.Create(CultureInfo.InvariantCulture, $"1e{log10:0}"),
    };

    /// <summary>Two circles whose areas are the numbers of stars, overlapping by as much as they share.</summary>
    static string Venn(RunAgreement p)
    {
        const double height = 200, width = 620;
        var most = Math.Max(1.0, Math.Max(p.Marked1, p.Marked2));
        var (r1, r2) = (84 * Math.Sqrt(p.Marked1 / most), 84 * Math.Sqrt(p.Marked2 / most));
        var share = p.Common / most * Math.PI * 84 * 84;
        var (near, far) = (Math.Abs(r1 - r2), r1 + r2);
        for (var i = 0; i < 50; i++)
        {
            var middle = (near + far) / 2;
            if (Lens(r1, r2, middle) > share) near = middle;
            else far = middle;
        }
        var distance = (near + far) / 2;
        var x1 = width / 2 - distance / 2;
        var x2 = width / 2 + distance / 2;
        var canvas = new SvgCanvas(width, height, $"{p.OnlyIn1} stars only in the first run, {p.Common} in both, {p.OnlyIn2} only in the second");
        canvas.Circle(x1, height / 2, r1, "venn1").Circle(x2, height / 2, r2, "venn2");
        canvas.Text(x1 - r1 - 10, height / 2 - 4, Words.Short(p.Run1.RunId), "end", "title").Text(x1 - r1 - 10, height / 2 + 14, $"{Words.Count(p.OnlyIn1)} only here", "end");
        canvas.Text(x2 + r2 + 10, height / 2 - 4, Words.Short(p.Run2.RunId), "start", "title").Text(x2 + r2 + 10, height / 2 + 14, $"{Words.Count(p.OnlyIn2)} only here", "start");
        canvas.Text((x1 + r1 + x2 - r2) / 2, height / 2 + 4, Words.Count(p.Common), css: "title");
        return canvas.ToString();
    }

    static double Lens(double a, double b, double d)
    {
        if (d >= a + b || a == 0 || b == 0) return 0;
        if (d <= Math.Abs(a - b)) return Math.PI * Math.Min(a, b) * Math.Min(a, b);
        var x = Math.Acos(Math.Clamp((d * d + a * a - b * b) / (2 * d * a), -1, 1));
        var y = Math.Acos(Math.Clamp((d * d + b * b - a * a) / (2 * d * b), -1, 1));
        return a * a * (x - Math.Sin(2 * x) / 2) + b * b * (y - Math.Sin(2 * y) / 2);
    }
}
