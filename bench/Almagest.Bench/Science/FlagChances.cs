using System.Diagnostics;
using System.Globalization;
using System.Text;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Anomaly.Mcd;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Simulation;

namespace Almagest.Bench.Science;

/// <summary>How true flag probabilities are, and what they cost.</summary>
internal static class FlagChances
{
    private const int Bins = 10;
    private static readonly CultureInfo s_plain = CultureInfo.InvariantCulture;

    public static bool Write(StringBuilder page, string? folder, bool quick)
    {
        page.AppendLine("## Flag probabilities\n");
        var met = Cost(page, quick ? 100_000 : 1_000_000);
        met &= Uniform(page, quick ? 20_000 : 200_000);
        Stopping(page, folder);
        Real(page, folder);
        First(page, folder);
        return met;
    }

    /// <summary>True values from the prior that draws assume.</summary>
    private static bool Uniform(StringBuilder page, int stars)
    {
        page.AppendLine(
            s_plain,
            $"### True values from the uniform prior\n\nOf {stars:N0} stars a tenth has true values uniform in a box, measured with "
                + $"errors of 1 to 4 % of its sides; the others are a clump; `astrometric`, contamination 0.05, 32 draws. Of these, in "
                + $"ten bins of equal size: mean probability → share whose true values the same detector flags. At most 0.05 and two "
                + $"binomial deviations may be between them.\n"
        );
        page.AppendLine("| detector | stars | bins | within |");
        page.AppendLine("| --- | ---: | --- | --- |");
        var met = true;
        foreach (var detector in Algorithms.Of(AnomalyAlgorithm.Type))
        {
            Console.Error.WriteLine($"uniform, {detector.Name}");
            var few = detector.Name is "isolation_forest" or "mcd" ? stars : stars / 5;
            var (pairs, _) = Measure(detector, UniformBox(few), "astrometric", true, where: IsInside);
            met &= Row(page, detector.Name, pairs, isHeld: true);
        }
        page.AppendLine();
        return met;
    }

    private static bool Row(StringBuilder page, string name, List<(double P, bool Is)> pairs, bool isHeld)
    {
        var open = pairs.Where(p => p.P is > 0 and < 1).OrderBy(p => p.P).ToList();
        var bins = open.Chunk(Math.Max(1, (open.Count + Bins - 1) / Bins)).ToList();
        var met = bins.TrueForAll(b =>
        {
            var mean = b.Average(p => p.P);
            return Math.Abs(Share(b) - mean) <= 0.05 + 2 * Math.Sqrt(mean * (1 - mean) / b.Length);
        });
        var none = pairs.Where(p => p.P == 0).ToArray();
        var all = pairs.Where(p => p.P == 1).ToArray();
        page.AppendLine(
            s_plain,
            $"| {name} | {open.Count:N0} of {pairs.Count:N0} | 0 → {Share(none):0.0000}, {string.Join(", ", bins.Select(Words))}, "
                + $"1 → {Share(all):0.0000} | {(isHeld ? met ? "yes" : "no" : $"{pairs.Sum(p => p.P):0} → {pairs.Count(p => p.Is)}")} |"
        );
        return met;
    }

    private static string Words((double P, bool Is)[] bin) => string.Create(s_plain, $"{bin.Average(p => p.P):0.00} → {Share(bin):0.00}");

    private static double Share((double P, bool Is)[] bin) => bin.Length == 0 ? 0 : (double)bin.Count(p => p.Is) / bin.Length;

    private static (List<(double P, bool Is)> Pairs, StarDraws Draws) Measure(
        Algorithm detector,
        (StarColumns Measured, StarColumns True) sky,
        string recipe,
        bool stopEarly,
        int draws = 32,
        Func<StarColumns, int, bool>? where = null
    )
    {
        var parameters = detector.Read($$"""{"features": "{{recipe}}", "draws": {{draws}}}""");
        var options = new FeatureOptions { ExcludeMissing = true, Distances = parameters.Distances };
        var prepared = FeaturePipeline.Prepare(sky.Measured, FeatureRecipes.Get(recipe), options);
        var context = new AlgorithmContext();
        var found = (AnomalyResult)detector.Run(prepared.Matrix, parameters, context);
        var chances = FlagDraws.Of(prepared, found, parameters, context, stopEarly)!;
        // The true values through the fitted scales and the fitted detector.
        var rowOf = sky.True.StarId.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
        var index = Array.ConvertAll(prepared.Stars.StarId, id => rowOf[id]);
        var truth = FeatureRows.Of(prepared, parameters.Distances);
        var rows = new double[prepared.Matrix.Values.Length];
        var columns = prepared.Matrix.Columns;
        for (var i = 0; i < index.Length; i++)
        {
            var t = index[i];
            truth.Derive(
                truth.Measured(prepared.Stars, i) with
                {
                    Parallax = sky.True.ParallaxMas[t],
                    DistanceParallax = Math.Max(sky.True.ParallaxMas[t], DistanceRule.MinParallaxMas),
                    Pmra = sky.True.PmraMasYr[t],
                    Pmdec = sky.True.PmdecMasYr[t],
                },
                rows.AsSpan(i * columns, columns)
            );
        }
        var scores = new double[index.Length];
        found.Scorer!.Score(rows, [.. Enumerable.Range(0, index.Length)], scores);
        return (
            [
                .. Enumerable
                    .Range(0, index.Length)
                    .Where(i => !double.IsNaN(chances.Shares[i]) && where?.Invoke(prepared.Stars, i) != false)
                    .Select(i => (chances.Shares[i], scores[i] - found.Offset < 0)),
            ],
            chances
        );
    }

