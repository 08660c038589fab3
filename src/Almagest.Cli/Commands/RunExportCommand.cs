using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Model;
using Almagest.Ledger.Runs;

namespace Almagest.Cli.Commands;

/// <summary><c>runs export</c>: the per-star results of a run with their catalogue columns, as CSV, page by page.</summary>
internal static class RunExportCommand
{
    const string Columns = "star_id,source_id,ra_deg,dec_deg,parallax_mas,pmra_mas_yr,pmdec_mas_yr,magnitude,color,is_anomaly,anomaly_score,cluster_id,membership_probability";

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id();
        var output = new Option<string>("--output", "-o") { Description = "File to write; compressed if its name ends in .gz; - is standard output", HelpName = "FILE", Required = true };
        var anomalies = Values.Flag("--anomalies", "Only the flagged stars, most anomalous first");
        var cluster = Values.Whole("--cluster", "N", "Only the members of this cluster; -1 = noise", -1, int.MaxValue);
        var command = new DescribedCommand("export", "Write a run's stars and what it says of them to a CSV file",
            "almagest runs export 1f0c2a9e -o run.csv.gz", "almagest runs export 1f0c2a9e -o members.csv --cluster 0", "almagest runs export 1f0c2a9e --anomalies -o - | head")
        {
            id, output, anomalies, cluster,
        };
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetRequiredValue(output);
            if (path == "-" && shell.Json) throw new UsageException("-o - writes CSV to standard output, where --json would write its document", "Choose one of them.", "--output");
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            var run = await new RunRepository(session.Ledger).FindAsync(parsed.GetRequiredValue(id), shell.Cancellation);
            if (parsed.GetValue(anomalies) && run.RunType != RunTypes.Anomaly)
                throw new UsageException($"run {Words.Short(run.RunId)} is a {run.RunType} run and flags no stars", "Leave --anomalies out, or use --cluster N.", "--anomalies");
            if (parsed.GetValue(cluster) is not null && run.RunType != RunTypes.Cluster)
                throw new UsageException($"run {Words.Short(run.RunId)} is an {run.RunType} run and has no clusters", "Leave --cluster out, or use --anomalies.", "--cluster");
            var query = new ResultQuery(parsed.GetValue(anomalies), (int?)parsed.GetValue(cluster), ByScore: parsed.GetValue(anomalies), Limit: ResultRepository.MostRows);
            var results = new ResultRepository(session.Ledger);
            if (path == "-")
            {
                await WriteAsync(shell.Output, results, run.RunId, query, null, 0, shell.Cancellation);
                return CommandLine.Done;
            }
            var total = await results.CountAsync(run.RunId, query, shell.Cancellation);
            await using var file = OutputFile.Create(path);
            var rows = await ProgressDisplay.ShowAsync(shell, "exporting", async progress =>
            {
                long written = 0;
                await file.WriteAsync(async writer => written = await WriteAsync(writer, results, run.RunId, query, progress, total, shell.Cancellation));
                return written;
            });
            var bytes = new FileInfo(file.Path).Length;
            shell.Answer(new { run.RunId, file = file.Path, rows, bytes }, console => console.Say($"Wrote {Words.Plural(rows, "star", "stars")} to {path} ({Words.Bytes(bytes)})."));
            return CommandLine.Done;
        });
        return command;
    }

    static async Task<long> WriteAsync(TextWriter writer, ResultRepository results, Guid runId, ResultQuery query, IWorkProgress? progress, long total, CancellationToken cancellation)
    {
        await writer.WriteLineAsync(Columns);
        long rows = 0;
        string? after = null;
        do
        {
            var page = await results.PageAsync(runId, query with { After = after }, cancellation);
            foreach (var r in page.Items)
            {
                // Shortest text that reads back as the same double.
                await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                    $"{r.StarId},{Quote(r.SourceId)},{r.RaDeg:R},{r.DecDeg:R},{r.ParallaxMas:R},{r.PmraMasYr:R},{r.PmdecMasYr:R},{r.Magnitude:R},{r.Color:R},{r.IsAnomaly},{r.AnomalyScore:R},{r.ClusterId},{r.MembershipProbability:R}"));
            }
            rows += page.Items.Count;
            progress?.Report($"exporting {Words.Plural(rows, "star", "stars")}", total > 0 ? (double)rows / total : 1);
            after = page.Next;
        } while (after is not null);
        await writer.FlushAsync(cancellation);
        return rows;
    }

    // RFC 4180.
    static string Quote(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
