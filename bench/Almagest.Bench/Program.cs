using Almagest.Bench.Clustering;

return args switch
{
    ["healpix-cells", var source, var target] => HealpixCells.Run(source, target),
    ["dbscan-labels", var source, var columns, var eps, var minSamples, var target] => DbscanLabels.Run(source, columns, eps, minSamples, target),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench healpix-cells IN OUT | dbscan-labels IN COLUMNS EPS MIN_SAMPLES OUT");
    return 2;
}
