using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Ledger.Tests.Views;

/// <summary>Cells of the sky and parameter sets, computed plainly.</summary>
public static class PlainCoverage
{
    public const string CoverageSql = """
        select dataset_id, healpix_6, stars, runs, star_analyses, excluded, flags, last_analysed_at, last_updated from mv_dataset_coverage
        """;

    public static List<string> Coverage(IEnumerable<PlainRun> runs, PlainSky sky) =>
        PlainLedger.Sorted(
            from star in sky.Stars
            group star.Key by (star.Value.DatasetId, Cell: Healpix.AngToPix(6, star.Value.RaDeg, star.Value.DecDeg)) into cell
            let here = cell.ToHashSet()
            let visitors = runs.Where(r => r.IsComplete && r.Stars.Any(here.Contains)).ToList()
            let created = sky.DatasetsCreatedAt[cell.Key.DatasetId]
            let last = visitors.Max(r => r.CompletedAt)
            select PlainLedger.Row(
                cell.Key.DatasetId,
                cell.Key.Cell,
                here.Count,
                visitors.Count,
                visitors.Sum(r => r.Stars.Count(here.Contains)),
                runs.Where(r => r.IsComplete).Sum(r => r.Excluded.Count(here.Contains)),
                visitors.Sum(r => r.Flagged.Count(here.Contains)),
                last,
                last > created ? last : created
            )
        );

    public const string ParametersSql = """
        select run_type, algorithm, parameters_hash, dataset_id, parameters_json::text, runs, datasets, mean_anomaly_count,
          min_anomaly_count, max_anomaly_count,
               mean_anomaly_percentage, mean_cluster_count, mean_noise_fraction, mean_similarity, labelled_runs, mean_precision,
                 mean_recall, mean_f1,
               mean_average_precision, mean_adjusted_rand_index, mean_purity, last_updated from mv_parameter_performance
        """;

    public static List<string> Parameters(IEnumerable<PlainRun> all, PlainSky sky)
    {
        var runs = all.Where(r => r.IsComplete).ToList();
        var measures = PlainQuality.Of(runs, sky).Where(m => m.Set == "truth").ToDictionary(m => m.Run.RunId);
        return PlainLedger.Sorted(
            runs.GroupBy(r => (r.RunType, r.Algorithm, r.Parameters, r.DatasetId))
                .Select(set =>
                {
                    var anomaly = set.Key.RunType == RunTypes.Anomaly;
                    var members = set.ToList();
                    var pairs = (
                        from run in members
                        where anomaly
                        from other in runs
                        where other.RunType == RunTypes.Anomaly && other.DatasetId == run.DatasetId && other != run
                        select (run, other)
                    ).ToList();
                    var measured = members.Where(r => measures.ContainsKey(r.RunId)).Select(r => measures[r.RunId]).ToList();
                    var counts = members.Select(r => r.Flagged.Count()).ToList();
                    return PlainLedger.Row(
                        set.Key.RunType,
                        set.Key.Algorithm,
                        Hash(set.Key.Parameters),
                        set.Key.DatasetId,
                        set.Key.Parameters,
                        members.Count,
                        runs.Where(r => (r.RunType, r.Algorithm, r.Parameters) == (set.Key.RunType, set.Key.Algorithm, set.Key.Parameters))
                            .Select(r => r.DatasetId)
                            .Distinct()
                            .Count(),
                        anomaly ? (double)counts.Sum() / counts.Count : null,
                        anomaly ? counts.Min() : null,
                        anomaly ? counts.Max() : null,
                        anomaly
                            ? Mean(members.Select(r => (double?)(r.Stars.Length == 0 ? 0 : 100.0 * r.Flagged.Count() / r.Stars.Length)))
                            : null,
                        anomaly ? null : (double)members.Sum(r => r.Labels.Where(l => l >= 0).Distinct().Count()) / members.Count,
                        anomaly
                            ? null
                            : Mean(
                                members.Select(r => r.Stars.Length == 0 ? null : (double?)r.Labels.Count(l => l == -1) / r.Stars.Length)
                            ),
                        Mean(pairs.Select(p => (double?)Jaccard(p.run, p.other))),
                        measured.Count,
                        Mean(measured.Select(m => m.Precision)),
                        Mean(measured.Select(m => m.Recall)),
                        Mean(measured.Select(m => m.F1)),
                        Mean(measured.Select(m => m.AveragePrecision)),
                        Mean(measured.Select(m => m.RandIndex)),
                        Mean(measured.Select(m => m.Purity)),
                        members
                            .Select(r => r.CompletedAt!.Value)
                            .Concat(pairs.Select(p => p.other.CompletedAt!.Value))
                            .Concat(measured.Select(m => m.LastUpdated))
                            .Max()
                    );
                })
        );
    }

    private static double Jaccard(PlainRun a, PlainRun b)
    {
        var union = a.Flagged.Union(b.Flagged).Count();
        return union == 0 ? 0 : (double)a.Flagged.Intersect(b.Flagged).Count() / union;
    }

    // The ledger's mean: values to 1e-9, summed exactly; missing ones do not count.
    private static double? Mean(IEnumerable<double?> values)
    {
        var known = values.Where(v => v is not null).Select(v => (long)Math.Round(v!.Value * 1e9, MidpointRounding.ToEven)).ToList();
        return known.Count == 0 ? null : known.Sum() / 1e9 / known.Count;
    }

    // MD5 names a parameter set; it guards nothing.
#pragma warning disable CA5351
    private static string Hash(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
