using System.Globalization;
using System.Text.Json;
using Almagest.Contract.Runs;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;

namespace Almagest.Charts.Drawing;

/// <summary>How numbers, times and runs are written on pages.</summary>
public static class DisplayText
{
    public const string None = "–";

    /// <summary>Bytes, as sizes of files are told.</summary>
    public static string Size(long bytes) =>
        bytes >= 1L << 30 ? FormattableString.Invariant($"{bytes / (double)(1L << 30):0.0} GiB")
        : bytes >= 1L << 20 ? FormattableString.Invariant($"{bytes / (double)(1L << 20):0.0} MiB")
        : FormattableString.Invariant($"{bytes / 1024.0:0} KiB");

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(double? number) => number is { } n ? n.ToString("N0", CultureInfo.InvariantCulture) : None;

    public static string Fixed(double? number, int digits = 3) =>
        number is { } n ? n.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : None;

    /// <summary>How many times denser than the field: no digit beyond what counts of stars bear out.</summary>
    public static string Contrast(double? times) => times is >= 10 ? Count(times) : Fixed(times, 1);

    public static string Percent(double? percentage) => percentage is { } p ? PercentText.Of(p, "0.0#") : None;

    public static string When(DateTime? time) => time?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? None;

    public static string Ago(double? seconds) =>
        seconds switch
        {
            null => "never",
            < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s ago"),
            < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min ago"),
            < 172_800 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0} h ago"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0} days ago"),
        };

    public static string Duration(double? ms) =>
        ms switch
        {
            null => None,
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms"),
            < 120_000 => string.Create(CultureInfo.InvariantCulture, $"{ms / 1000:0.0} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{ms / 60_000:0} min"),
        };

    /// <summary>The end of an id tells runs of one moment apart; its start does not.</summary>
    public static string Short(Guid runId) => runId.ToString()[^8..];

    /// <summary>The end of a run's id, after its name where it has one.</summary>
    public static string Called(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Name is { } name ? $"{name} ({Short(run.RunId)})" : Short(run.RunId);
    }

    public static string Algorithm(string name) => name.Replace('_', ' ');

    // The answers of a review are a text of many lines.
    private static string Brief(string text) => text.Length <= MostOfText ? text : $"{text[..MostOfText].ReplaceLineEndings("; ")}…";

    private const int MostOfText = 100;

    /// <summary>Parameters in one line, e.g. <c>contamination 0.05, features population@1</c>.</summary>
    public static string Parameters(string json)
    {
        using var document = JsonDocument.Parse(json);
        return string.Join(
            ", ",
            document
                .RootElement.EnumerateObject()
                .Where(p => p.Value.ValueKind != JsonValueKind.Null)
                .Select(p => $"{p.Name} {(p.Value.ValueKind == JsonValueKind.String ? Brief(p.Value.GetString()!) : p.Value.GetRawText())}")
        );
    }

    /// <summary>The parameters that tell most, in one short line.</summary>
    public static string ShortParameters(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ParameterText.Short(run.Algorithm, run.Parameters);
    }

    /// <summary>The datasets that a run took its stars from.</summary>
    /// <param name="names">by id</param>
    public static string Datasets(DiscoveryRun run, IReadOnlyDictionary<long, string> names) =>
        string.Join(" + ", RunDatasets.Names(run, names));

    public static string Selection(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return StarFilter.FromJson(run.DatasetFilter).Describe();
    }

    /// <summary>What a run found, as it is stored with the run; null until it is complete.</summary>
    public static ResultsSummary? Summary(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return ResultsSummary.Parse(run.ResultsSummary);
    }

    /// <summary>What a run found, in words.</summary>
    public static string Found(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.IsComplete)
            return None;
        return run.RunType == RunTypes.Anomaly
            ? Summary(run)?.AnomalyCount is { } n
                ? $"{Count(n)} flagged"
                : None
            : Summary(run)?.ClusterCount is { } k
                ? $"{Count(k)} {(k == 1 ? "cluster" : "clusters")}"
                : None;
    }
}
