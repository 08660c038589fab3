using System.Globalization;
using System.Text.Json;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Dashboard.Shared;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Pages;

/// <summary>Many runs of a dataset in a matrix, and one pair of them in detail.</summary>
public partial class Compare
{
    private const int MostStars = 200;
    private const string OfIndependent = "of runs independent of each other, which no two over one table are; hypergeometric, one-sided";

    [Inject]
    private IDashboardHost Host { get; set; } = null!;

    private List<Dataset> _datasets = [];
    private IReadOnlyList<DiscoveryRun> _runs = [];
    private RunTable? _table;
    private RunAgreement? _pair;
    private RunChanges? _changes;

    /// <summary>Nothing says which stars of the two runs' datasets are the same.</summary>
    private (LedgerException Trouble, string Dataset)? _unmatched;
    private IReadOnlyList<PairStar> _pairStars = [];
    private IReadOnlyList<int> _order = [];
    private string? _heat;
    private long? _chosen;
    private string _type = RunTypes.Anomaly;
    private int _most = 20;

    [SupplyParameterFromQuery]
    public string? Dataset { get; set; }

    [SupplyParameterFromQuery]
    public string? Type { get; set; }

    [SupplyParameterFromQuery]
    public int? Limit { get; set; }

    /// <summary>Ids with commas between: one chooses its dataset and type, two a pair, more the matrix.</summary>
    [SupplyParameterFromQuery(Name = "runs")]
    public string? RunIds { get; set; }

    /// <summary>common, only_1 or only_2: whose stars are listed.</summary>
    [SupplyParameterFromQuery]
    public string? Side { get; set; }

    /// <summary>Of two runs over two datasets: new or gone; both where it is not given.</summary>
    [SupplyParameterFromQuery]
    public string? Change { get; set; }

    /// <summary>Likewise: only flags that changed for this cause.</summary>
    [SupplyParameterFromQuery]
    public string? Cause { get; set; }

    /// <summary>Of two datasets: the cross-match that says which stars are the same.</summary>
    [SupplyParameterFromQuery(Name = "match_id")]
    public long? MatchId { get; set; }

    /// <summary>Of two datasets: equal ids say it.</summary>
    [SupplyParameterFromQuery(Name = "by_source_id")]
    public bool? BySourceId { get; set; }

    private bool isAnomaly => _type == RunTypes.Anomaly;

    // A cluster run flags nothing: what it says of single stars is that they are in no cluster.
    private bool IsMixed => _pair is { } p && p.Run1.RunType != p.Run2.RunType;

    private string Marked =>
        IsMixed ? "marked"
        : isAnomaly ? "flagged"
        : "in no cluster";

    private string AreasAre =>
        IsMixed ? "Areas are numbers of stars that a run marks: an anomaly run those it flags, a cluster run those in no cluster."
        : isAnomaly ? "Areas are numbers of stars that a run flags."
        : "Areas are numbers of stars that a run leaves in no cluster.";

    protected override async Task LoadAsync()
    {
        _datasets = await new DatasetRepository(Ledger).ListAllAsync(Closed);
        (_table, _pair, _changes, _heat, _pairStars, _unmatched) = (null, null, null, null, [], null);
        var named = Named();
        _most = Math.Clamp(Limit ?? 20, 2, ComparedRuns.Most);
        _type = Type is { } t && RunTypes.All.Contains(t) ? t : RunTypes.Anomaly;
        if (named.Count > 0)
        {
            var first = await new Almagest.Runs.Lifecycle.RunRepository(Ledger).GetAsync(named[0], Closed);
            (_chosen, _type) = (first.DatasetId, first.RunType);
        }
        else if (!string.IsNullOrEmpty(Dataset))
            _chosen = (await new DatasetRepository(Ledger).FindAnyAsync(Dataset, Closed)).DatasetId;
        else
            _chosen = await BusiestAsync() ?? _datasets.FirstOrDefault()?.DatasetId;

        if (named.Count == 2)
        {
            var both = await ComparedRuns.LoadAsync(Ledger, named, cancellationToken: Closed);
            if (!RunDatasets.Share(both[0], both[1]))
            {
                try
                {
                    _changes = await Host.RunChanges.ReadAsync(both[0], both[1], new PairingChoice(MatchId, BySourceId == true), Closed);
                }
                catch (LedgerException e) when (e.Code == ErrorCode.StarsNotMatched)
                {
                    _unmatched = (e, _datasets.First(d => d.DatasetId == both[0].DatasetId).Name);
                }
                return;
            }
        }
        _runs =
            named.Count > 2 ? await ComparedRuns.LoadAsync(Ledger, named, cancellationToken: Closed)
            : _chosen is { } id ? await ComparedRuns.NewestAsync(Ledger, _type, id, _most, Closed)
            : [];
        // Of two runs that are named, one may be the only one of its kind.
        if (_runs.Count < 2 && named.Count == 2)
            _runs = await ComparedRuns.LoadAsync(Ledger, named, cancellationToken: Closed);
        if (_runs.Count < 2)
            return;
        _table = await new RunTableReader(Ledger).ReadAsync(_runs, Closed);
        Draw();
        if (named.Count != 2)
            return;
        var two = await ComparedRuns.LoadAsync(Ledger, named, cancellationToken: Closed);
        _pair = await new RunAgreementReader(Ledger).ReadAsync(two[0], two[1], Closed);
        _pairStars = !PairStarReader.Lists(_pair)
            ? []
            : (await new PairStarReader(Ledger).PageAsync(_pair, new PairStarQuery(SideOf(), Limit: MostStars), Closed)).Items;
    }

