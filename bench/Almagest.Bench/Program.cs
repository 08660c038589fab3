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
    case ["simulate", var stars, var target]:
        return SimulateSky.Run(stars, target);
    case ["dbscan", var rows, var columns, .. var saveTo]:
        return saveTo.Length == 0 ? DbscanBench.Run(rows, columns) : DbscanBench.Run(rows, columns, saveTo[0]);
    case ["forest", var forestRows, var forestColumns]:
        ForestBench.Run(int.Parse(forestRows, CultureInfo.InvariantCulture), int.Parse(forestColumns, CultureInfo.InvariantCulture));
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
              dbscan ROWS COLUMNS [SAVE_TO]                 times of DBSCAN
              simulate STARS OUT                            a simulated sky as a table
            """);
        return 2;
}
