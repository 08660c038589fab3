using Almagest.Discovery.Identification;
using Xunit;

namespace Almagest.Discovery.Tests.Identification;

/// <summary>Which known clusters groups of stars are: made catalogues, of which the truth is known.</summary>
public sealed class ClusterNamingTests
{
    private static readonly KnownCluster s_praesepe = new(0, "NGC 2632", 130.054, 19.621)
    {
        RadiusDeg = 1.2,
        Pmra = new ClusterMean(-36.05, 0.04, 1.0),
        Pmdec = new ClusterMean(-12.92, 0.04, 1.0),
        Parallax = new ClusterMean(5.371, 0.004, 0.1),
    };

    private static FoundGroup Like(KnownCluster known, int id = 0) =>
        new(id, 500)
        {
            RaDeg = known.RaDeg,
            DecDeg = known.DecDeg,
            PositionErrorDeg = 0.03,
            RadiusDeg = known.RadiusDeg,
            Pmra = known.Pmra,
            Pmdec = known.Pmdec,
            Parallax = known.Parallax,
            IsJudged = true,
        };

    private static KnownCluster Bare(KnownCluster known) => known with { Pmra = null, Pmdec = null, Parallax = null, RadiusDeg = null };

    [Fact]
    public void Known_clusters_get_their_names_others_beside_them_do_not_and_new_ones_are_new()
    {
        const int Each = 150;
        var made = new MadeCatalogue(1, 2000);
        var real = Enumerable.Range(0, Each).Select(i => made.Found(i, made.Known[i])).ToList();
        // At the place of a known cluster, and moving otherwise.
        var decoys = Enumerable
            .Range(Each, Each)
            .Select(i =>
                made.New(i) is var other && made.Beside(made.Known[i].RaDeg, made.Known[i].DecDeg, 0.05) is var (ra, dec)
                    ? other with
                    {
                        RaDeg = ra,
                        DecDeg = dec,
                    }
                    : throw new InvalidOperationException()
            )
            .ToList();
        var others = Enumerable.Range(2 * Each, Each).Select(made.New).ToList();

        var named = ClusterNaming.Name([.. real, .. decoys, .. others], made.Known);

        int Count(int first, Func<NamedGroup, bool> which) => named.Skip(first).Take(Each).Count(which);
        bool Is(NamedGroup n, NamingVerdict verdict) => n.Verdict == verdict;
        var right = Count(0, n => Is(n, NamingVerdict.Identified) && n.Best!.Known.Row == n.Group.ClusterId);
        var wrong = Count(0, n => Is(n, NamingVerdict.Identified) && n.Best!.Known.Row != n.Group.ClusterId);
        Assert.True(right >= 0.97 * Each && wrong == 0, $"{right} right, {wrong} wrong");
        // Nearly all differ in motion; a few are alike by chance, as two clusters of a catalogue are.
        var taken = Count(Each, n => Is(n, NamingVerdict.Identified));
        Assert.True(taken <= 0.08 * Each, $"{taken} decoys taken for the cluster that they lie at");
        Assert.Equal(0, Count(2 * Each, n => Is(n, NamingVerdict.Identified)));
        var fresh = Count(2 * Each, n => Is(n, NamingVerdict.New));
        Assert.True(fresh >= 0.75 * Each, $"{fresh} of {Each} new ones called new");
        Assert.Equal(0, Count(0, n => Is(n, NamingVerdict.New)));
    }

