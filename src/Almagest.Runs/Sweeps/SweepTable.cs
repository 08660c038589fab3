using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Runs.Browsing;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Sweeps;

/// <summary>One complete run of a sweep.</summary>
/// <param name="Settings">the parameters in which runs of the sweep differ, the seed apart; null where it has no value</param>
/// <param name="Found">its numbers, by the names of <see cref="RunMetrics"/></param>
public sealed record SweepRun(
    Guid RunId,
    IReadOnlyDictionary<string, string?> Settings,
    string? Seed,
    IReadOnlyDictionary<string, double> Found
)
{
    /// <summary>What it shares with the runs that differ from it in the seed alone.</summary>
    public string Setting => SettingBut(null);

    /// <summary>The same without one parameter.</summary>
    public string SettingBut(string? parameter) =>
        string.Join('\n', Settings.Where(s => s.Key != parameter).Select(s => $"{s.Key}={s.Value ?? "null"}"));
}

/// <summary>The complete runs of a sweep, with what differs between them and what each found.</summary>
/// <param name="Parameters">that differ, the seed apart</param>
/// <param name="Metrics">numbers that at least two runs have and that differ</param>
public sealed record SweepTable(
    SweepSummary Sweep,
    IReadOnlyList<string> Parameters,
    IReadOnlyList<RunMetric> Metrics,
    IReadOnlyList<SweepRun> Runs
)
{
    private static readonly string[] s_telling =
    [
        "f1",
        "adjusted_rand_index",
        "significance",
        "cluster_count",
        "lowest_score",
        "anomaly_count",
    ];

    /// <summary>The number that tells most: how well labels are met, where there are labels. Null where no number differs.</summary>
    public RunMetric? Telling =>
        s_telling.Select(n => Metrics.FirstOrDefault(m => m.Name == n)).FirstOrDefault(m => m is not null)
        ?? (Metrics.Count > 0 ? Metrics[0] : null);

    /// <exception cref="LedgerException">the sweep has no such number</exception>
    public RunMetric? MetricOf(string? name, string field = "metric") =>
        string.IsNullOrEmpty(name)
            ? Telling
            : Metrics.FirstOrDefault(m => m.Name == name)
                ?? throw LedgerException.Invalid(
                    field,
                    $"{field} is '{name}', in which the runs of the sweep do not differ",
                    Metrics.Count == 0
                        ? "They differ in no number that they found."
                        : $"There are: {string.Join(", ", Metrics.Select(m => m.Name))}."
                );

    /// <exception cref="LedgerException">there is no such sweep</exception>
    public static async Task<SweepTable> ReadAsync(LedgerDatabase ledger, Guid groupId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        var sweep = await SweepSummary.ReadAsync(ledger, groupId, cancellationToken);
        var (rows, differing) = (new List<RunTableRow>(), (IReadOnlyList<string>)[]);
        for (var page = 1; ; page++)
        {
            var read = await new RunBrowser(ledger).ReadAsync(
                new RunTableQuery(
                    new RunQuery(Status: RunStatus.Completed) { GroupId = groupId, Sort = "created" },
                    false,
                    page,
                    RunBrowser.MostRows
                ),
                cancellationToken
            );
            rows.AddRange(read.Rows);
            differing = read.Differing;
            if (read.Rows.Count < RunBrowser.MostRows)
                break;
        }
        string[] parameters = [.. differing.Where(p => p != Parameter.SeedName)];
        var runs = rows.ConvertAll(r => new SweepRun(
            r.Run.RunId,
            parameters.ToDictionary(p => p, p => r.Parameters.GetValueOrDefault(p)?.Least),
            r.Parameters.GetValueOrDefault(Parameter.SeedName)?.Least,
            r.Metrics.ToDictionary(m => m.Key, m => m.Value.Mean)
        ));
        return new SweepTable(
            sweep,
            parameters,
            [
                .. RunMetrics.All.Where(m =>
                    runs.Where(r => r.Found.ContainsKey(m.Name)).Select(r => r.Found[m.Name]).Distinct().Count() > 1
                ),
            ],
            runs
        );
    }

    /// <summary>The number of a parameter's value; null where it is a word, or not set.</summary>
    public static double? NumberOf(string? value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
