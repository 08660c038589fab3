using System.CommandLine;
using System.Globalization;
using Almagest.Catalog.Writing;
using Almagest.Cli.Shell;
using Almagest.Discovery.Simulation;
using Spectre.Console;

namespace Almagest.Cli.Commands;

/// <summary><c>simulate</c>: a realistic catalogue with known truth, of any size; needs no database.</summary>
internal static class SimulateCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var defaults = new SkySimulationOptions();
        var stars = OptionFactory.Whole("--stars", "N", $"Stars in all (default {defaults.Stars})", 1, SkySimulationOptions.MaxStars, "-n");
        var seed = OptionFactory.Whole(
            "--seed",
            "S",
            $"The same seed and options give the same file (default {defaults.Seed})",
            0,
            long.MaxValue,
            "-s"
        );
        var output = new Option<string>("--output", "-o")
        {
            Description =
                "CSV file to write, Parquet if its name ends in .parquet; CSV is compressed if it ends in .gz; - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        var clusters = OptionFactory.Whole(
            "--clusters",
            "N",
            $"Real open clusters to plant: {string.Join(", ", OpenCluster.Known.Take(3).Select(c => c.Name))} … (default "
                + $"{defaults.Clusters})",
            0,
            OpenCluster.Known.Count
        );
        var clusterShare = OptionFactory.Real(
            "--cluster-share",
            "SHARE",
            $"Share of the stars that are cluster members, 0 to 0.5 (default {defaults.ClusterFraction})"
        );
        var outlierShare = OptionFactory.Real(
            "--outlier-share",
            "SHARE",
            $"Share of planted outliers, 0 to 0.4 (default {defaults.OutlierFraction})"
        );
        var limit = OptionFactory.Real("--magnitude-limit", "G", $"Faintest G magnitude, 10 to 21 (default {defaults.MagnitudeLimit})");
        var cone = OptionFactory.Text("--cone", "RA,DEC,R", "Only this cone of the sky, in degrees (default: the whole sky)");
        var command = new DescribedCommand(
            "simulate",
            "Make a realistic catalogue with real open clusters, planted outliers and the truth about every star",
            "almagest simulate --stars 20000 --seed 42 -o sky.csv",
            "almagest simulate --stars 1000000 --clusters 13 -o sky.csv.gz",
            "almagest simulate --stars 50000 --cone 56.75,24.1,5 -o pleiades.csv",
            "almagest simulate --stars 10000000 -o sky.parquet"
        )
        {
            stars,
            seed,
            output,
            clusters,
            clusterShare,
            outlierShare,
            limit,
            cone,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var options = new SkySimulationOptions
                {
                    Stars = parsed.GetValue(stars) ?? defaults.Stars,
                    Seed = (ulong)(parsed.GetValue(seed) ?? (long)defaults.Seed),
                    Clusters = (int)(parsed.GetValue(clusters) ?? defaults.Clusters),
                    ClusterFraction = parsed.GetValue(clusterShare) ?? defaults.ClusterFraction,
                    OutlierFraction = parsed.GetValue(outlierShare) ?? defaults.OutlierFraction,
                    MagnitudeLimit = parsed.GetValue(limit) ?? defaults.MagnitudeLimit,
                    Region = ReadCone(parsed.GetValue(cone)),
                };
                var simulator = new SkySimulator(options);
                var path = parsed.GetRequiredValue(output);
                if (path == "-")
                {
                    if (shell.Json)
                        throw new UsageException(
                            "-o - writes CSV to standard output, where --json would write its document",
                            "Choose one of them.",
                            "--output"
                        );
                    SimulatedSkyCsvWriter.Write(simulator, shell.Output, 0, null, shell.CancellationToken);
                    return ExitCodes.Done;
                }
                await using var file = OutputFile.Create(path);
                if (path.EndsWith(".parquet", StringComparison.OrdinalIgnoreCase))
                    await WriteParquetAsync(shell, simulator, file);
                else
                    await WriteAsync(shell, simulator, file);
                Answer(shell, simulator, path, file.Path);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>Writes the catalogue with a progress bar.</summary>
    public static Task<bool> WriteAsync(CommandShell shell, SkySimulator simulator, OutputFile file) =>
        WriteAsync(
            shell,
            simulator,
            relay =>
                file.WriteAsync(writer =>
                    Task.Run(
                        () => SimulatedSkyCsvWriter.Write(simulator, writer, 0, relay, shell.CancellationToken),
                        shell.CancellationToken
                    )
                )
        );

    private static Task<bool> WriteParquetAsync(CommandShell shell, SkySimulator simulator, OutputFile file) =>
        WriteAsync(
            shell,
            simulator,
            relay =>
            {
                var table = SimulatedSkyTable.Of(simulator, shell.CancellationToken);
                return file.WriteAsync(_ => table.WriteAsync(file.Stream, TableFormat.Parquet, relay, shell.CancellationToken));
            }
        );

    private static Task<bool> WriteAsync(CommandShell shell, SkySimulator simulator, Func<IProgress<long>?, Task> write) =>
        ProgressDisplay.ShowAsync(
            shell,
            "simulating stars",
            async progress =>
            {
                var total = simulator.Options.Stars;
                await write(
                    progress is null
                        ? null
                        : new SynchronousProgress<long>(n =>
                            progress.Report($"simulating {ConsoleText.Count(total)} stars", (double)n / total)
                        )
                );
                return true;
            }
        );

    private static void Answer(CommandShell shell, SkySimulator simulator, string path, string fullPath)
    {
        var options = simulator.Options;
        var bytes = new FileInfo(fullPath).Length;
        shell.Answer(
            new
            {
                file = fullPath,
                stars = options.Stars,
                options.Seed,
                bytes,
                outliers = simulator.PlantedOutliers,
                spurious = simulator.PlantedSpurious,
                clusters = simulator.PlantedClusters.Select(c => new
                {
                    c.Cluster.Name,
                    c.Members,
                    c.Cluster.RaDeg,
                    c.Cluster.DecDeg,
                    c.Cluster.ParallaxMas,
                    c.Cluster.PmraMasYr,
                    c.Cluster.PmdecMasYr,
                }),
            },
            console =>
            {
                console.Say(
                    $"Wrote {ConsoleText.Plural(options.Stars, "star", "stars")} to {path} ({ConsoleText.Bytes(bytes)}), "
                        + $"{ConsoleText.Plural(simulator.PlantedOutliers, "planted outlier", "planted outliers")}, "
                        + $"{ConsoleText.Plural(simulator.PlantedSpurious, "spurious solution", "spurious solutions")}"
                        + (simulator.PlantedClusters.Any() ? ", clusters:" : ", no cluster")
                );
                var table = ConsoleTables.Of("cluster", ">members", ">RA (°)", ">Dec (°)", ">plx (mas)", ">pmRA", ">pmDec");
                foreach (var (c, members) in simulator.PlantedClusters)
                    table.Row(
                        c.Name,
                        ConsoleText.Count(members),
                        ConsoleText.RightAscension(c.RaDeg, "0.00"),
                        ConsoleText.Number(c.DecDeg, "+0.00;-0.00"),
                        ConsoleText.Number(c.ParallaxMas, "0.00"),
                        ConsoleText.Number(c.PmraMasYr, "+0.0;-0.0"),
                        ConsoleText.Number(c.PmdecMasYr, "+0.0;-0.0")
                    );
                if (simulator.PlantedClusters.Any())
                    console.Write(table);
                console.Say($"Next: almagest ingest {Reports.IngestReportView.Quote(path)}");
            }
        );
    }

    private static SkyRegion ReadCone(string? text)
    {
        if (text is null)
            return SkyRegion.AllSky;
        var parts = text.Split(',')
            .Select(p => double.TryParse(p, NumberStyles.Float, CultureInfo.InvariantCulture, out var v) ? v : double.NaN)
            .ToArray();
        return parts.Length == 3 && parts.All(double.IsFinite) && parts[0] is >= 0 and < 360
            ? SkyRegion.Cone(parts[0], parts[1], parts[2])
            : throw new UsageException(
                $"--cone is '{text}', expected RA,DEC,RADIUS in degrees such as 56.75,24.1,5, with RA in [0, 360)",
                null,
                "--cone"
            );
    }
}
