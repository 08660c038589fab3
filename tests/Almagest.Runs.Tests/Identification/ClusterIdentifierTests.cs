using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Identification;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Identification;

/// <summary>Clusters of stored runs beside catalogues of known ones, as files have them.</summary>
public sealed class ClusterIdentifierTests
{
    // The made cluster lies at 50.45, 20.45, half of it within some 0.4 degrees.
    private const string Full = """
        Cluster,RA_ICRS,DE_ICRS,r50,N,pmRA,s_pmRA,pmDE,s_pmDE,Plx,s_Plx
        Made_007,50.5,20.4,0.5,90,20.05,0.3,-30.02,0.3,8.01,0.1
        Other_1,50.4,20.5,0.5,90,-3,0.3,2,0.3,1.2,0.1
        Other_2,60,25,0.3,90,20,0.3,-30,0.3,8,0.1
        Other_3,40,15,0.3,90,5,0.3,-10,0.3,3,0.1
        """;

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static async Task<DiscoveryRun> RunAsync(TestLedger test, RunParameters parameters)
    {
        var request = new RunRequest("a", StarFilter.All, parameters);
        var outcome = await new DiscoveryService(test.Ledger).RunOnlyAsync(request, null, CancellationToken);
        return await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
    }

    private static async Task<Dataset> LoadAsync(TestLedger test, string name, string csv)
    {
        var folder = Directory.CreateTempSubdirectory("almagest-");
        try
        {
            var file = Path.Combine(folder.FullName, $"{name}.csv");
            await File.WriteAllTextAsync(file, csv, CancellationToken);
            return (await new CatalogIngestor(test.Ledger).IngestAsync([file], new IngestOptions { DatasetName = name })).Dataset;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(IdentificationResource All, ClusterIdentification Made)> IdentifyAsync(
        TestLedger test,
        DiscoveryRun run,
        string dataset,
        string? labels = null
    )
    {
        var found = await new ClusterIdentifier(test.Ledger).IdentifyAsync(run, dataset, labels, "eve", CancellationToken);
        return (found, found.Clusters.MaxBy(c => c.Size)!);
    }

    [Fact]
    public async Task A_cluster_gets_the_name_of_the_known_one_that_fits_and_keeps_it_wherever_it_is_shown()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await LoadAsync(test, "full", Full);
        var (all, made) = await IdentifyAsync(test, run, "full");

        Assert.Equal((4, "eve", "full"), ((int)all.KnownClusters, all.IdentifiedBy, all.Dataset));
        Assert.Equal(
            [
                "names: Cluster",
                "proper motions: pmRA, pmDE, s_pmRA, s_pmDE",
                "parallaxes: Plx, s_Plx",
                "members: N",
                "radius: r50 (deg, by custom)",
            ],
            all.Columns
        );
        Assert.Empty(all.Notes);
        Assert.Equal(("identified", "Made_007", "position, motion, parallax"), (made.Verdict, made.Name, made.Basis));
        Assert.InRange(made.SeparationDeg!.Value, 0, 0.1);
        Assert.InRange(made.Sigma!.Value, 0, 1);
        Assert.InRange(made.ExpectedByChance!.Value, 1e-9, 0.01);
        Assert.StartsWith("Made_007: ", made.Sentence, StringComparison.Ordinal);
        Assert.Equal("Made_007", await test.ScalarAsync<string>($"select extra ->> 'Cluster' from stars where star_id = {made.StarId}"));
        Assert.Equal(["Made_007"], made.Candidates.Where(c => c.Fits).Select(c => c.Name));

        // Again, and with another catalogue.
        await IdentifyAsync(test, run, "full");
        await LoadAsync(test, "bare", "Name,RAJ2000,DEJ2000\nMade 7,50.5,20.4\nFar,10,10\n");
        await IdentifyAsync(test, run, "bare");
        var stored = await new StoredIdentifications(test.Ledger).OfAsync(run.RunId, CancellationToken);
        Assert.Equal(["bare", "full"], stored.Items.Select(i => i.Dataset));
        Assert.Equivalent(all with { IdentifiedAt = stored.Items[1].IdentifiedAt }, stored.Items[1], strict: true);

        var listed = (await new ClusterExport(test.Ledger).ListAsync(run, 100, CancellationToken)).Items.Single(c =>
            c.ClusterId == made.ClusterId
        );
        Assert.Equal(["Made 7? (position only)", "Made_007"], listed.KnownAs!.Select(k => k.Text));
        var largest = (await ClusterResources.LargestAsync(test.Ledger, run, 100, CancellationToken)).Single(c =>
            c.ClusterId == made.ClusterId
        );
        Assert.Equal(listed.KnownAs, largest.KnownAs);
    }

    [Fact]
    public async Task Names_and_positions_alone_say_what_lies_there()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await LoadAsync(test, "bare", "Name,RAJ2000,DEJ2000\n\"Made 7\",50.5,20.4\nFar,10,10\n");
        var (all, made) = await IdentifyAsync(test, run, "bare");
        Assert.Equal(("position_only", "Made 7", "position"), (made.Verdict, made.Name, made.Basis));
        Assert.Contains("Whether it is the same cluster cannot be said", made.Sentence, StringComparison.Ordinal);
        Assert.Equal(["names: Name"], all.Columns);
        Assert.Contains(all.Notes, n => n.Contains("neither proper motions nor parallaxes", StringComparison.Ordinal));

        await LoadAsync(test, "elsewhere", "Name,RAJ2000,DEJ2000\nFar,10,10\nFarther,200,10\n");
        var (_, none) = await IdentifyAsync(test, run, "elsewhere");
        Assert.Equal(("unmatched", null), (none.Verdict, none.Name));
        Assert.Contains("That does not make it new", none.Sentence, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string[]> Headers =>
        new()
        {
            // Hunt and Reffert 2023, Dias et al. 2021, Kharchenko et al. 2013, in units that are said.
            {
                "ID,Name,AllNames,RA_ICRS,DE_ICRS,r50,rtot,N,pmRA,s_pmRA,e_pmRA,pmDE,s_pmDE,e_pmDE,Plx,s_Plx,e_Plx",
                "7,Made_7,\"Made_7,Alias 3\",50.5,20.4,0.5,2,90,20.05,0.3,0.03,-30.02,0.3,0.03,8.01,0.1,0.01",
                [
                    "names: Name",
                    "other names: AllNames",
                    "proper motions: pmRA, pmDE, e_pmRA, e_pmDE, s_pmRA, s_pmDE",
                    "parallaxes: Plx, e_Plx, s_Plx",
                    "members: N",
                    "radius: r50 (deg, by custom)",
                ]
            },
            {
                "Cluster,RA_ICRS,DE_ICRS,Diam [arcmin],pmRA,e_pmRA,pmDE,e_pmDE,Plx,e_Plx",
                "Made 7,50.5,20.4,100,20.05,0.3,-30.02,0.3,8.01,0.1",
                [
                    "names: Cluster",
                    "proper motions: pmRA, pmDE, e_pmRA, e_pmDE",
                    "parallaxes: Plx, e_Plx",
                    "radius: Diam (arcmin, a quarter of it for the radius within which half of the members lie)",
                ]
            },
            {
                "Name,RAJ2000,DEJ2000,rJ [pc],pmRA,pmDE,e_pm,Plx",
                "Made 7,50.5,20.4,2.5,20.05,-30.02,0.3,8.01",
                [
                    "names: Name",
                    "proper motions: pmRA, pmDE",
                    "parallaxes: Plx",
                    "error of both components of the motion: e_pm",
                    "radius: rJ (pc, at the distance of the parallax, half of it for the radius within which half of the members lie)",
                ]
            },
            {
                "Name,RAJ2000,DEJ2000,rJ [pc],pmRA,pmDE,e_pm [uas/yr],Plx",
                "Made 7,50.5,20.4,2.5,20.05,-30.02,300,8.01",
                [
                    "names: Name",
                    "proper motions: pmRA, pmDE",
                    "parallaxes: Plx",
                    "error of both components of the motion: e_pm",
                    "radius: rJ (pc, at the distance of the parallax, half of it for the radius within which half of the members lie)",
                ]
            },
            // A radius that is not said to be in degrees, and text that is a number.
            {
                "Name,RAJ2000,DEJ2000,theta,r50,pmRA,sigma_pmRA,pmDE,sigma_pmDE",
                "Made 7,50.5,20.4,1.2,55,20.05,0.3,-30.02,0.3",
                ["names: Name", "proper motions: pmRA, pmDE, sigma_pmRA, sigma_pmDE"]
            },
        };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task Columns_are_taken_by_their_names_and_units(string header, string row, string[] expected)
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await LoadAsync(test, "known", $"{header}\n{row}\n");
        var (all, made) = await IdentifyAsync(test, run, "known");
        Assert.Equal(expected, all.Columns);
        Assert.Equal("identified", made.Verdict);
        Assert.StartsWith("Made", made.Name, StringComparison.Ordinal);
        Assert.InRange(made.Candidates[0].RadiusDeg, 0.3, 0.6);
        Assert.True(made.Candidates[0].MotionErrorMasYr is null or < 1);
    }

    // Wrong as a file can be: motions in arcseconds, errors in other units, radii in arcminutes, stars.
    [Fact]
    public async Task Catalogues_in_other_units_and_tables_of_stars_are_told_and_prove_nothing()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        void Noted(IdentificationResource all, string what) => Assert.Contains(all.Notes, n => n.Contains(what, StringComparison.Ordinal));
        const string Header = "Cluster,RA_ICRS,DE_ICRS,r50,pmRA,e_pmRA,pmDE,e_pmDE,Plx,e_Plx\n";

        await LoadAsync(
            test,
            "arcsec",
            $"{Header}Made_007,50.5,20.4,0.5,0.02,0.02,-0.03,0.02,8.01,0.01\nOther,60,25,0.3,0.02,0.02,0.01,0.02,3,0.01\n"
        );
        var (all, made) = await IdentifyAsync(test, run, "arcsec");
        Assert.Equal(("unmatched", null), (made.Verdict, made.Name));
        Assert.Contains("Made_007 lies here, agrees in parallax and differs in motion", made.Sentence, StringComparison.Ordinal);
        Assert.Null(all.ByChance());
        Noted(all, "the catalogue's motions may be in another unit (they are some 1,000 times smaller than those found)");
        Assert.DoesNotContain(all.Notes, n => n.Contains("parallaxes may be in another unit", StringComparison.Ordinal));

        await LoadAsync(test, "rough", $"{Header}Made_007,50.5,20.4,0.5,17,30,-32,30,8.01,10\nOther,60,25,0.3,5,30,9,30,3,10\n");
        (all, made) = await IdentifyAsync(test, run, "rough");
        Assert.Equal(("position_only", "Made_007", "position"), (made.Verdict, made.Name, made.Basis));
        Assert.Contains("mas/yr (σ 30 mas/yr: known too roughly to compare)", made.Sentence, StringComparison.Ordinal);
        Assert.InRange(made.Candidates[0].MotionErrorMasYr!.Value, 30, 31);
        Noted(all, "2 of the 2 parallaxes of the catalogue have errors larger than themselves");
        Assert.Matches("^Of the one name above .* is to be expected by chance.$", all.ByChance());
        var stored = await new StoredIdentifications(test.Ledger).OfAsync(run.RunId, CancellationToken);
        Assert.Equal(made.Candidates[0], stored.Items[0].Clusters.MaxBy(c => c.Size)!.Candidates[0]);

        // Seven degrees and a half off, within what would be radii of 25° and 15°.
        await LoadAsync(test, "arcmin", $"{Header}Beside,58,21,25,20,0.02,-30,0.02,8.01,0.01\nOther,60,25,15,5,0.02,9,0.02,3,0.01\n");
        (all, made) = await IdentifyAsync(test, run, "arcmin");
        Assert.Equal(("unmatched", null), (made.Verdict, made.Name));
        Assert.DoesNotContain(all.Columns, c => c.StartsWith("radius", StringComparison.Ordinal));
        Noted(all, "2 of 2 radii in 'r50' are larger than those of any cluster");
        Assert.Contains("Nothing is near: 7.", made.Sentence, StringComparison.Ordinal);

        await LoadAsync(test, "parallaxes", "Name,RAJ2000,DEJ2000,Plx,e_Plx\nMade 7,50.5,20.4,8.01,0.01\nFar,10,10,2,0.01\n");
        (_, made) = await IdentifyAsync(test, run, "parallaxes");
        Assert.Contains("parallaxes differ by", made.Sentence, StringComparison.Ordinal);

        var stars = Enumerable
            .Range(0, 200)
            .Select(i => FormattableString.Invariant($"{4_000_000_000 + i},{49 + 0.02 * i},20,{9 + i % 9}"));
        await LoadAsync(test, "stars", $"source_id,ra,dec,phot_g_mean_mag\n{string.Join('\n', stars)}\n");
        (all, made) = await IdentifyAsync(test, run, "stars");
        Noted(all, "This looks like a table of stars");
        Assert.DoesNotContain(all.Clusters, c => c.Verdict is "identified" or "new");
        var members = Enumerable.Range(0, 200).Select(i => FormattableString.Invariant($"{i},{49 + 0.02 * i},20,C{i % 9}"));
        await LoadAsync(test, "members", $"source_id,ra,dec,Cluster\n{string.Join('\n', members)}\n");
        Noted((await IdentifyAsync(test, run, "members")).All, "a table of the members of clusters");
    }

