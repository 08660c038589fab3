using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Consensus;

/// <summary>Stars ranked over many runs, whoever looked.</summary>
public sealed class ConsensusRankingTests
{
    // Spread over several bitmaps and words.
    private const long Step = 30_011;

    [Fact]
    public void Runs_that_share_a_detector_are_one_draw_however_many_thresholds_it_is_read_at()
    {
        ConsensusRun[] seeds = [Run("1", 0, 10), Run("2", 0, 12), Run("3", 5, 10)];
        var once = new ConsensusRanking(seeds);
        // Copies, such as replays.
        var copied = new ConsensusRanking([seeds[0], seeds[1], seeds[1], seeds[2], seeds[1]]);
        Assert.Equal([0, 1, 1, 2, 1], copied.DrawOf);
        Assert.Equal(3, Assert.Single(copied.Questions).Draws);
        Assert.Equal(once.Top(100).Select(s => (s.StarId, s.Posterior)), copied.Top(100).Select(s => (s.StarId, s.Posterior)));
        // A second threshold of seed 1, at which it flags half as much: stars 5 to 9 are half a flag of its draw.
        var thresholds = new ConsensusRanking([.. seeds, Run("1", 0, 5)]).Top(100).ToDictionary(s => s.StarId / Step);
        Assert.Equal((3, 4, 2.5, 3), Counts(thresholds[7]));
        Assert.Equal((3, 4, 2, 3), Counts(thresholds[2]));
        Assert.True(thresholds[7].Posterior.Mean > thresholds[2].Posterior.Mean);
    }

    [Fact]
    public void More_draws_make_a_star_that_all_of_them_flag_surer()
    {
        double Low(int draws)
        {
            var random = new Random(3);
            var runs = Enumerable
                .Range(0, draws)
                .Select(d => new ConsensusRun(
                    new MarkedRun(s_all, Stars(Enumerable.Range(0, 200).Where(s => s < 10 || (s < 30 && random.Next(2) == 0)))),
                    "forest",
                    $"{d}"
                ))
                .ToList();
            return new ConsensusRanking(runs).Top(100).Single(s => s.StarId == 0).Posterior.Intervals!.Value.CredibleLow;
        }
        Assert.True(Low(3) < Low(10) && Low(10) < Low(40) && Low(40) > 0.9);
    }

    [Fact]
    public void Questions_have_a_rate_each_and_together_their_plain_mean_without_an_interval()
    {
        var north = Stars(Enumerable.Range(0, 100));
        ConsensusRun[] forest = [Run("1", 0, 10), Run("2", 0, 10), Run("3", 2, 10)];
        ConsensusRun[] other = [new(new MarkedRun(north, Stars(Enumerable.Range(5, 10))), "other", "1")];
        var together = new ConsensusRanking([.. forest, .. other]);
        var (a, b) = (ById(new ConsensusRanking(forest)), ById(new ConsensusRanking(other)));
        Assert.Equal([3, 1], together.Questions.Select(q => q.Draws));
        var stars = ById(together);
        var both = stars[7];
        Assert.Equal((4, 4, 4, 4), Counts(both));
        Assert.Null(both.Posterior.Intervals);
        Assert.Equal([a[7].Posterior.Mean, b[7].Posterior.Mean], both.Rates.Select(r => r!.Value));
        Assert.Equal((a[7].Posterior.Mean + b[7].Posterior.Mean) / 2, both.Posterior.Mean, 1e-12);
        // A question that did not see the star has no say; one that saw it and did not flag it has.
        var far = ById(new ConsensusRanking([Run("1", 140, 10), .. other]))[145];
        Assert.Equal((1, 1, null), (far.Analysed, far.Draws, far.Rates[1]));
        Assert.NotNull(far.Posterior.Intervals);
        Assert.InRange(stars[2].Rates[1]!.Value, 0, 0.2);
    }

    [Fact]
    public void A_detector_without_random_numbers_has_no_interval()
    {
        var star = new ConsensusRanking([new(new MarkedRun(s_all, Stars([4])), "distances", null)]).Top(1)[0];
        Assert.Equal(new FlagPosterior(1, null), star.Posterior);
    }

    [Fact]
    public void Many_looks_that_agree_mostly_outrank_one_look()
    {
        // Star 0 in nine of ten draws that flag little else in common; star 150 is seen once, and flagged.
        var runs = Enumerable
            .Range(0, 10)
            .Select(r => new ConsensusRun(
                new MarkedRun(s_all, Stars([.. Enumerable.Range(1 + 10 * r, 2), .. r == 4 ? Array.Empty<int>() : [0]])),
                "forest",
                $"{r}"
            ))
            .ToList();
        runs.Add(new ConsensusRun(new MarkedRun(Stars(Enumerable.Range(250, 300)), Stars([250])), "elsewhere", "1"));
        var top = new ConsensusRanking(runs).Top(500);
        var (often, once) = (top.Single(s => s.StarId == 0), top.Single(s => s.StarId == 250 * Step));
        Assert.Equal((9, 10, 9, 10), Counts(often));
        Assert.Equal((1, 1, 1, 1), Counts(once));
        Assert.Equal(0, top[0].StarId);
    }

