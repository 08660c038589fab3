using Almagest.Discovery.Consensus;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Tests.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Consensus;

/// <summary>Stars ranked over many runs, whoever looked.</summary>
public sealed class ConsensusRankingTests
{
    // Spread over several bitmaps and words.
    private const long Step = 30_011;

    [Fact]
    public void Weights_and_posteriors_are_those_of_a_plain_computation_with_SciPy()
    {
        var reference = SciPyReference.Of("consensus");
        var runs = reference
            .GetProperty("analysed")
            .EnumerateArray()
            .Zip(
                reference.GetProperty("flagged").EnumerateArray(),
                (a, f) =>
                    new MarkedRun(Stars(a.EnumerateArray().Select(s => s.GetInt32())), Stars(f.EnumerateArray().Select(s => s.GetInt32())))
            )
            .ToList();
        var ranking = new ConsensusRanking(runs);
        Assert.All(ranking.Weights.Zip(reference.Doubles("weights")), w => Assert.Equal(w.Second, w.First, 1e-12));
        var found = ranking.Top(1000).ToDictionary(s => s.StarId / Step);
        var expected = reference.GetProperty("stars").EnumerateArray().ToList();
        Assert.Equal((expected.Count, expected.Count), (found.Count, ranking.Count));
        foreach (var e in expected)
        {
            var star = found[e.Whole("star")];
            Assert.Equal((e.Whole("flagged"), e.Whole("analysed")), (star.Flagged, star.Analysed));
            Assert.Equal(e.Number("effective_flagged"), star.EffectiveFlagged, 1e-12);
            Assert.Equal(e.Number("effective_analysed"), star.EffectiveAnalysed, 1e-12);
            Assert.Equal(e.Number("mean"), star.Posterior.Mean, 1e-12);
            Assert.Equal(e.Number("low"), star.Posterior.Low, 1e-9);
            Assert.Equal(e.Number("high"), star.Posterior.High, 1e-9);
        }
    }

    [Fact]
    public void Copies_of_a_run_have_one_say_together()
    {
        var all = Stars(Enumerable.Range(0, 100));
        var (a, b) = (new MarkedRun(all, Stars(Enumerable.Range(0, 10))), new MarkedRun(all, Stars(Enumerable.Range(50, 10))));
        var once = new ConsensusRanking([a, b]).Top(100);
        var copied = new ConsensusRanking([a, a, b, a, a]);
        // Marks without a star in common agree less than by chance: they are unrelated.
        Assert.Equal([0.25, 0.25, 1, 0.25, 0.25], copied.Weights.Select(w => Math.Round(w, 12)));
        foreach (var (one, many) in once.OrderBy(s => s.StarId).Zip(copied.Top(100).OrderBy(s => s.StarId)))
        {
            Assert.Equal(one.EffectiveFlagged, many.EffectiveFlagged, 1e-12);
            Assert.Equal(one.Posterior.Low, many.Posterior.Low, 1e-9);
        }
    }

    [Fact]
    public void Many_looks_that_agree_mostly_outrank_one_look()
    {
        var all = Stars(Enumerable.Range(0, 200));
        // Star 0 in nine of ten runs that flag nothing else in common; star 150 is seen once, and flagged.
        var runs = Enumerable
            .Range(0, 10)
            .Select(r => new MarkedRun(all, Stars([.. Enumerable.Range(1 + 10 * r, 9), .. r == 4 ? Array.Empty<int>() : [0]])))
            .ToList();
        runs.Add(new MarkedRun(Stars(Enumerable.Range(150, 300)), Stars([250])));
        var top = new ConsensusRanking(runs).Top(500);
        var (often, once) = (top.Single(s => s.StarId == 0), top.Single(s => s.StarId == 250 * Step));
        Assert.Equal((9, 10, 1, 1), (often.Flagged, often.Analysed, once.Flagged, once.Analysed));
        Assert.Equal(0, top[0].StarId);
        Assert.Equal(0.75, once.Posterior.Mean, 1e-12);
        Assert.Equal(1, once.EffectiveAnalysed, 1e-12);
        Assert.True(often.Posterior.High - often.Posterior.Low < once.Posterior.High - once.Posterior.Low);
    }

    [Fact]
    public void The_order_of_the_runs_changes_nothing_and_a_run_that_did_not_look_has_no_say() =>
        Gen.Select(Gen.Int[0, 30].HashSet[0, 12].Array[1, 7], Gen.Int[0, 2].Array[7], Gen.Int[0, 1 << 30])
            .Sample(
                (marks, selection, seed) =>
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
                                new MarkedRun(selections[selection[r]], Stars(m.Where(s => selections[selection[r]].Contains(s * Step))))
                        )
                        .ToArray();
                    var found = new ConsensusRanking(runs).Top(100);
                    var shuffled = (MarkedRun[])runs.Clone();
                    new Random(seed).Shuffle(shuffled);
                    Assert.Equal(
                        found.Select(s => (s.StarId, s.Flagged, s.Analysed)),
                        new ConsensusRanking(shuffled).Top(100).Select(s => (s.StarId, s.Flagged, s.Analysed))
                    );
                    // Stars that the same runs looked at have one ranking of those runs alone.
                    var alone = new Dictionary<string, Dictionary<long, StarConsensus>>();
                    foreach (var star in found)
                    {
                        var looked = runs.Where(r => r.Analysed.Contains(star.StarId)).ToList();
                        Assert.Equal(looked.Count, star.Analysed);
                        Assert.Equal(looked.Count(r => r.Marked.Contains(star.StarId)), star.Flagged);
                        Assert.InRange(star.EffectiveAnalysed, 1 - 1e-9, looked.Count + 1e-9);
                        Assert.InRange(star.Posterior.Mean, star.Posterior.Low, star.Posterior.High);
                        var key = string.Concat(runs.Select(r => r.Analysed.Contains(star.StarId) ? '1' : '0'));
                        if (!alone.TryGetValue(key, out var ranked))
                            alone[key] = ranked = new ConsensusRanking(looked).Top(100).ToDictionary(s => s.StarId);
                        Assert.Equal(ranked[star.StarId].EffectiveFlagged, star.EffectiveFlagged, 1e-9);
                        Assert.Equal(ranked[star.StarId].EffectiveAnalysed, star.EffectiveAnalysed, 1e-9);
                    }
                    Assert.Equal(runs.SelectMany(r => r.Marked).Distinct().Count(), found.Count);
                },
                iter: 300
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

    private static StarSet Stars(IEnumerable<int> numbers) => new(numbers.Select(n => n * Step));
}
