using System.Text.Json.Nodes;
using Almagest.Catalog;
using Almagest.Catalog.Writing;
using Almagest.Discovery.Simulation;
using Almagest.Ledger.Export;

namespace Almagest.Cli.Commands;

/// <summary>A simulated sky as a table: the columns of its CSV, with their units, and numbers that are not rounded.</summary>
internal static class SimulatedSkyTable
{
    private static readonly Dictionary<string, string> s_units = new()
    {
        ["ra"] = "deg",
        ["dec"] = "deg",
        ["ra_error"] = "mas",
        ["dec_error"] = "mas",
        ["parallax"] = "mas",
        ["parallax_error"] = "mas",
        ["pmra"] = "mas/yr",
        ["pmra_error"] = "mas/yr",
        ["pmdec"] = "mas/yr",
        ["pmdec_error"] = "mas/yr",
        ["phot_g_mean_mag"] = "mag",
        ["bp_rp"] = "mag",
        ["radial_velocity"] = "km/s",
    };

    public static ExportTable Of(SkySimulator simulator, CancellationToken cancellationToken)
    {
        var provenance = Provenance.Begin("A simulated sky", "all stars");
        provenance["simulation"] = new JsonObject { ["stars"] = simulator.Options.Stars, ["seed"] = simulator.Options.Seed };
        return new ExportTable(
            [
                .. SimulatedSkyCsvWriter
                    .Header.Split(',')
                    .Select(name => new CatalogColumn(
                        name,
                        name is "source_id" or "label_outlier" ? ColumnType.Int64
                            : name is "label_kind" or "label_cluster" ? ColumnType.Text
                            : ColumnType.Double,
                        s_units.GetValueOrDefault(name)
                    )),
            ],
            provenance,
            simulator
                .Batches(cancellationToken: cancellationToken)
                .Select(batch => (IReadOnlyList<object?[]>)Array.ConvertAll(batch, Row))
                .ToAsyncEnumerable()
        )
        {
            Name = "sky",
        };
    }

    private static object?[] Row(SimulatedStar s) =>
        [
            s.SourceId,
            Known(s.RaDeg),
            Known(s.RaErrorMas),
            Known(s.DecDeg),
            Known(s.DecErrorMas),
            Known(s.ParallaxMas),
            Known(s.ParallaxErrorMas),
            Known(s.PmraMasYr),
            Known(s.PmraErrorMasYr),
            Known(s.PmdecMasYr),
            Known(s.PmdecErrorMasYr),
            Known(s.PhotGMeanMag),
            Known(s.BpRp),
            Known(s.BpRpExcessFactor),
            Known(s.RadialVelocityKmS),
            Known(s.Ruwe),
            s.IsOutlier ? 1L : 0L,
            s.Kind.Name(),
            s.Cluster,
        ];

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