    [Fact]
    public void The_order_of_the_runs_changes_nothing_and_ranks_fall_with_the_rate() =>
        Gen.Select(Gen.Int[0, 30].HashSet[0, 12].Array[1, 7], Gen.Int[0, 2].Array[7], Gen.Int[0, 3].Array[7], Gen.Int[0, 1 << 30])
            .Sample(
                (marks, selection, seeds, seed) =>
                {
                    StarSet[] selections =
                    [
                        Stars(Enumerable.Range(0, 31)),
                        Stars(Enumerable.Range(0, 20)),
                        Stars(Enumerable.Range(10, 21)),
                    ];
                    var runs = marks
                        .Select(
                            (m, r) =>
                                new ConsensusRun(
                                    new MarkedRun(
                                        selections[selection[r]],
                                        Stars(m.Where(s => selections[selection[r]].Contains(s * Step)))
                                    ),
                                    $"{selection[r]}",
                                    $"{seeds[r]}"
                                )
                        )
                        .ToArray();
                    var byMean = new ConsensusOptions { Order = ConsensusOrder.Mean };
                    var found = new ConsensusRanking(runs, byMean).Top(100);
                    var shuffled = (ConsensusRun[])runs.Clone();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(
                        found.Select(s => (s.StarId, Counts(s))),
                        new ConsensusRanking(shuffled, byMean).Top(100).Select(s => (s.StarId, Counts(s)))
                    );
                    foreach (var star in found)
                    {
                        var looked = runs.Where(r => r.Marks.Analysed.Contains(star.StarId)).ToList();
                        Assert.Equal(looked.Count, star.Analysed);
                        Assert.Equal(looked.Count(r => r.Marks.Marked.Contains(star.StarId)), star.Flagged);
                        Assert.Equal(looked.DistinctBy(r => (r.Question, r.Seed)).Count(), star.Draws);
                        Assert.InRange(star.FlaggedDraws, 1e-9, star.Draws + 1e-9);
                        Assert.Equal(looked.DistinctBy(r => r.Question).Count() == 1, star.Posterior.Intervals is not null);
                        if (star.Posterior.Intervals is { } i)
                            Assert.InRange(star.Posterior.Mean, i.CredibleLow, i.CredibleHigh);
                        Assert.Equal(star.Rates.Average()!.Value, star.Posterior.Mean, 1e-12);
                    }
                    Assert.All(found.Zip(found.Skip(1)), p => Assert.True(p.First.Posterior.Mean >= p.Second.Posterior.Mean - 1e-9));
                    Assert.Equal(runs.SelectMany(r => r.Marks.Marked).Distinct().Count(), found.Count);
                },
                iter: 100
            );

    [Fact]
    public void Sets_of_stars_count_as_sets_do() =>
        Gen.Select(Gen.Long[-200_000, 200_000].HashSet[0, 200], Gen.Long[-200_000, 200_000].HashSet[0, 200])
            .Sample(
                (first, second) =>
                {
                    var (a, b) = (new StarSet(first), new StarSet(second));
                    Assert.Equal(first.Order(), a);
                    Assert.Equal(first.Count, a.Count);
                    Assert.Equal(first.Intersect(second).Count(), StarSet.CountCommon(a, b));
                    var union = StarSet.Union([a, b]);
                    Assert.Equal(first.Union(second).Order(), union);
                    var index = new StarIndex(union);
                    Assert.All(first, s => Assert.Equal(s, index[index.IndexOf(s)]));
                    Assert.Equal(-1, new StarIndex(a).IndexOf(200_001));
                },
                iter: 200
            );

    private static readonly StarSet s_all = Stars(Enumerable.Range(0, 200));

    private static ConsensusRun Run(string seed, int first, int count) =>
        new(new MarkedRun(s_all, Stars(Enumerable.Range(first, count))), "forest", seed);

    private static Dictionary<long, StarConsensus> ById(ConsensusRanking ranking) => ranking.Top(1000).ToDictionary(s => s.StarId / Step);

    private static (int, int, double, int) Counts(StarConsensus star) => (star.Flagged, star.Analysed, star.FlaggedDraws, star.Draws);

    private static StarSet Stars(IEnumerable<int> numbers) => new(numbers.Select(n => n * Step));
}
