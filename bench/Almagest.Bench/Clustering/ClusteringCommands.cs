namespace Almagest.Bench.Clustering;

/// <summary>The commands of this folder; null = the arguments name none of them.</summary>
internal static class ClusteringCommands
{
    public const string Usage = """
          healpix-cells IN OUT                          cells of positions
          simulate STARS OUT                            a simulated sky as a table
          dbscan ROWS COLUMNS [SAVE_TO]                 times of DBSCAN
          dbscan-labels IN COLUMNS EPS MIN_SAMPLES OUT  DBSCAN labels of a row-major matrix of doubles
          hdbscan ROWS COLUMNS                          times of HDBSCAN
          hdbscan-labels IN COLUMNS MIN_SAMPLES MIN_CLUSTER_SIZE eom|leaf OUT
        """;

    public static int? Run(string[] args) =>
        args switch
        {
            ["healpix-cells", var source, var target] => HealpixCells.Run(source, target),
            ["simulate", var stars, var target] => SimulateSky.Run(stars, target),
            ["dbscan", var rows, var columns] => DbscanBench.Run(rows, columns),
            ["dbscan", var rows, var columns, var saveTo] => DbscanBench.Run(rows, columns, saveTo),
            ["dbscan-labels", var source, var columns, var eps, var minSamples, var target] => DbscanLabels.Run(
                source,
                columns,
                eps,
                minSamples,
                target
            ),
            ["hdbscan", var rows, var columns] => HdbscanBench.Run(rows, columns),
            ["hdbscan-labels", var source, var columns, var minSamples, var minSize, var selection, var target] => HdbscanLabels.Run(
                source,
                columns,
                minSamples,
                minSize,
                selection,
                target
            ),
            _ => null,
        };
}
