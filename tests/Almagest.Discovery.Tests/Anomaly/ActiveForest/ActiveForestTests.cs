using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Features;
using Almagest.Discovery.Registry;
using Xunit;
using Forest = Almagest.Discovery.Anomaly.ActiveForest.ActiveForest;

namespace Almagest.Discovery.Tests.Anomaly.ActiveForest;

public sealed class ActiveForestTests
{
    [Fact]
    public void Without_answers_its_scores_are_those_of_the_isolation_forest_to_the_last_bit()
    {
        var matrix = MadeMatrix.Gaussian(3000, 3);
        var plain = IsolationForestModel.Grow(matrix, new IsolationForestParameters { RandomState = 7 }).ScoreSamples(matrix);
        var parameters = new ActiveForestParameters { RandomState = 7 };
        Assert.Equal(plain, ActiveForestAlgorithm.Instance.Detect(matrix, parameters).RawScores);
        Assert.Equal(plain, Forest.Grow(matrix, parameters).Learn(new Dictionary<int, bool>()).Scores);
    }

    [Fact]
    public void A_star_called_interesting_rises_with_those_like_it_and_one_called_ordinary_sinks()
    {
        var (matrix, kind) = TwoKinds();
        var forest = Forest.Grow(matrix, new ActiveForestParameters());
        var order = Order(forest.Unlearned);
        var (interesting, other) = (order.First(kind.Contains), order.First(row => !kind.Contains(row)));
        var learned = forest.Learn(new Dictionary<int, bool> { [interesting] = true, [other] = false });
        var after = Order(learned.Scores);
        Assert.True(Array.IndexOf(after, other) > Array.IndexOf(order, other));
        int First(int[] of) => of.Take(kind.Count).Count(kind.Contains);
        Assert.True(First(after) > First(order), $"{First(after)} of the kind are among the first, {First(order)} were");
    }

    /// <summary>Two clumps of unusual stars, of which one is wanted: the plain list gives them in turn.</summary>
    [Fact]
    public void Of_two_kinds_of_unusual_stars_a_review_soon_shows_the_wanted_one_alone()
    {
        var (matrix, kind) = TwoKinds();
        var forest = Forest.Grow(matrix, new ActiveForestParameters());
        var passive = Order(forest.Unlearned).Take(30).Count(kind.Contains);
        var answers = new Dictionary<int, bool>();
        var scores = forest.Unlearned;
        while (answers.Count < 30)
        {
            var next = Order(scores).First(row => !answers.ContainsKey(row));
            answers.Add(next, kind.Contains(next));
            scores = forest.Learn(answers).Scores;
        }
        Assert.InRange(passive, 5, 22);
        Assert.InRange(answers.Values.Count(a => a), 25, 30);
    }

    [Fact]
    public void What_is_learned_depends_neither_on_the_order_of_the_answers_nor_on_the_threads()
    {
        var (matrix, kind) = TwoKinds();
        var rows = Order(Forest.Grow(matrix, new ActiveForestParameters()).Unlearned).Take(40).ToArray();
        double[] Scores(IEnumerable<int> order, int threads) =>
            Forest
                .Grow(matrix, new ActiveForestParameters(), new AlgorithmContext { MaxThreads = threads })
                .Learn(order.ToDictionary(r => r, kind.Contains))
                .Scores;
        var scores = Scores(rows, 1);
        Assert.Equal(scores, Scores(rows.Reverse(), 3));
        Assert.All(scores, s => Assert.True(double.IsFinite(s)));
    }

    /// <summary>The dual that is solved stays where the loss of the primal is least: no step from there makes it less.</summary>
    [Fact]
    public void The_offsets_are_a_minimum_of_the_loss()
    {
        var (matrix, kind) = TwoKinds();
        var model = IsolationForestModel.Grow(matrix, new IsolationForestParameters { NEstimators = 10, MaxSamples = 64 });
        var lengths = model.PathLengths(matrix);
        var before = PathLengths.Of(lengths);
        (int Row, bool IsInteresting)[] answers = [.. Order(lengths).Take(25).Order().Select(r => (r, kind.Contains(r)))];
        var learned = LeafLearning.Learn(model, before, answers, row => matrix.Row(row).ToArray());
        double Loss(Func<int, int, double> step)
        {
            double loss = 0;
            foreach (var (row, isInteresting) in answers)
            {
                var sum = 0.0;
                for (var t = 0; t < learned.Trees.Count; t++)
                {
                    var leaf = learned.Trees[t].LeafOf(matrix.Row(row));
                    sum += learned.Trees[t].PathLength[leaf] + step(t, leaf);
                }
                var lacking = Math.Max(0, before.Margin - (isInteresting ? -1 : 1) * (sum - before.Threshold));
                loss += lacking * lacking;
            }
            for (var t = 0; t < learned.Trees.Count; t++)
            for (var leaf = 0; leaf < learned.Trees[t].Nodes; leaf++)
            {
                var offset = learned.Trees[t].PathLength[leaf] - model.Trees[t].PathLength[leaf] + step(t, leaf);
                loss += 0.1 * offset * offset;
            }
            return loss;
        }
        var least = Loss((_, _) => 0);
        var random = new Random(3);
        for (var trial = 0; trial < 50; trial++)
        {
            var steps = learned.Trees.Select(t => t.PathLength.Select(_ => (random.NextDouble() - 0.5) * 0.01).ToArray()).ToArray();
            Assert.True(Loss((t, leaf) => steps[t][leaf]) > least - 1e-6);
        }
        Assert.True(least < Loss((t, leaf) => model.Trees[t].PathLength[leaf] - learned.Trees[t].PathLength[leaf]));
    }

