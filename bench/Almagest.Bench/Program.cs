using Almagest.Bench.Clustering;

return args switch
{
    ["healpix-cells", var source, var target] => HealpixCells.Run(source, target),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: bench healpix-cells IN OUT");
    return 2;
}