    /// <summary>
    /// A clump of stars without errors in the middle of a box, which makes the detector, and one star in ten whose true values are
    /// uniform in the box.
    /// </summary>
    private static (StarColumns Measured, StarColumns True) UniformBox(int stars)
    {
        var random = new Random(1);
        double[] Of(Func<int, double> value) => [.. Enumerable.Range(0, stars).Select(value)];
        double Value(int i, double side)
        {
            var gauss = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            return side * (IsUniform(i) ? random.NextDouble() : 0.5 + 0.1 * gauss);
        }
        double Error(int i, double side) => IsUniform(i) ? side * (0.01 + 0.03 * random.NextDouble()) : double.NaN;
        var truth = new StarColumns
        {
            StarId = [.. Enumerable.Range(1, stars).Select(i => (long)i)],
            RaDeg = Of(_ => 360 * random.NextDouble()),
            DecDeg = Of(_ => 80 * (2 * random.NextDouble() - 1)),
            ParallaxMas = Of(i => Value(i, Sides[0])),
            PmraMasYr = Of(i => Value(i, Sides[1])),
            PmdecMasYr = Of(i => Value(i, Sides[2])),
            Magnitude = Of(_ => 10 + 8 * random.NextDouble()),
            Color = Of(_ => 3 * random.NextDouble()),
        };
        var correlation = Of(_ => 1.6 * random.NextDouble() - 0.8);
        return (Measured(truth, Of(i => Error(i, Sides[0])), Of(i => Error(i, Sides[1])), Of(i => Error(i, Sides[2])), correlation), truth);
    }

    private static double[] Sides { get; } = [10, 40, 100];

    private static bool IsUniform(int i) => i % 10 == 0;

    /// <summary>Whether a star is so far inside of the box that its edge does not matter.</summary>
    private static bool IsInside(StarColumns stars, int row) =>
        Inside(stars.ParallaxMas[row], Sides[0]) && Inside(stars.PmraMasYr[row], Sides[1]) && Inside(stars.PmdecMasYr[row], Sides[2]);

    private static bool Inside(double value, double side) => value > 0.14 * side && value < 0.86 * side;

    /// <summary>Other values with these errors; parallax and proper motion in right ascension are correlated.</summary>
    private static StarColumns Measured(StarColumns truth, double[] parallax, double[] pmra, double[] pmdec, double[] correlation)
    {
        var random = new Random(2);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var values = new double[3][];
        for (var c = 0; c < 3; c++)
            values[c] = new double[truth.Count];
        for (var i = 0; i < truth.Count; i++)
        {
            var (a, b, c) = (Normal(), Normal(), Normal());
            var r = double.IsFinite(correlation[i]) ? correlation[i] : 0;
            values[0][i] = truth.ParallaxMas[i] + Known(parallax[i]) * a;
            values[1][i] = truth.PmraMasYr[i] + Known(pmra[i]) * (r * a + Math.Sqrt(1 - r * r) * b);
            values[2][i] = truth.PmdecMasYr[i] + Known(pmdec[i]) * c;
        }
        return new StarColumns
        {
            StarId = truth.StarId,
            RaDeg = truth.RaDeg,
            DecDeg = truth.DecDeg,
            ParallaxMas = values[0],
            PmraMasYr = values[1],
            PmdecMasYr = values[2],
            Magnitude = truth.Magnitude,
            Color = truth.Color,
            Further = new Dictionary<string, double[]>
            {
                [StarColumns.ParallaxErrorName] = parallax,
                [StarColumns.PmraErrorName] = pmra,
                [StarColumns.PmdecErrorName] = pmdec,
                [StarColumns.ParallaxPmraCorrelationName] = correlation,
            },
        };
    }

    private static double Known(double error) => double.IsNaN(error) ? 0 : error;