    [Fact]
    public void An_explanation_adds_up_to_the_score_after_the_answers()
    {
        var (matrix, kind) = TwoKinds();
        var forest = Forest.Grow(matrix, new ActiveForestParameters());
        var row = Order(forest.Unlearned)[0];
        var learned = forest.Learn(new Dictionary<int, bool> { [row] = kind.Contains(row) });
        var found = learned.Explainer.Attribute(matrix, row);
        Assert.Equal(learned.Scores[row], found.RawScore);
        Assert.Equal(found.Measured - found.Expected, found.Changes.Sum(), 1e-9);
        Assert.Equal("reweighted_path_length", learned.Explainer.Measure.Name);
        Assert.Equal(ScoreMeasure.PathLength, forest.Learn(new Dictionary<int, bool>()).Explainer.Measure);
    }

    [Fact]
    public void Equal_stars_learn_nothing()
    {
        var matrix = new FeatureMatrix(100, ["a", "b"], [.. Enumerable.Repeat(3.25, 200)]);
        var scores = Forest.Grow(matrix, new ActiveForestParameters()).Learn(new Dictionary<int, bool> { [3] = true, [5] = false }).Scores;
        Assert.Single(scores.Distinct());
    }

    [Fact]
    public void A_run_learns_from_the_answers_that_are_among_its_stars_and_says_from_how_many()
    {
        var (matrix, kind) = TwoKinds();
        var parameters = new ActiveForestParameters { Answers = "n 12\ny 11\ny elsewhere" };
        var rows = Order(Forest.Grow(matrix, parameters).Unlearned);
        var answer = Enumerable.Repeat(double.NaN, matrix.Rows).ToArray();
        (answer[rows[0]], answer[rows[1]]) = (2, -1);
        var answered = new FeatureMatrix(matrix.Rows, matrix.Names, matrix.Values)
        {
            Beside = new Dictionary<string, double[]> { [StarColumns.AnswerName] = answer },
        };
        var result = ActiveForestAlgorithm.Instance.Detect(answered, parameters);
        Assert.Equal(
            Forest.Grow(matrix, parameters).Learn(new Dictionary<int, bool> { [rows[0]] = true, [rows[1]] = false }).Scores,
            result.RawScores
        );
        Assert.Contains(
            "1 had been called interesting and 1 ordinary (1 star was answered, too, and not analysed); what is like the former",
            Assert.Single(result.Notes)
        );
        string Note(string answers) =>
            Assert.Single(ActiveForestAlgorithm.Instance.Detect(answered, parameters with { Answers = answers }).Notes);
        Assert.Contains("1 had been called interesting and 1 ordinary; what", Note("n 12\ny 11"), StringComparison.Ordinal);
        // The same star in two datasets is one answer.
        answer[rows[2]] = 2;
        Assert.Contains("1 ordinary (1 star was answered, too", Note("n 12\ny 11\ny elsewhere"), StringComparison.Ordinal);
        Array.Fill(answer, double.NaN);
        var plain = ActiveForestAlgorithm.Instance.Detect(answered, parameters);
        Assert.Equal(Forest.Grow(matrix, parameters).Unlearned, plain.RawScores);
        Assert.StartsWith("3 stars were called interesting or ordinary, and none of them is among those analysed", plain.Notes[0]);
        Assert.StartsWith("1 star was skipped and none was called interesting or ordinary: nothing was learned", Note("s 12"));
        // Never scores that look learned and are not.
        Assert.Throws<InvalidOperationException>(() => ActiveForestAlgorithm.Instance.Detect(matrix, parameters));
    }

    [Fact]
    public void Nobody_is_offered_a_run_that_only_a_review_can_make()
    {
        Assert.DoesNotContain(Algorithms.Of(AnomalyAlgorithm.Type), a => a.Name == "active");
        Assert.NotNull(Algorithms.Find("active"));
    }

    private static (FeatureMatrix Matrix, HashSet<int> Kind) TwoKinds()
    {
        const int Rows = 4000,
            OfEach = 60;
        var matrix = MadeMatrix.Gaussian(Rows, 3);
        for (var i = 0; i < 2 * OfEach; i++)
        {
            matrix.Values[3 * i] += i % 2 == 0 ? 6 : -6;
            matrix.Values[3 * i + 1] += 4;
        }
        return (matrix, [.. Enumerable.Range(0, OfEach).Select(i => 2 * i)]);
    }

    private static int[] Order(double[] scores) => [.. Enumerable.Range(0, scores.Length).OrderBy(i => scores[i]).ThenBy(i => i)];
}
