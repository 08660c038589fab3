using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Results;

namespace Almagest.Charts.Selecting;

/// <summary>Which stars somebody points out, among all stars of a run's selection, whether a chart draws them or not. Of a run whose
/// results are in files they are among the stars that it flags, or puts into clusters.</summary>
public sealed class SelectionReader(LedgerDatabase ledger, PictureStore store)
{
    /// <summary>Their ids, ascending.</summary>
    /// <exception cref="LedgerException">the run has no such chart, score or cluster</exception>
    public async Task<long[]> ReadAsync(DiscoveryRun run, StarSelection selection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(selection);
        var picture = await store.SelectionAsync(run);
        var ids = picture.StarIds;
        var chosen = new bool[ids.Length];
        void Choose(IEnumerable<long> stars)
        {
            foreach (var star in stars)
            {
                if (Array.BinarySearch(ids, star) is >= 0 and var at)
                    chosen[at] = true;
            }
        }
        foreach (var part in selection.Parts)
        {
            switch (part)
            {
                case RectanglePart rectangle:
                    Inside(picture, rectangle.Chart, rectangle.Holds, chosen);
                    break;
                case LassoPart lasso:
                    Inside(picture, lasso.Chart, lasso.Holds, chosen);
                    break;
                case BoxPart box:
                    var places = await store.StarsAsync(run, cancellationToken);
                    Choose(
                        Enumerable
                            .Range(0, places.Count)
                            .Where(i => box.Holds(places.RaDeg[i], places.DecDeg[i]))
                            .Select(i => places.StarId[i])
                    );
                    break;
                case StarsPart stars:
                    Require(run, ids, stars.Ids);
                    Choose(stars.Ids);
                    break;
                case BelowPart below:
                    Choose((await store.ScoresAsync(run.RunId)).StarsBelow(below.Score));
                    break;
                case ClusterPart cluster:
                    if (run.RunType != RunTypes.Cluster)
                        throw LedgerException.Invalid("select", $"run {run.RunId} is an {run.RunType} run: it has no clusters");
                    // Those in no cluster are in files alone.
                    if (cluster.Cluster < 0)
                        RunRows.Require(run);
                    Choose(await new RunMembers(ledger).ReadAsync(run.RunId, cluster.Cluster, cancellationToken));
                    break;
                case LabelPart label:
                    Choose(await new StarLabels(ledger).StarsAsync(run.DatasetId, label.Set, cancellationToken));
                    break;
            }
        }
        return [.. Enumerable.Range(0, ids.Length).Where(i => chosen[i]).Select(i => ids[i])];
    }

    // One that is not there would be left out of what somebody counts on.
    private static void Require(DiscoveryRun run, long[] ids, IReadOnlyList<long> wanted)
    {
        const int Named = 5;
        var unknown = wanted.Where(id => Array.BinarySearch(ids, id) < 0).ToList();
        if (unknown.Count == 0)
            return;
        throw LedgerException.Invalid(
            "select",
            (
                RunRows.AreInFiles(run)
                    ? $"run {run.RunId}, whose results are in files, has among its {RunRows.Kept(run)}"
                    : $"the selection of run {run.RunId} has"
            )
                + $" no star {string.Join(", ", unknown.Take(Named))}"
                + (unknown.Count > Named ? $" and {unknown.Count - Named} more of those that are named" : ""),
            "A star is named by Almagest's star_id, which results and the star's page have, not by its id in the catalogue."
        );
    }

    private static void Inside(SelectionPicture picture, string chart, Func<double, double, bool> holds, bool[] chosen)
    {
        var cloud =
            picture.Cloud(chart)
            ?? throw LedgerException.Invalid(
                "select",
                $"there is no chart '{chart}' of these stars",
                "There are: cmd, sky, motions, parallaxes."
            );
        for (var i = 0; i < chosen.Length; i++)
        {
            var (x, y) = cloud[i];
            if (holds(x, y))
                chosen[i] = true;
        }
    }
}
