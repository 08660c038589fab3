using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// Finds clusters without being told a scale: searches proper motion and parallax over a range of scales for peaks that neither the field
/// around them nor chance explains, keeps those whose stars also stand together on the sky or are far clear of the field, and gives each
/// star
/// near one its probability of being a member. What it does, step by step: <c>docs/clusters.md</c>.
/// </summary>
internal sealed class AutoAlgorithm : ClusterAlgorithm<AutoParameters>
{
    /// <summary>Shuffled copies of the stars: enough for the mean and the spread of their clearest peaks.</summary>
    private const int Copies = 24;

    /// <summary>More stars than this are searched by an even sample; members are found among all.</summary>
    private const int MostSearched = 1_000_000;

    private const int MostFits = 40;

    private AutoAlgorithm() { }

    public static AutoAlgorithm Instance { get; } = new();

    public override string Name => AutoParameters.Name;

    public override string Title => "automatic search";

    public override string Finds => "clusters that stand out from their field, at a scale that it chooses itself";

    public override string Reference =>
        "after Hunt and Reffert 2023, Improving the open cluster census, A&A 673, A114: contrast with the field, tested for significance";

    public override int WorkBytes(RunParameters parameters, int features) => 200 + 8 * features;

    /// <summary>Motions stay in mas/yr.</summary>
    public override bool Standardises => false;

    /// <summary>Runs stored before it could look around a cluster, and carry motions, did not.</summary>
    public override IReadOnlyDictionary<string, JsonNode?> Before { get; } =
        new Dictionary<string, JsonNode?>(RunParameters.Before)
        {
            ["field_density"] = AutoParameters.Within,
            ["motion_frame"] = AutoParameters.Meridian,
        };

    public override IReadOnlyList<string> Beside(RunParameters parameters) =>
        parameters is AutoParameters { StarErrors: AutoParameters.Use } ? StarErrors.Columns : [];

    protected override ClusterResult Group(FeatureMatrix features, AutoParameters parameters, AlgorithmContext context)
    {
        var labels = new int[features.Rows];
        Array.Fill(labels, -1);
        var probabilities = new double[features.Rows];
        var stars = MotionStars.Of(
            features,
            parameters.ParallaxWeight,
            parameters.StarErrors == AutoParameters.Use,
            parameters.FieldDensity == AutoParameters.Around,
            parameters.MotionFrame == AutoParameters.Field
        );
        if (stars is null || stars.Count < 2 * parameters.MinMembers)
            return Result(labels, probabilities, [], [Nothing(stars)], null, stars?.Frame);

        var search = new PeakSearch(Sampled(stars.Axes), context);
        var chance = new ChancePeaks(search.Shuffled(Copies, parameters.RandomState));
        context.Progress?.Report(0.7);
        var threshold = chance.Threshold(parameters.FalseAlarm);
        var peaks = search.Peaks(threshold);
        context.Progress?.Report(0.75);
        var choice = new ClusterChoice(stars, parameters, context);
        var found = choice.Choose(peaks, MostFits);
        var clusters = new List<FoundCluster>();
        foreach (var (peak, mixture) in found.OrderByDescending(f => f.Mixture.Probabilities.Count(p => p >= ClusterChoice.Member)))
        {
            var id = clusters.Count;
            var members = 0;
            for (var i = 0; i < mixture.Region.Length; i++)
            {
                var row = stars.Rows[mixture.Region[i]];
                var probability = mixture.Probabilities[i];
                if (probability <= probabilities[row])
                    continue;
                probabilities[row] = probability;
                if (probability < ClusterChoice.Member)
                    continue;
                labels[row] = id;
                members++;
            }

            if (members > 0)
                clusters.Add(Describe(id, peak, mixture, chance, stars, parameters.ParallaxWeight));
        }

        context.Progress?.Report(1);
        var notes = Lacking(features.Rows - stars.Count, features.Rows);
        if (clusters.Count == 0)
            notes.Add(peaks.Count == 0 ? NoPeak(stars) : choice.Refused.Note(peaks.Count, parameters.MinMembers));
        return Result(labels, probabilities, clusters, notes, FactsOf(threshold, peaks.Count, stars.Frame), stars.Frame);
    }

