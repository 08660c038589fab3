using System.Globalization;
using Almagest.Ledger.Datasets;
using Almagest.Runs.Results;
using Almagest.Sky;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd;

/// <summary>The virtual observatory's clients, over a real server: what they say is compared with the ledger itself.</summary>
public sealed class VoTests(Sky sky)
{
    private string Tap => new Uri(sky.Address, "/vo/tap").ToString();

    private string Cone => new Uri(sky.Address, $"/vo/datasets/{Sky.Name}/cone").ToString();

    private async Task<List<string>> NearAsync(double ra, double dec, double radius) =>
        (await new DatasetRepository(sky.Ledger).StarsAsync(sky.Dataset.DatasetId, 0, Sky.Stars))
            .Where(s => SkyCoordinates.SeparationDeg(s.RaDeg, s.DecDeg, ra, dec) <= radius)
            .Select(s => s.SourceId)
            .Order(StringComparer.Ordinal)
            .ToList();

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Pyvo_searches_a_cone()
    {
        var output = await VoClient.PyvoAsync(
            sky.Address,
            $"""
            found = pyvo.dal.SCSService('{Cone}').search((56.75, 24.1), radius=20.0)
            for row in found: print(row.id, float(row.pos.ra.deg))
            """
        );
        var near = await NearAsync(56.75, 24.1, 20);
        Assert.InRange(near.Count, 10, Sky.Stars - 1);
        Assert.Equal(near, Lines(output).Select(l => l.Split(' ')[0]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pyvo_asks_TAP_at_once_and_by_a_job()
    {
        var query =
            $"SELECT TOP 500 r.star_id, s.ra_deg, r.anomaly_score FROM almagest.results AS r JOIN almagest.stars AS s ON s.star_id = "
            + $"r.star_id WHERE r.run_id = '{sky.Anomalies}' AND r.is_anomaly = 1 ORDER BY r.anomaly_score";
        var output = await VoClient.PyvoAsync(
            sky.Address,
            $"""
            service = pyvo.dal.TAPService(server + '/vo/tap')
            query = "{query}"
            first = service.search(query).to_table()
            second = service.run_async(query).to_table()
            assert len(first) == len(second) and (first['star_id'] == second['star_id']).all()
            assert (first['anomaly_score'] == second['anomaly_score']).all()
            assert str(first['ra_deg'].unit) == 'deg', first['ra_deg'].unit
            assert service.available and 'almagest.results' in service.tables.keys() and len(service.examples) >= 4
            for row in first: print(row['star_id'], repr(float(row['anomaly_score'])))
            """
        );
        var flagged = await new ResultRepository(sky.Ledger).PageAsync(
            sky.Anomalies,
            new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: 500)
        );
        Assert.Equal((await RunScores.ReadAsync(sky.Ledger, sky.Anomalies)).At(0.02).Count, flagged.Items.Count);
        Assert.Equal(
            flagged.Items.Select(r => (r.StarId, r.AnomalyScore!.Value)).Order(),
            Lines(output)
                .Select(l => l.Split(' '))
                .Select(p => (long.Parse(p[0], CultureInfo.InvariantCulture), double.Parse(p[1], CultureInfo.InvariantCulture)))
                .Order()
        );
    }

    [Fact]
    public async Task Pyvo_deletes_a_job_with_what_it_found()
    {
        var output = await VoClient.PyvoAsync(
            sky.Address,
            """
            import requests
            service = pyvo.dal.TAPService(server + '/vo/tap')
            jobs = [service.submit_job('SELECT TOP 3 star_id FROM almagest.stars') for _ in range(3)]
            done, waiting, kept = jobs
            for job in (done, kept): job.run().wait(phases=['COMPLETED', 'ERROR'], timeout=60)
            assert done.phase == kept.phase == 'COMPLETED' and waiting.phase == 'PENDING'
            addresses = [job.url for job in (done, waiting)]
            addresses.append(done.result_uri)
            for job in (done, waiting): job.delete()
            for address in addresses: print(requests.get(address).status_code)
            assert len(kept.fetch_result()) == 3
            listed = [job.jobid for job in service.get_job_list()]
            print(kept.job_id in listed, any(a.rstrip('/').split('/')[-1] in listed for a in addresses[:2]))
            kept.delete()
            """
        );
        Assert.Equal(["404", "404", "404", "True False"], Lines(output));
    }

    [Fact]
    public async Task Pyvo_sends_a_table_along_and_reads_points()
    {
        var output = await VoClient.PyvoAsync(
            sky.Address,
            """
            service = pyvo.dal.TAPService(server + '/vo/tap')
            stars = service.search('SELECT TOP 40 star_id, ra_deg, dec_deg, POINT(ra_deg, dec_deg) AS p FROM almagest.stars').to_table()
            assert stars['p'].shape == (40, 2) and (stars['p'][:, 1] == stars['dec_deg']).all()
            stars.remove_column('p')
            stars['ra_deg'] += 0.0001
            query = ('SELECT m.star_id AS mine, s.star_id AS theirs FROM TAP_UPLOAD.mine AS m JOIN almagest.stars AS s '
                     'ON 1 = CONTAINS(POINT(s.ra_deg, s.dec_deg), CIRCLE(m.ra_deg, m.dec_deg, 1./3600))')
            for answer in (service.run_sync(query, uploads={'mine': stars}), service.run_async(query, uploads={'mine': stars})):
                found = answer.to_table()
                assert len(found) >= 40, len(found)
                assert set(found['mine']) == set(stars['star_id']) and (found['mine'] == found['theirs']).sum() == 40
            print('sent and found')
            """
        );
        Assert.Equal(["sent and found"], Lines(output));
    }

    [Fact]
    public async Task Stilts_matches_a_table_of_its_own_with_the_stars()
    {
        using var folder = TestFolder.Create("skymatch");
        var (input, output) = (Path.Combine(folder.Path, "in.csv"), Path.Combine(folder.Path, "out.csv"));
        var near = await NearAsync(56.75, 24.1, 20);
        await File.WriteAllTextAsync(input, "name,lon,lat\nfirst,56.75,24.1\n", TestContext.Current.CancellationToken);
        await VoClient.StiltsAsync(
            "tapskymatch",
            $"tapurl={Tap}",
            $"in={input}",
            "ifmt=csv",
            "inlon=lon",
            "inlat=lat",
            "taptable=dataset.\"small-sky\"",
            "taplon=ra_deg",
            "taplat=dec_deg",
            "tapcols=source_id",
            "sr=20",
            "find=all",
            $"out={output}"
        );
        var lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        var column = Array.IndexOf(lines[0].Split(','), "source_id");
        Assert.Equal(near, lines.Skip(1).Select(l => l.Split(',')[column].Trim('"')).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Pyvo_is_told_what_is_wrong_with_a_query()
    {
        var output = await VoClient.PyvoAsync(
            sky.Address,
            """
            try: pyvo.dal.TAPService(server + '/vo/tap').search("SELECT nothing FROM almagest.stars")
            except pyvo.dal.DALQueryError as e: print(e)
            job = pyvo.dal.TAPService(server + '/vo/tap').submit_job("SELECT nothing FROM almagest.stars").run().wait()
            assert job.phase == 'ERROR', job.phase
            import urllib.request
            print(urllib.request.urlopen(job.url + '/error').read().decode())
            """
        );
        Assert.Equal(2, Lines(output).Count(l => l.Contains("line 1, column 8: there is no column nothing", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Taplint_finds_no_error()
    {
        var report = await VoClient.LintAsync("taplint", $"tapurl={Tap}", "report=E", "maxtable=20");
        // Older programs do not know the type that ADQL 2.1 (4.7) gives to COALESCE.
        Assert.DoesNotContain(
            Lines(report),
            l => l.StartsWith("E-", StringComparison.Ordinal) && !l.Contains("features-adql-conditional", StringComparison.Ordinal)
        );
        Assert.Contains("Totals: Errors: ", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/vo/datasets/small-sky/cone?RA=56.75&DEC=24.1&SR=30&VERB=3")]
    [InlineData("/vo/datasets/small-sky/cone?RA=56.75&DEC=24.1&SR=0")]
    [InlineData("/vo/datasets/small-sky/cone?RA=x&DEC=24.1&SR=1")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+almagest.mv_star_anomaly_frequency")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+almagest.runs&RESPONSEFORMAT=votable/b2")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+almagest.stars&MAXREC=3")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_SCHEMA.columns")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+*+FROM+TAP_SCHEMA.columns&RESPONSEFORMAT=votable/b2")]
    [InlineData("/vo/tap/sync?LANG=ADQL&QUERY=SELECT+nonsense")]
    public async Task Votlint_finds_nothing(string path)
    {
        using var folder = TestFolder.Create("votlint");
        var file = Path.Combine(folder.Path, "answer.vot");
        using (var client = new HttpClient())
        using (var answer = await client.GetAsync(new Uri(sky.Address, path), TestContext.Current.CancellationToken))
            await File.WriteAllBytesAsync(
                file,
                await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken),
                TestContext.Current.CancellationToken
            );
        Assert.Equal("", (await VoClient.LintAsync("votlint", $"votable={file}")).Trim());
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Tapquery_reads_the_answer(string sync)
    {
        using var folder = TestFolder.Create("tapquery");
        var file = Path.Combine(folder.Path, "answer.csv");
        await VoClient.StiltsAsync(
            "tapquery",
            $"tapurl={Tap}",
            $"sync={sync}",
            "adql=SELECT source_id, ra_deg, dec_deg FROM dataset.\"small-sky\" WHERE 1=CONTAINS(POINT('ICRS', ra_deg, dec_deg), "
                + "CIRCLE('ICRS', 56.75, 24.1, 20))",
            $"out={file}"
        );
        var ids = (await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken))
            .Skip(1)
            .Select(l => l.Split(',')[0])
            .Order(StringComparer.Ordinal);
        Assert.Equal(await NearAsync(56.75, 24.1, 20), ids);
    }

    [Fact]
    public async Task Coneskymatch_finds_the_neighbours_of_each_row()
    {
        using var folder = TestFolder.Create("conematch");
        var (input, output) = (Path.Combine(folder.Path, "in.csv"), Path.Combine(folder.Path, "out.csv"));
        (double Ra, double Dec)[] centres = [(56.75, 24.1), (0.1, 0), (130, 20), (200, -89)];
        await File.WriteAllLinesAsync(
            input,
            ["ra,dec", .. centres.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Ra},{c.Dec}"))],
            TestContext.Current.CancellationToken
        );
        await VoClient.StiltsAsync(
            "coneskymatch",
            $"in={input}",
            "ifmt=csv",
            "ra=ra",
            "dec=dec",
            "sr=15",
            $"serviceurl={Cone}",
            "servicetype=cone",
            "find=all",
            "verb=1",
            $"out={output}"
        );
        var expected = new List<string>();
        foreach (var centre in centres)
            expected.AddRange(await NearAsync(centre.Ra, centre.Dec, 15));
        var lines = await File.ReadAllLinesAsync(output, TestContext.Current.CancellationToken);
        var column = Array.IndexOf(lines[0].Split(','), "source_id");
        Assert.Equal(expected.Order(StringComparer.Ordinal), lines.Skip(1).Select(l => l.Split(',')[column]).Order(StringComparer.Ordinal));
    }
}