    /// <summary>The dataset with the most among the newest runs: there is most to compare.</summary>
    private async Task<long?> BusiestAsync() =>
        (await ComparedRuns.NewestAsync(Ledger, _type, null, ComparedRuns.Most, Closed))
            .GroupBy(r => r.DatasetId)
            .MaxBy(g => g.Count())
            ?.Key;

    private void Draw() => (_heat, _order) = RunMatrix.Draw(_table!, (a, b) => a == b ? $"runs/{a}" : PairLink(a, b));

    // Of two runs the route draws more than the matrix.
    private string? MatrixAddress =>
        _runs.Count > 2 ? $"discovery/compare/chart?run_ids={string.Join(',', _runs.Select(r => r.RunId))}" : null;

    private List<Guid> Named()
    {
        if (string.IsNullOrWhiteSpace(RunIds))
            return [];
        return
        [
            .. RunIds
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(text =>
                    Guid.TryParse(text, out var id)
                        ? id
                        : throw LedgerException.Invalid("runs", $"'{text}' is not a run id", "Give whole ids with commas between.")
                ),
        ];
    }

    private string AllStars(RunAgreement p) =>
        $"discovery/compare/{p.Run1.RunId}/{p.Run2.RunId}/stars?format=csv&side="
        + SideOf() switch
        {
            PairSide.OnlyIn1 => "only_1",
            PairSide.OnlyIn2 => "only_2",
            _ => "common",
        };

    private PairSide SideOf() =>
        Side switch
        {
            "only_1" => PairSide.OnlyIn1,
            "only_2" => PairSide.OnlyIn2,
            _ => PairSide.Common,
        };

    private string SideName() =>
        SideOf() switch
        {
            PairSide.OnlyIn1 => $"{Marked} only by {DisplayText.Short(_pair!.Run1.RunId)}",
            PairSide.OnlyIn2 => $"{Marked} only by {DisplayText.Short(_pair!.Run2.RunId)}",
            _ => $"{Marked} by both",
        };

    private static IEnumerable<(string Value, string Name)> Sides(RunAgreement p) =>
        [("common", "both"), ("only_1", $"only {DisplayText.Short(p.Run1.RunId)}"), ("only_2", $"only {DisplayText.Short(p.Run2.RunId)}")];

    private static string PairLink(Guid a, Guid b) => $"compare?runs={a},{b}";

    private string Subtitle() =>
        _changes is { } c ? $"{c.Resource.Dataset1} and {c.Resource.Dataset2}"
        : _table is null ? ""
        : $"{_runs.Count} {_type} runs over {_datasets.FirstOrDefault(d => d.DatasetId == _chosen)?.Name}";

    /// <summary>A value of JSON as a person would write it.</summary>
    internal static string Plain(string? json)
    {
        if (json is null)
            return DisplayText.None;
        using var document = JsonDocument.Parse(json);
        return JsonText.Plain(document.RootElement);
    }

    /// <summary>What a run found of a star: the score of an anomaly run, the cluster of a cluster run.</summary>
    private static string ScoreOrCluster(double? score, int? cluster, bool analysed) =>
        score is not null ? DisplayText.Fixed(score, 4)
        : cluster is { } c ? c.ToString(CultureInfo.InvariantCulture)
        : analysed ? "in files"
        : "not analysed";

    internal static string Significance(double log10) =>
        log10 switch
        {
            > -0.0005 => "1",
            // Such a number says that the assumption is wrong, not how wrong.
            < -99 => "< 1e-99",
            > -3 => Math.Pow(10, log10).ToString("0.###", CultureInfo.InvariantCulture),
            _ => string.Create(CultureInfo.InvariantCulture, $"1e{log10:0}"),
        };
}