    private static List<string> Lacking(int lacking, int all) =>
        lacking == 0
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{lacking:N0} of {all:N0} stars {(lacking == 1 ? "lacks" : "lack")} a proper motion or the parallax: "
                        + $"{(lacking == 1 ? "it was not looked at and is" : "they were not looked at and are")} in no cluster."
                ),
            ];

    private static ClusterResult Result(
        int[] labels,
        double[] probabilities,
        List<FoundCluster> clusters,
        IReadOnlyList<string> notes,
        JsonObject? facts,
        FieldFrame? frame
    )
    {
        var sizes = new int[clusters.Count];
        foreach (var label in labels)
            if (label >= 0)
                sizes[label]++;
        return ClusterInput.Result(labels, clusters.Count) with
        {
            Probabilities = probabilities,
            Clusters = [.. clusters.Select((c, i) => c with { Size = sizes[i] })],
            Notes = notes,
            Facts = facts,
            CarriesMotions = frame is not null,
        };
    }

    private static FoundCluster Describe(
        int id,
        Peak peak,
        ClusterMixture mixture,
        ChancePeaks chance,
        MotionStars stars,
        double parallaxWeight
    )
    {
        var (pmra, pmdec) = stars.MotionAt(mixture.Middle[0], mixture.Middle[1], mixture.Region, mixture.Probabilities);
        return new FoundCluster(
            id,
            0,
            mixture.Contrast,
            NormalTail.Deviations(chance.LogFalseAlarm(peak.Excess)),
            Math.Exp(chance.LogFalseAlarm(peak.Excess)),
            peak.Scale,
            pmra,
            pmdec,
            mixture.Middle.Count > 2 ? mixture.Middle[2] / parallaxWeight : null
        );
    }

    // What was looked for, so that the answer can be read without the program: excess in standard deviations, scales in mas/yr.
    private static JsonObject FactsOf(double threshold, int peaks, FieldFrame? frame)
    {
        var facts = new JsonObject
        {
            ["search"] = new JsonObject
            {
                ["least_excess"] = threshold,
                ["peaks"] = peaks,
                ["shuffled_copies"] = Copies,
                ["finest_scale_mas_yr"] = PeakSearch.Finest,
                ["coarsest_scale_mas_yr"] = PeakSearch.Coarsest,
                ["least_probability"] = ClusterChoice.Member,
            },
        };
        if (frame is not null)
            facts["motion_frame"] = frame.ToFacts();
        return facts;
    }

    private static double[][] Sampled(double[][] axes)
    {
        var stride = (axes[0].Length + MostSearched - 1) / MostSearched;
        return stride == 1 ? axes : [.. axes.Select(a => Enumerable.Range(0, a.Length / stride).Select(i => a[i * stride]).ToArray())];
    }

    private static string Nothing(MotionStars? stars) =>
        stars is null
            ? "The recipe has no proper motions, in which the search looks for clusters: choose cluster5d, astrometric or comoving, "
                + "or another "
                + "algorithm."
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Only {stars.Count:N0} {(stars.Count == 1 ? "star has" : "stars have")} every feature: too few to search."
            );

    private static string NoPeak(MotionStars stars) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"No cluster: among {stars.Count:N0} stars no place in motion and parallax is denser than chance makes one."
        )
        + " A cluster is sought against its field: where most of the stars belong to one, as in a selection cut around "
        + "it, none is seen, and a wider selection shows it. A cluster of few members shows in a smaller cone or a "
        + "narrower range of parallaxes; a larger false_alarm lets weaker ones pass.";
}
