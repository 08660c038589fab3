using System.Globalization;
using Almagest.Bench;
using Almagest.Bench.Analytics;
using Almagest.Bench.Clustering;
using Almagest.Discovery.Anomaly;

switch (args)
{
    case ["recipes", var table]:
        RecipeEvidence.Print(table, Console.Out);
        return 0;
    case ["forest-scores", var matrix, var columns, var seed, var scores]:
        var options = new IsolationForestOptions { Seed = long.Parse(seed, CultureInfo.InvariantCulture) };
        MatrixFile.Write(scores, new IsolationForest(options).Detect(MatrixFile.Read(matrix, int.Parse(columns, CultureInfo.InvariantCulture))).RawScores);
        return 0;
    case ["analytics", var server, .. var millions]:
        Console.Write(await AnalyticsBench.RunAsync(server, [.. millions.Select(m => int.Parse(m, CultureInfo.InvariantCulture))], Console.Error));
        return 0;
    case ["healpix-cells", var source, var target]:
        return HealpixCells.Run(source, target);
    case ["dbscan-labels", var source, var columns, var eps, var minSamples, var target]:
        return DbscanLabels.Run(source, columns, eps, minSamples, target);
    case ["forest", var rows, var columns]:
        ForestBench.Run(int.Parse(rows, CultureInfo.InvariantCulture), int.Parse(columns, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("""
            usage: Almagest.Bench COMMAND
              recipes TABLE.csv                             which recipe finds known unusual stars
              forest-scores IN.f64 COLUMNS SEED OUT.f64     isolation-forest scores of a row-major matrix of doubles
              forest ROWS COLUMNS                           times of scoring
              analytics CONNECTION MILLIONS...              raw queries against view look-ups
              healpix-cells IN OUT                          cells of positions
              dbscan-labels IN COLUMNS EPS MIN_SAMPLES OUT  DBSCAN labels of a row-major matrix of doubles
            """);
        return 2;
}
