using Almagest.Cli.Shell;
using Almagest.Testing;
using Xunit;

namespace Almagest.Cli.Tests;

/// <summary>What users write beside runs and stars.</summary>
public sealed class AnnotationTests : IDisposable
{
    private readonly TestFolder _folder = TestFolder.Create("cli-annotations");

    [Fact]
    public async Task Runs_are_found_again_by_their_tags_and_notes_stay_with_who_wrote_them()
    {
        await using var ledger = await CliLedger.CreateWithRunsAsync();
        var ids = await ledger.RunIdsAsync();

        (await ledger.RunAsync("runs", "tag", ids[0], "add", "paper", "é/1", "--by", "ann")).Ok();
        (await ledger.RunAsync("runs", "tag", ids[2], "add", "paper", "--by", "bob")).Ok();
        (await ledger.RunAsync("runs", "tag", ids[0], "add", "paper", "--by", "bob")).Ok();
        var tags = (await ledger.RunAsync("runs", "tag", ids[0], "remove", "é/1", "--json")).Ok().Json.GetProperty("tags");
        Assert.Equal("ann", Assert.Single(tags.EnumerateArray()).GetProperty("tagged_by").GetString());
        Assert.Equal([ids[0], ids[2]], await ledger.RunIdsAsync("--tag", "paper"));

        (await ledger.RunAsync("runs", "note", ids[0], "two\nlines", "--by", "ann")).Ok();
        var notes = (await ledger.RunAsync("runs", "note", ids[0], "--json")).Ok().Json.GetProperty("notes");
        Assert.Equal(("two\nlines", "ann"), (notes[0].GetProperty("text").GetString(), notes[0].GetProperty("written_by").GetString()));
        Assert.Contains(
            "no note",
            (await ledger.RunAsync("runs", "note", ids[0], "--remove", $"{notes[0].GetProperty("note_id").GetInt64()}")).Ok().Out
        );
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("runs", "tag", ids[0], "add", "two words")).ExitCode);

        (await ledger.RunAsync("runs", "delete", ids[0])).Ok();
        Assert.Equal(1, await ledger.CountAsync("select count(*) from run_tags"));
    }

    [Fact]
    public async Task Exported_labels_come_back_with_remarks_and_with_who_said_so_and_when()
    {
        await using var ledger = await CliLedger.CreateAsync();
        var stars = Path.Combine(_folder.Path, "stars.csv");
        File.WriteAllText(stars, "source_id,ra,dec\na,1,1\nb,2,2\nc,3,3\n");
        (await ledger.RunAsync("ingest", stars)).Ok();
        (await ledger.RunAsync("labels", "set", "a", "--outlier", "1", "--remark", "odd, \"very\"", "--by", "ann")).Ok();
        (await ledger.RunAsync("labels", "set", "b", "--member-of", "Hyades", "--by", "bob")).Ok();
        (await ledger.RunAsync("labels", "set", "c", "--kind", "giant")).Ok();
        (await ledger.RunAsync("labels", "remove", "c")).Ok();
        const string All = "from star_labels l where label_set = 'truth'";
        Assert.Equal(2, await ledger.CountAsync($"select count(*) {All}"));
        foreach (var name in new[] { "labels.ecsv", "labels.csv", "labels.fits" })
        {
            var file = Path.Combine(_folder.Path, name);
            (await ledger.RunAsync("labels", "export", "-o", file)).Ok();
            (await ledger.RunAsync("labels", "import", file, "--label-set", name, "--by", "nobody")).Ok();
            Assert.Equal(
                2,
                await ledger.CountAsync(
                    $"""
                    select count(*) {All} and exists (select from star_labels c where c.label_set = '{name}'
                      and (c.star_id, c.is_anomaly, c.kind, c.cluster, c.remark, c.labelled_by, c.labelled_at) is not distinct
                        from (l.star_id, l.is_anomaly, l.kind, l.cluster, l.remark, l.labelled_by, l.labelled_at))
                    """
                )
            );
        }
        Assert.Equal(ExitCodes.BadUsage, (await ledger.RunAsync("labels", "set", "a")).ExitCode);
        Assert.Equal(ExitCodes.Failed, (await ledger.RunAsync("labels", "export", "-o", "-", "--label-set", "none")).ExitCode);
    }

    public void Dispose() => _folder.Dispose();
}
