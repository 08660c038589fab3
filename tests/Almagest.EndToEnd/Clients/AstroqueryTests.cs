using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>TapPlus of astroquery, which asks as the archives of ESA do.</summary>
public sealed class AstroqueryTests(Sky sky) : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("astroquery");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task TapPlus_lists_asks_sends_along_and_deletes()
    {
        await Tool.RequireModuleAsync("astroquery", "python3-astroquery");
        var told = await Tool.RunAsync(
            Tool.Python,
            "-W",
            "ignore",
            "-c",
            """
            import sys
            from astropy.table import Table
            from astroquery.utils.tap.core import TapPlus
            tap = TapPlus(url=sys.argv[1].rstrip('/') + '/vo/tap')
            names = [t.name for t in tap.load_tables(only_names=True)]
            assert any('run_tags' in n for n in names), names
            runs = tap.load_table('almagest.runs')
            assert 'run_id' in [c.name for c in runs.columns] and len(runs.columns) > 15, runs
            query = 'SELECT TOP 7 star_id, ra_deg FROM almagest.stars ORDER BY star_id'
            first = tap.launch_job(query).get_results()
            job = tap.launch_job_async(query)
            second = job.get_results()
            assert len(first) == 7 and (first['star_id'] == second['star_id']).all() and (first['ra_deg'] == second['ra_deg']).all()
            assert str(first['ra_deg'].unit) == 'deg'
            for form in ('csv', 'ecsv'):
                assert (tap.launch_job(query, output_format=form).get_results()['star_id'] == first['star_id']).all()
            # It keeps what is not its own to read as a file.
            tap.launch_job(query, output_format='votable_gzip', dump_to_file=True, output_file=sys.argv[2] + '/stars.vot.gz')
            assert len(Table.read(sys.argv[2] + '/stars.vot.gz', format='votable')) == 7
            mine = Table({'n': [1, 2], 'ra': [float(first['ra_deg'][0]), 200.0]})
            for launch in (tap.launch_job, tap.launch_job_async):
                found = launch('SELECT m.n, s.star_id FROM TAP_UPLOAD.mine AS m JOIN almagest.stars AS s ON s.ra_deg = m.ra',
                               upload_resource=mine, upload_table_name='mine').get_results()
                assert len(found) == 1 and found['star_id'][0] == first['star_id'][0], found
            assert job.jobid in [j.jobid for j in tap.list_async_jobs()]
            assert (tap.load_async_job(job.jobid).get_results()['star_id'] == first['star_id']).all()
            tap.remove_jobs([job.jobid])
            assert job.jobid not in [j.jobid for j in tap.list_async_jobs()]
            print('all of it')
            """,
            sky.Address.ToString(),
            _folder.Path
        );
        Assert.EndsWith("all of it", told.TrimEnd(), StringComparison.Ordinal);
    }
}
