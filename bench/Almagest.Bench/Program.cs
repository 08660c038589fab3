using Almagest.Bench.Clustering;

return args switch
{
    ["healpix-cells", var source, var target] => HealpixCells.Run(source, target),
    ["dbscan-labels", var source, var columns, var eps, var minSamples, var target] => DbscanLabels.Run(source, columns, eps, minSamples, target),
    ["simulate", var stars, var target] => SimulateSky.Run(stars, target),
    ["dbscan", var rows, var columns] => DbscanBench.Run(rows, columns),
    ["dbscan", var rows, var columns, var saveTo] => DbscanBench.Run(rows, columns, saveTo),
    ["hdbscan", var rows, var columns] => HdbscanBench.Run(rows, columns),
    ["hdbscan-labels", var source, var columns, var minSamples, var minSize, var selection, var target] =>
        HdbscanLabels.Run(source, columns, minSamples, minSize, selection, target),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench healpix-cells IN OUT | dbscan-labels IN COLUMNS EPS MIN_SAMPLES OUT | simulate STARS OUT | dbscan ROWS COLUMNS [SAVE_TO] | hdbscan ROWS COLUMNS | hdbscan-labels IN COLUMNS MIN_SAMPLES MIN_CLUSTER_SIZE eom|leaf OUT");
    return 2;
}
