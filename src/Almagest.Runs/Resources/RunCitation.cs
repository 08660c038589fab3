using System.Globalization;
using System.Text;
using Almagest.Contract.Runs;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Resources;

/// <summary>A run as one cites it: so that a reader can tell whether they have the same, and make it again.</summary>
/// <param name="Text">for a methods section or a caption</param>
/// <param name="BibTex">an entry @misc</param>
public sealed record RunCitation(string Text, string BibTex)
{
    /// <param name="datasets">of the run, ascending</param>
    public static RunCitation Of(DiscoveryRun run, IReadOnlyList<Dataset> datasets)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(datasets);
        var names = string.Join(" and ", datasets.Select(d => d.Name));
        var checksums = string.Join(", ", datasets.Select(d => datasets.Count == 1 ? d.Checksum : $"{d.Name} {d.Checksum}"));
        var day = (run.CompletedAt ?? run.CreatedAt).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var filter = StarFilter.FromJson(run.DatasetFilter).Describe();
        var parameters = ParameterText.Full(run.Algorithm, run.Parameters);
        var selection = run.SelectionHash ?? SelectionHash.Of(datasets, StarFilter.FromJson(run.DatasetFilter));
        var text =
            $"Almagest {run.ProgramVersion}, run {run.RunId} of {day}: {run.Algorithm.Replace('_', ' ')} ({parameters}) on {names}, "
            + $"{filter}, "
            + $"{AnalysedText.Share(run.TotalStars, ResultsSummary.Parse(run.ResultsSummary)?.Excluded)}. "
            + $"SHA-256 of the data: {checksums}; of the selection: {selection}"
            + (run.ResultsHash is { } hash ? $"; of the results: {hash} (rule {run.ResultsHashVersion})." : ".");
        var entry = new StringBuilder();
        void Field(string name, string value) => entry.Append(CultureInfo.InvariantCulture, $"  {name} = {{{Escaped(value)}}},\n");
        entry.Append(CultureInfo.InvariantCulture, $"@misc{{almagest:{run.RunId.ToString()[^8..]},\n");
        Field("title", $"Almagest run {run.RunId}: {run.Algorithm.Replace('_', ' ')} on {names}");
        Field("year", day[..4]);
        Field("month", (run.CompletedAt ?? run.CreatedAt).ToString("MMM", CultureInfo.InvariantCulture).ToLowerInvariant());
        Field("version", run.ProgramVersion);
        Field("howpublished", $"Almagest {run.ProgramVersion}, run of {day}");
        Field(
            "note",
            $"Parameters: {parameters}. Selection: {filter}. SHA-256 of the data: {checksums}; of the selection: {selection}"
                + (run.ResultsHash is { } of ? $"; of the results: {of} (rule {run.ResultsHashVersion})" : "")
        );
        return new RunCitation(text, entry.Append("}\n").ToString());
    }

    // What TeX takes for a command.
    private static string Escaped(string text)
    {
        var tex = new StringBuilder(text.Length);
        foreach (var c in text)
            tex.Append(
                c switch
                {
                    '\\' => @"\textbackslash{}",
                    '{' or '}' or '%' or '&' or '$' or '#' or '_' => $"\\{c}",
                    '~' => @"\textasciitilde{}",
                    '^' => @"\textasciicircum{}",
                    '≥' => @"$\geq$",
                    '≤' => @"$\leq$",
                    '×' => @"$\times$",
                    '°' => @"$^{\circ}$",
                    '–' => "--",
                    _ => c.ToString(),
                }
            );
        return tex.ToString();
    }
}