    /// <summary>What stopping early does to the shares: the same draws, carried on to the end.</summary>
    private static void Stopping(StringBuilder page, string? folder)
    {
        page.AppendLine("### Stopping early\n");
        page.AppendLine(
            "The same stars with and without stopping, of the same draws: mean draws of a star, the mean difference of the share (its "
                + "bias), and how many of the stars that are open at the end were stopped as certain.\n"
        );
        page.AppendLine("| table | recipe | detector | draws a star | bias | open stars that were stopped |");
        page.AppendLine("| --- | --- | --- | ---: | ---: | ---: |");
        foreach (var (name, stars) in Tables(folder))
        foreach (var recipe in new[] { "population", "astrometric" })
        foreach (var detector in new Algorithm[] { IsolationForestAlgorithm.Instance, McdAlgorithm.Instance })
        {
            Console.Error.WriteLine($"stopping, {name}, {recipe}, {detector.Name}");
            var (early, made) = Measure(detector, (stars, stars), recipe, true);
            var (full, _) = Measure(detector, (stars, stars), recipe, false);
            var open = early.Zip(full).Where(p => p.Second.P is > 0 and < 1).ToArray();
            page.AppendLine(
                s_plain,
                $"| {name} | `{recipe}` | `{detector.Name}` | {(double)made.Made / made.Stars:0.0} | "
                    + $"{early.Zip(full).Average(p => p.First.P - p.Second.P):0.00000} | "
                    + $"{open.Count(p => p.First.P is 0 or 1)} of {open.Length} |"
            );
        }
        page.AppendLine();
    }

    private static IEnumerable<(string Name, StarColumns Stars)> Tables(string? folder)
    {
        yield return ("simulated", Simulated(20_000));
        foreach (var field in ScienceField.All.Where(f => folder is not null && File.Exists(Path.Combine(folder, f.File))))
        {
            var (stars, _) = field.Read(folder!);
            if (stars.ParallaxErrorMas.Any(e => e > 0))
                yield return (field.Name, stars);
        }
    }

    private static StarColumns Simulated(int count)
    {
        var stars = new SkySimulator(new SkySimulationOptions { Stars = count }).Stars().ToList();
        double[] Of(Func<SimulatedStar, double> value) => [.. stars.Select(value)];
        return new StarColumns
        {
            StarId = [.. Enumerable.Range(1, stars.Count).Select(i => (long)i)],
            RaDeg = Of(s => s.RaDeg),
            DecDeg = Of(s => s.DecDeg),
            ParallaxMas = Of(s => s.ParallaxMas),
            PmraMasYr = Of(s => s.PmraMasYr),
            PmdecMasYr = Of(s => s.PmdecMasYr),
            Magnitude = Of(s => s.PhotGMeanMag),
            Color = Of(s => s.BpRp),
            Further = new Dictionary<string, double[]>
            {
                [StarColumns.ParallaxErrorName] = Of(s => s.ParallaxErrorMas),
                [StarColumns.PmraErrorName] = Of(s => s.PmraErrorMasYr),
                [StarColumns.PmdecErrorName] = Of(s => s.PmdecErrorMasYr),
            },
        };
    }

    private static bool Cost(StringBuilder page, int count)
    {
        page.AppendLine("### Cost\n");
        var sky = Simulated(count);
        var parameters = new IsolationForestParameters { Features = "population" };
        var prepared = FeaturePipeline.Prepare(
            sky,
            FeatureRecipes.Get("population"),
            new FeatureOptions { ExcludeMissing = true, Distances = parameters.Distances }
        );
        var context = new AlgorithmContext();
        var found = IsolationForestAlgorithm.Instance.Detect(prepared.Matrix, parameters, context);
        var model = (IsolationForestModel)found.Scorer!;
        var (pass, draws) = (double.PositiveInfinity, double.PositiveInfinity);
        StarDraws chances = null!;
        for (var i = 0; i < 5; i++)
        {
            pass = Math.Min(pass, Seconds(() => model.ScoreSamples(prepared.Matrix)));
            draws = Math.Min(draws, Seconds(() => chances = FlagDraws.Of(prepared, found, parameters, context)!));
        }
        page.AppendLine(
            s_plain,
            $"{count:N0} simulated stars, `population`, {prepared.Stars.Count:N0} analysed, 100 trees, {Environment.ProcessorCount} "
                + $"threads, processor s, best of five: a scoring pass {pass:0.000}; 32 draws {draws:0.000}, {draws / pass:0.0} × as much "
                + $"(at most 8 are allowed); {(double)chances.Made / chances.Stars:0.0} draws a star on the average, "
                + $"{chances.Shares.Count(s => s is > 0 and < 1):N0} stars between 0 and 1.\n"
        );
        return draws < 8 * pass;
    }