    [Fact]
    public void Names_and_positions_alone_identify_nothing_and_make_nothing_new()
    {
        var made = new MadeCatalogue(2, 2000);
        KnownCluster[] bare = [.. made.Known.Select(Bare)];
        FoundGroup[] groups =
        [
            .. Enumerable.Range(0, 200).Select(i => made.Found(i, made.Known[i])),
            .. Enumerable.Range(200, 100).Select(made.New),
        ];

        var named = ClusterNaming.Name(groups, bare);

        Assert.All(
            named,
            n =>
                Assert.True(
                    n.Verdict is NamingVerdict.PositionOnly or NamingVerdict.Ambiguous or NamingVerdict.Shared or NamingVerdict.Unmatched,
                    $"{n.Verdict}"
                )
        );
        // Still the right one lies there.
        Assert.InRange(named.Take(200).Count(n => n.Best?.Known.Row == n.Group.ClusterId), 190, 200);
        Assert.All(
            named.Where(n => n.Verdict == NamingVerdict.Unmatched),
            n => Assert.Contains(n.Doubts, d => d.Contains("no proper motions and no parallaxes", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void As_many_unrelated_clusters_lie_as_near_as_are_expected_by_chance()
    {
        var made = new MadeCatalogue(3, 3000);
        KnownCluster[] bare = [.. made.Known.Select(Bare)];
        // As wide as half a degree: most have some unrelated cluster there.
        var groups = Enumerable
            .Range(0, 600)
            .Select(i =>
                made.Place() is var (ra, dec)
                    ? new FoundGroup(i, 100)
                    {
                        RaDeg = ra,
                        DecDeg = dec,
                        RadiusDeg = 0.5,
                    }
                    : throw new InvalidOperationException()
            )
            .ToList();

        var nearest = ClusterNaming.Name(groups, bare).Select(n => n.Fits.MinBy(f => f.SeparationDeg)?.ExpectedByChance).ToList();

        // Of the nearest the number expected is distributed as an exponential of mean 1, but for how well ten clusters tell a density.
        foreach (var most in new[] { 0.05, 0.2, 0.5 })
        {
            var share = nearest.Count(e => e <= most) / 600.0;
            Assert.InRange(share, 0.6 * (1 - Math.Exp(-most)), 1.5 * (1 - Math.Exp(-most)));
        }
    }

    [Theory]
    [InlineData(0.02, 45.0)]
    [InlineData(359.98, -10.0)]
    [InlineData(120.0, 89.95)]
    [InlineData(300.0, -89.95)]
    public void A_cluster_at_the_origin_of_right_ascension_or_at_a_pole_is_found(double ra, double dec)
    {
        var known = s_praesepe with { RaDeg = ra, DecDeg = dec };
        var across = SeenAcross(ra, dec);
        // Across a pole east is west, and north is south.
        var way = Math.Abs(dec) > 89 ? -1 : 1;
        var group = Like(known) with
        {
            RaDeg = across.Ra,
            DecDeg = across.Dec,
            Pmra = new ClusterMean(way * known.Pmra!.Value.Value, 0.04, 1),
            Pmdec = new ClusterMean(way * known.Pmdec!.Value.Value, 0.04, 1),
        };
        var named = ClusterNaming.Name([group], [known])[0];
        Assert.Equal(NamingVerdict.Identified, named.Verdict);
        Assert.InRange(named.Best!.SeparationDeg, 0.01, 0.2);
    }

    // The same distance on the other side of the origin or the pole.
    private static (double Ra, double Dec) SeenAcross(double ra, double dec) =>
        Math.Abs(dec) > 89 ? ((ra + 180) % 360, dec) : ((360 - ra) % 360, dec);

    [Fact]
    public void Negative_parallaxes_are_compared_and_missing_ones_are_not()
    {
        var far = s_praesepe with
        {
            RadiusDeg = 0.1,
            Pmra = new ClusterMean(-2, 0.01, 0.1),
            Pmdec = new ClusterMean(-3, 0.01, 0.1),
            Parallax = new ClusterMean(0.02, 0.01, 0.1),
        };
        var group = Like(far) with { Parallax = new ClusterMean(-0.03, 0.02, 0.15) };
        Assert.Equal(NamingVerdict.Identified, ClusterNaming.Name([group], [far])[0].Verdict);
        var near = far with { Parallax = new ClusterMean(0.8, 0.01, 0.1) };
        Assert.Empty(ClusterNaming.Name([group], [near])[0].Fits);

        var without = ClusterNaming.Name([group with { Parallax = null }], [near])[0];
        Assert.Equal((NamingVerdict.Identified, null), (without.Verdict, without.Best!.ParallaxSigma));
        Assert.NotNull(without.Best.MotionSigma);
        var lost = ClusterNaming.Name([group with { RaDeg = null, DecDeg = null }], [far])[0];
        Assert.Equal(NamingVerdict.Unmatched, lost.Verdict);
        var everywhere = ClusterNaming.Name([group with { RadiusDeg = 60 }], [Bare(far)])[0];
        Assert.Equal((NamingVerdict.Unmatched, null), (everywhere.Verdict, everywhere.Best));
    }

    [Fact]
    public void Two_known_clusters_that_fit_one_group_are_both_named()
    {
        var twin = s_praesepe with { Row = 1, RaDeg = 130.1 };
        var named = ClusterNaming.Name([Like(s_praesepe)], [s_praesepe, twin with { Name = "Twin" }])[0];
        Assert.Equal(NamingVerdict.Ambiguous, named.Verdict);
        Assert.Equal(["NGC 2632", "Twin"], named.AsGood.Select(f => f.Known.Name));

        var other = twin with { Pmra = new ClusterMean(-30, 0.04, 1.0) };
        // How dense a catalogue is, one neighbour does not tell.
        KnownCluster[] more = [.. Enumerable.Range(2, 10).Select(i => other with { Row = i, RaDeg = 30 * i })];
        Assert.Equal(NamingVerdict.Identified, ClusterNaming.Name([Like(s_praesepe)], [s_praesepe, other, .. more])[0].Verdict);
    }

    [Fact]
    public void Two_groups_that_fit_one_known_cluster_share_it_unless_one_fits_clearly_better()
    {
        var one = Like(s_praesepe, 0);
        var other = Like(s_praesepe, 1) with { RaDeg = 130.3 };
        var halves = ClusterNaming.Name([one, other], [s_praesepe]);
        Assert.All(halves, n => Assert.Equal(NamingVerdict.Shared, n.Verdict));
        Assert.Equal([1, 0], halves.Select(n => Assert.Single(n.AlsoFits)));

        var edge = other with { RaDeg = 131.9, Pmra = new ClusterMean(-35, 0.1, 1.0) };
        var named = ClusterNaming.Name([one, edge], [s_praesepe]);
        Assert.Equal([NamingVerdict.Identified, NamingVerdict.Shared], named.Select(n => n.Verdict));
    }

    [Fact]
    public void A_group_of_the_whole_field_is_not_the_cluster_in_its_middle()
    {
        var inTheThick = s_praesepe with
        {
            Pmra = new ClusterMean(-3, null, null),
            Pmdec = new ClusterMean(-4, null, null),
            Parallax = null,
        };
        var field = Like(inTheThick) with
        {
            Size = 20_000,
            RadiusDeg = 2,
            Pmra = new ClusterMean(-2.5, 0.06, 9),
            Pmdec = new ClusterMean(-4.2, 0.06, 8),
            Parallax = null,
        };
        var named = ClusterNaming.Name([field], [inTheThick])[0];
        Assert.Equal((NamingVerdict.Possible, true), (named.Verdict, named.Best!.IsBroad));
    }

    [Fact]
    public void A_near_cluster_without_parallaxes_is_not_taken_for_a_wide_one()
    {
        var pleiades = new KnownCluster(0, "Melotte 22", 56.6, 24.1)
        {
            RadiusDeg = 1.3,
            Pmra = new ClusterMean(20, null, null),
            Pmdec = new ClusterMean(-45.5, null, null),
        };
        var group = Like(pleiades) with { Pmra = new ClusterMean(20.2, 0.06, 1.4), Pmdec = new ClusterMean(-45.2, 0.06, 1.5) };
        var named = ClusterNaming.Name([group], [pleiades])[0];
        Assert.Equal((NamingVerdict.Identified, false), (named.Verdict, named.Best!.IsBroad));
    }

    [Fact]
    public void A_part_of_a_near_cluster_moves_otherwise_by_perspective_and_is_still_the_cluster()
    {
        var hyades = new KnownCluster(0, "Melotte 25", 66.73, 15.87)
        {
            RadiusDeg = 5.6,
            Pmra = new ClusterMean(101, 0.9, null),
            Pmdec = new ClusterMean(-28.5, 0.7, null),
            Parallax = new ClusterMean(21.05, 0.04, 0.9),
            RadialVelocityKmS = 39.9,
        };
        // Five degrees east: the same motion in space, seen from another side.
        var part = new FoundGroup(0, 40)
        {
            RaDeg = 71.9,
            DecDeg = 15.87,
            RadiusDeg = 1.5,
            Pmra = new ClusterMean(88, 0.8, 5),
            Pmdec = new ClusterMean(-31, 0.8, 5),
            Parallax = new ClusterMean(20.6, 0.2, 1.1),
        };
        Assert.Equal(NamingVerdict.Identified, ClusterNaming.Name([part], [hyades])[0].Verdict);
        // Nobody moves so out of perspective at two kiloparsecs.
        var far = hyades with
        {
            Parallax = new ClusterMean(0.5, 0.04, 0.1),
        };
        Assert.Empty(ClusterNaming.Name([part with { Parallax = far.Parallax }], [far])[0].Fits);
        // Without the radial velocity it is not told so well, and still told.
        var still = hyades with
        {
            RadialVelocityKmS = null,
        };
        Assert.Equal(NamingVerdict.Identified, ClusterNaming.Name([part], [still])[0].Verdict);
    }

    [Fact]
    public void New_is_said_only_of_a_judged_group_where_the_catalogue_covers_the_place_and_has_what_is_compared()
    {
        var made = new MadeCatalogue(5, 2000);
        var group = Enumerable.Range(0, 50).Select(made.New).First(g => Verdict(g, made.Known) == NamingVerdict.New);

        Assert.Equal(NamingVerdict.Unmatched, Verdict(group with { IsJudged = false }, made.Known));
        Assert.Equal(NamingVerdict.Unmatched, Verdict(group with { Parallax = null }, made.Known));
        Assert.Equal(NamingVerdict.Unmatched, Verdict(group with { Parallax = new ClusterMean(40, 0.1, 1) }, made.Known));
        Assert.Equal(NamingVerdict.Unmatched, Verdict(group, [.. made.Known.Select(k => k with { Parallax = null })]));
        // The pole of the Galaxy, and one side of the place.
        Assert.Equal(NamingVerdict.Unmatched, Verdict(group with { RaDeg = 192.86, DecDeg = 27.13 }, made.Known));
        Assert.Equal(
            NamingVerdict.Unmatched,
            Verdict(group, [.. made.Known.Where(k => Galactic(k.RaDeg, k.DecDeg) > Galactic(group.RaDeg!.Value, group.DecDeg!.Value))])
        );
        Assert.Equal(NamingVerdict.Unmatched, Verdict(group, []));
    }

    private static double Galactic(double ra, double dec) => Sky.GalacticFrame.FromIcrs(ra, dec).BDeg;

    private static NamingVerdict Verdict(FoundGroup group, IReadOnlyList<KnownCluster> known) =>
        ClusterNaming.Name([group], known)[0].Verdict;

    [Fact]
    public void Nothing_is_new_where_a_known_cluster_lies_that_differs_in_one_quantity_alone()
    {
        var made = new MadeCatalogue(6, 2000);
        var real = Enumerable.Range(0, 100).Select(i => made.Found(i, made.Known[i])).ToList();
        IReadOnlyList<NamedGroup> With(Func<KnownCluster, KnownCluster> wrong) => ClusterNaming.Name(real, [.. made.Known.Select(wrong)]);
        ClusterMean Scaled(ClusterMean? mean, double factor) =>
            new(factor * mean!.Value.Value, mean.Value.Error, factor * mean.Value.Spread);

        // Motions in arcseconds, parallaxes in arcseconds, and both.
        var motions = With(k => k with { Pmra = Scaled(k.Pmra, 1e-3), Pmdec = Scaled(k.Pmdec, 1e-3) });
        var parallaxes = With(k => k with { Parallax = Scaled(k.Parallax, 1e-3) });
        var both = With(k => k with { Pmra = Scaled(k.Pmra, 1e-3), Pmdec = Scaled(k.Pmdec, 1e-3), Parallax = Scaled(k.Parallax, 1e-3) });

        Assert.All([.. motions, .. parallaxes, .. both], n => Assert.NotEqual(NamingVerdict.New, n.Verdict));
        var contradicted = motions.Where(n => n.Contradicted.Count > 0).ToList();
        Assert.InRange(contradicted.Count, 60, 100);
        Assert.All(
            contradicted.Where(n => n.Contradicted[0] is { DiffersInParallax: false }),
            n =>
            {
                Assert.Equal(NamingVerdict.Unmatched, n.Verdict);
                Assert.Same(n.Contradicted[0], n.Others[0]);
                Assert.Contains(
                    n.Doubts,
                    d =>
                        d.Contains("lies here, agrees in parallax and differs in motion", StringComparison.Ordinal)
                        && d.Contains("one of the two values is wrong", StringComparison.Ordinal)
                );
            }
        );
        Assert.Contains(
            parallaxes.SelectMany(n => n.Doubts),
            d => d.Contains("agrees in motion and differs in parallax", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void What_is_known_too_roughly_to_differ_identifies_nothing()
    {
        var made = new MadeCatalogue(7, 500);
        var group = made.Found(0, made.Known[0]);
        NamedGroup With(double motionError, double parallaxError) =>
            ClusterNaming.Name(
                [group],
                [
                    .. made.Known.Select(k =>
                        k with
                        {
                            Pmra = k.Pmra!.Value with { Error = motionError },
                            Pmdec = k.Pmdec!.Value with { Error = motionError },
                            Parallax = k.Parallax!.Value with { Error = parallaxError },
                        }
                    ),
                ]
            )[0];

        var sharp = With(0.02, 0.01);
        Assert.Equal((NamingVerdict.Identified, 0), (sharp.Verdict, sharp.Best!.Known.Row));
        var rough = With(30, 10);
        var best = rough.Best!;
        Assert.Equal((NamingVerdict.PositionOnly, true, true), (rough.Verdict, best.IsMotionRough, best.IsParallaxRough));
        Assert.Equal((null, null), (best.MotionSigma, best.ParallaxSigma));
        Assert.InRange(best.MotionErrorMasYr!.Value, 30, 30.1);
        Assert.InRange(best.ParallaxErrorMas!.Value, 10, 10.1);
        // Chance is that of the position alone.
        var bare = ClusterNaming.Name([group], [.. made.Known.Select(k => Bare(k) with { RadiusDeg = k.RadiusDeg })])[0];
        Assert.Equal(bare.Best!.ExpectedByChance!.Value, best.ExpectedByChance!.Value, 12);
        Assert.Equal(bare.Best.Sigma, best.Sigma, 9);
        // One of both is enough.
        Assert.Equal(NamingVerdict.Identified, With(0.02, 10).Verdict);

        // As rough, and different all the same.
        var fast = group with
        {
            Pmra = new ClusterMean(500, 0.1, 0.3),
        };
        Assert.Empty(ClusterNaming.Name([fast], [made.Known[0] with { Pmra = new ClusterMean(0, 30, null) }])[0].Fits);
    }

    [Fact]
    public void A_comparison_that_most_clusters_would_pass_is_not_sure()
    {
        var made = new MadeCatalogue(8, 500);
        var group = made.Found(0, made.Known[0]) with { Pmra = null, Pmdec = null };
        // Everything at two kiloparsecs: the parallaxes agree, and say nothing.
        KnownCluster[] alike = [.. made.Known.Select(k => k with { Parallax = group.Parallax })];
        var named = ClusterNaming.Name([group], alike)[0];
        Assert.Equal((NamingVerdict.Possible, true), (named.Verdict, named.Best!.IsCommon));
    }

    [Fact]
    public void The_nearest_cluster_across_the_sky_is_not_listed()
    {
        var far = s_praesepe with { RaDeg = 240 };
        var lost = ClusterNaming.Name([Like(s_praesepe)], [far])[0];
        Assert.Empty(lost.Others);
        Assert.InRange(lost.NearestDeg!.Value, 100, 106);
        var beside = ClusterNaming.Name([Like(s_praesepe)], [s_praesepe with { RaDeg = 135 }])[0];
        Assert.Single(beside.Others);
    }

    [Fact]
    public void Beside_a_catalogue_that_is_hardly_one_of_clusters_nothing_is_new_or_identified()
    {
        var made = new MadeCatalogue(5, 2000);
        var fresh = Enumerable.Range(0, 50).Select(made.New).First(g => Verdict(g, made.Known) == NamingVerdict.New);
        var known = made.Found(0, made.Known[0]);
        var named = ClusterNaming.Name([fresh, known], made.Known, reservation: "these are stars");
        Assert.Equal([NamingVerdict.Unmatched, NamingVerdict.Possible], named.Select(n => n.Verdict));
        Assert.Equal(["these are stars"], named[0].Doubts);
    }

    [Fact]
    public void Labelled_members_prove_and_disprove()
    {
        var bare = Bare(s_praesepe);
        NamingVerdict With(FoundGroup group, KnownCluster known, SharedMembers? members) =>
            ClusterNaming.Name([group], [known], (_, _) => members)[0].Verdict;
        var group = Like(s_praesepe);

        Assert.Equal(NamingVerdict.PositionOnly, With(group, bare, null));
        Assert.Equal(NamingVerdict.Identified, With(group, bare, new SharedMembers("m", 400, 300)));
        // All members and the field around them.
        Assert.Equal(NamingVerdict.PositionOnly, With(group with { Size = 5000 }, bare, new SharedMembers("m", 400, 400)));
        Assert.Equal(NamingVerdict.Identified, With(group, s_praesepe, new SharedMembers("m", 400, 380)));
        Assert.Equal(NamingVerdict.Unmatched, With(group, s_praesepe, new SharedMembers("m", 40, 0)));
        Assert.Equal(NamingVerdict.Identified, With(group, s_praesepe, new SharedMembers("m", 3, 0)));
    }
}
