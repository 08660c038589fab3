using Almagest.Cli.Shell;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Spectre.Console;

namespace Almagest.Cli.Reports;

/// <summary>What <c>runs clusters</c> answers.</summary>
internal sealed class ClusterIdentityView(RunClusterIdentities found)
{
    private readonly IReadOnlyList<ClusterIdentity> _identities = found.Identities.Identities;

    private Guid Run(int number) => found.Runs[number].RunId;

    public void Show(IAnsiConsole console)
    {
        console.Heading(
            $"{ConsoleText.Plural(found.Runs.Count, "cluster run", "cluster runs")}, "
                + $"{ConsoleText.Plural(found.Identities.Total, "cluster", "clusters")} told apart"
        );
        var runs = ConsoleTables.Of("run", "~parameters", "found", ">mean Rand");
        foreach (var (i, r) in found.Runs.Index())
            runs.Row(
                ConsoleText.Short(r.RunId),
                ParameterText.Short(r.Algorithm, r.Parameters),
                RunSummaryText.ShortFound(r),
                ConsoleText.Number(found.Identities.MeanAgreement[i], "0.00")
            );
        console.Write(runs);
        if (_identities.Count == 0)
            return;
        console.Say("\nThe clusters, those found in most runs first:");
        var table = ConsoleTables.Of(">", ">in runs", ">stars", ">core", ">stability", "~as cluster of run", "~remarks");
        foreach (var (i, identity) in _identities.Index())
        {
            table.Row(
                ConsoleText.Count(i),
                $"{identity.Found.Count} of {identity.Covered}",
                ConsoleText.Count(identity.MemberCount),
                ConsoleText.Count(identity.CoreSize),
                ConsoleText.Number(identity.Stability, "0.00"),
                string.Join(", ", identity.Found.Take(8).Select(f => $"{f.ClusterId} of {ConsoleText.Short(Run(f.Run))}"))
                    + (identity.Found.Count > 8 ? ", …" : ""),
                string.Join("; ", identity.Events.Take(4).Select(Remark)) + (identity.Events.Count > 4 ? "; …" : "")
            );
        }
        console.Write(table);
        if (_identities.Count < found.Identities.Total)
            console.Say($"There are more: --top {Math.Min(found.Identities.Total, ClusterIdentityReader.MostIdentities)}");
        foreach (var (i, identity) in _identities.Index().Where(p => p.Item.Members.Count > 0))
            ShowMembers(console, i, identity);
    }

    private void ShowMembers(IAnsiConsole console, int number, ClusterIdentity identity)
    {
        console.Say($"\nMembers of {number}, the surest first:");
        var table = ConsoleTables.Of("source_id", ">RA (°)", ">Dec (°)", ">mag", ">runs", ">share of runs");
        foreach (var m in identity.Members)
        {
            if (found.Stars.GetValueOrDefault(m.StarId) is not Star s)
                continue;
            table.Row(
                s.SourceId,
                ConsoleText.RightAscension(s.RaDeg, "0.0000"),
                ConsoleText.Number(s.DecDeg, "+0.0000;-0.0000"),
                ConsoleText.Number(s.Magnitude, "0.00"),
                $"{m.In} of {m.Of}",
                ConsoleText.Number(m.Probability, "0.00")
            );
        }
        console.Write(table);
    }

    private string Remark(ClusterEvent e) =>
        e.Kind == ClusterEventKind.Split
            ? $"split in {ConsoleText.Short(Run(e.Run))} ({string.Join(", ", e.ClusterIds)})"
            : $"merged with {string.Join(", ", e.With)} in {ConsoleText.Short(Run(e.Run))}";
}