    private static double Seconds(Action work)
    {
        var start = Process.GetCurrentProcess().TotalProcessorTime;
        work();
        return (Process.GetCurrentProcess().TotalProcessorTime - start).TotalSeconds;
    }

    /// <summary>A sky is not uniform: its measured values as the truth, measured once more with the same errors.</summary>
    private static void Real(StringBuilder page, string? folder)
    {
        page.AppendLine("### On a real sky\n");
        page.AppendLine("| table | stars | bins | flagged, expected → true |");
        page.AppendLine("| --- | ---: | --- | ---: |");
        foreach (var (name, stars) in Tables(folder))
        foreach (var recipe in new[] { "population", "deep" })
        {
            Console.Error.WriteLine($"real, {name}, {recipe}");
            var none = MadeNone(stars.Count);
            var again = Measured(
                stars,
                stars.ParallaxErrorMas,
                stars.PmraErrorMasYr,
                stars.PmdecErrorMasYr,
                stars.Further.GetValueOrDefault(StarColumns.ParallaxPmraCorrelationName) ?? none
            );
            try
            {
                var (pairs, _) = Measure(IsolationForestAlgorithm.Instance, (again, stars), recipe, true);
                Row(page, $"{name}, `{recipe}`", pairs, false);
            }
            catch (Almagest.Discovery.DiscoveryException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
        page.AppendLine();
    }

    /// <summary>What the default runs put first, with and without the errors.</summary>
    private static void First(StringBuilder page, string? folder)
    {
        page.AppendLine("### The first thirty\n");
        page.AppendLine(
            "Default runs (the recipe that the program chooses, contamination 0.05): of the 30 most anomalous those whose chance to be "
                + "flagged truly is below 1, and below 0.5; the same of all flagged stars; stars that are not flagged and have a chance "
                + "above 0.5.\n"
        );
        page.AppendLine("| table | recipe | drawn | first 30: below 1, below 0.5 | flagged: below 1, below 0.5 | not flagged, above 0.5 |");
        page.AppendLine("| --- | --- | --- | --- | --- | ---: |");
        foreach (var (name, stars) in Tables(folder))
        {
            Console.Error.WriteLine($"first, {name}");
            var recipe = RecipeChoice
                .ForAnomalies(ColumnCoverage.Of(stars, DistanceRule.Usual, RecipeChoice.AnomalyOrder.Select(FeatureRecipes.Get)))
                .Recipe;
            var parameters = new IsolationForestParameters { Features = recipe.Reference };
            var prepared = FeaturePipeline.Prepare(
                stars,
                recipe,
                new FeatureOptions { ExcludeMissing = true, Distances = parameters.Distances }
            );
            var context = new AlgorithmContext();
            var found = IsolationForestAlgorithm.Instance.Detect(prepared.Matrix, parameters, context);
            var chances = FlagDraws.Of(prepared, found, parameters, context)!;
            int[] flagged = [.. Enumerable.Range(0, prepared.Stars.Count).Where(found.IsAnomaly).OrderBy(found.Decision)];
            string Low(IEnumerable<int> rows) =>
                $"{rows.Count(r => chances.Shares[r] < 1)}, {rows.Count(r => chances.Shares[r] < 0.5)} of {rows.Count()}";
            page.AppendLine(
                s_plain,
                $"| {name} | `{recipe.Name}` | {string.Join(", ", chances.Drawn)} | {Low(flagged.Take(30))} | {Low(flagged)} | "
                    + $"{chances.Shares.Index().Count(s => s.Item > 0.5 && !found.IsAnomaly(s.Index))} |"
            );
            if (Environment.GetEnvironmentVariable("ALMAGEST_SCIENCE_ROWS") is { Length: > 0 })
                foreach (
                    var (what, rows) in new[]
                    {
                        ("score", flagged.Take(30)),
                        ("least sure", flagged.OrderBy(r => chances.Shares[r]).Take(15)),
                    }
                )
                foreach (var row in rows)
                    Console.Error.WriteLine(
                        string.Create(
                            s_plain,
                            $"  {what}: mag {prepared.Stars.Magnitude[row]:0.00} colour {prepared.Stars.Color[row]:0.00} plx "
                                + $"{prepared.Stars.ParallaxMas[row]:0.00} ± {prepared.Stars.ParallaxErrorMas[row]:0.00} score "
                                + $"{found.Decision(row):0.000} "
                                + $"± {chances.Spreads![row]:0.000} P {chances.Shares[row]:0.00}"
                        )
                    );
        }
        page.AppendLine();
    }

    private static double[] MadeNone(int count) => [.. Enumerable.Repeat(double.NaN, count)];
}
