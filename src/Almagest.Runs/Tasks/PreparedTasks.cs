using System.Text;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Portable;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Tasks;

/// <summary>What the preparation of a run leaves to the other tasks.</summary>
/// <param name="Summary">the run's, but for what only all results together say</param>
/// <param name="Excluded">how many stars of the selection are not analysed, by reason and place</param>
/// <param name="Pieces">how many tiles there are</param>
/// <param name="Stars">analysed</param>
internal sealed record PreparedTasks(ResultsSummary Summary, PortableFit Fit, IReadOnlyList<ExcludedCell> Excluded, int Pieces, int Stars)
{
    /// <summary>Of the tasks of a run: the preparation is 0, then come the scores of the tiles, the threshold, the draws of the tiles if
    /// there are any, the end.</summary>
    public int ScoreOf(int drawNumber) => drawNumber - Pieces - 1;

    public int Threshold => Pieces + 1;

    public byte[] ToBytes()
    {
        using var bytes = new MemoryStream();
        using var to = new BinaryWriter(bytes, Encoding.UTF8);
        to.Write(Pieces);
        to.Write(Stars);
        to.Write(Summary.ToJson());
        to.Write(Excluded.Count);
        foreach (var cell in Excluded)
        {
            to.Write(cell.Reason);
            to.Write(cell.DatasetId);
            to.Write(cell.Healpix6);
            to.Write(cell.Stars);
        }
        var fit = Fit.ToBytes();
        to.Write(fit.Length);
        to.Write(fit);
        to.Flush();
        return bytes.ToArray();
    }

    public static PreparedTasks Read(byte[] bytes, RunParameters parameters)
    {
        using var from = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var (pieces, stars) = (from.ReadInt32(), from.ReadInt32());
        var summary =
            ResultsSummary.Parse(from.ReadString()) ?? throw new InvalidOperationException("the preparation of the run has no summary");
        var excluded = new ExcludedCell[from.ReadInt32()];
        for (var i = 0; i < excluded.Length; i++)
            excluded[i] = new ExcludedCell(from.ReadString(), from.ReadInt64(), from.ReadInt64(), from.ReadInt64());
        return new PreparedTasks(summary, PortableFit.Read(from.ReadBytes(from.ReadInt32()), parameters), excluded, pieces, stars);
    }
}