    [Theory]
    [InlineData("Of the 2 names above fewer than 0.0002 are to be expected by chance.", 1e-7, 5e-5)]
    [InlineData("Of the 2 names above 0.02 are to be expected by chance.", 1e-7, 0.02)]
    [InlineData("Of the 2 names above 1.5 are to be expected by chance.", 0.7, 0.8)]
    [InlineData("All of the 2 names above are to be expected by chance.", 0.1, 3)]
    public void Names_to_be_expected_by_chance_are_said_as_roughly_as_they_are_known(string expected, double one, double other)
    {
        ClusterIdentification Named(int id, string? name, double? chance) =>
            new(id, 9, "possible", name, null, null, null, null, chance, "", []);
        var all = new IdentificationResource(
            Guid.Empty,
            1,
            "k",
            3,
            null,
            [],
            [],
            one + other,
            [Named(0, "A", one), Named(1, "B", other), Named(2, null, null)],
            "",
            default,
            null
        );
        Assert.Equal(expected, all.ByChance());
    }

    [Fact]
    public async Task Labels_that_name_members_say_how_many_are_shared()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await test.ExecuteAsync(
            """
            insert into star_labels (star_id, label_set, cluster)
            select star_id, 'members', 'MADE 7' from stars order by star_id limit 60
            """
        );
        await LoadAsync(test, "bare", "Name,RAJ2000,DEJ2000\nMade_007,50.5,20.4\nFar,10,10\n");
        var (_, made) = await IdentifyAsync(test, run, "bare");
        Assert.Equal(("identified", "position, members"), (made.Verdict, made.Basis));
        var candidate = made.Candidates[0];
        Assert.Equal(("members", 60L), (candidate.LabelSet, candidate.Labelled));
        Assert.InRange(candidate.Common!.Value, 55, 60);
        Assert.Contains("of its 60 labelled members", made.Sentence, StringComparison.Ordinal);
        Assert.Equal("members", (await IdentifyAsync(test, run, "bare", "members")).All.LabelSet);
        await RefusedAsync(ErrorCode.LabelSetNotFound, () => IdentifyAsync(test, run, "bare", "none"));
    }

    [Fact]
    public async Task Names_go_with_their_catalogue_and_with_their_run_and_come_back_with_it()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await LoadAsync(test, "full", Full);
        var other = await LoadAsync(test, "bare", "Name,RAJ2000,DEJ2000\nMade 7,50.5,20.4\n");
        await IdentifyAsync(test, run, "full");
        await IdentifyAsync(test, run, "bare");
        Task<List<string>> All() =>
            test.StringsAsync(
                """
                select to_jsonb(c)::text || to_jsonb(i)::text
                from cluster_identifications c join run_identifications i using (run_id, dataset_id) order by 1
                """
            );
        var before = await All();

        var runs = new RunRepository(test.Ledger);
        await runs.PutAwayAsync(run.RunId, "eve", CancellationToken);
        Assert.Empty(await All());
        await new LedgerDeletions(test.Ledger).RestoreRunAsync(run.RunId, CancellationToken);
        Assert.Equal(before, await All());

        var datasets = new DatasetRepository(test.Ledger);
        await datasets.DeleteAsync(other.DatasetId, cancellationToken: CancellationToken);
        Assert.Equal(
            ["full"],
            (await new StoredIdentifications(test.Ledger).OfAsync(run.RunId, CancellationToken)).Items.Select(i => i.Dataset)
        );
    }

    [Fact]
    public async Task What_cannot_be_named_is_refused()
    {
        var (test, run) = await MadeCluster.CreateWithRunAsync();
        await using var kept = test;
        await LoadAsync(test, "full", Full);
        await RefusedAsync(ErrorCode.InvalidValue, () => IdentifyAsync(test, run, "a"));
        await RefusedAsync(ErrorCode.DatasetNotFound, () => IdentifyAsync(test, run, "nothing"));
        var anomalies = await RunAsync(test, new IsolationForestParameters { Features = "sphere", NEstimators = 5 });
        await RefusedAsync(ErrorCode.WrongRunType, () => IdentifyAsync(test, anomalies, "full"));
        await test.ExecuteAsync("delete from discovery_clusters");
        await RefusedAsync(ErrorCode.InvalidValue, () => IdentifyAsync(test, run, "full"));
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from run_identifications"));
    }

    private static async Task RefusedAsync(ErrorCode code, Func<Task> work) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<LedgerException>(work)).Code);
}
